// The rows of the timeline: changes of the state where an attempt begins or is broken, and what was done
// between them. Pure.
import {
  endAt,
  type Entry,
  type Journal,
  type State,
  type StateChange,
} from "../record/journal.ts";

export type TimelineRow =
  | { readonly kind: "state"; readonly seq: number; readonly at: number; readonly words: string }
  | { readonly kind: "entry"; readonly seq: number; readonly entry: Entry };

/** All rows as of a moment, in order. */
export function timelineRows(journal: Journal, asOf: number, showsFolded: boolean): TimelineRow[] {
  const entries = journal.entries.slice(0, journal.countAt(asOf));
  const shown = showsFolded ? entries : entries.filter((entry) => !isFolded(entry, asOf));
  const rows = shown.map((entry): TimelineRow => ({ kind: "entry", seq: entry.seq, entry }));
  return merged(stateRows(journal.statesAt(asOf)), rows);
}

/** How many entries are folded away: those that were begun for nothing. */
export function foldedCount(journal: Journal, asOf: number): number {
  return journal.cutShortAt(asOf);
}

function isFolded(entry: Entry, asOf: number): boolean {
  return endAt(entry, asOf)?.outcome === "cut_short";
}

function stateRows(states: readonly StateChange[]): TimelineRow[] {
  return states.flatMap((change, index) => {
    const words = wordsOf(change, states[index - 1]);
    return words === null
      ? []
      : [{ kind: "state" as const, seq: change.seq, at: change.at, words }];
  });
}

const WORDS: Readonly<Record<State, string>> = {
  queued: "Queued",
  running: "Running",
  waiting: "Parked until what it waits for has come",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
};

function wordsOf(change: StateChange, before: StateChange | undefined): string | null {
  if (change.event.kind === "execution.resumed") return null;
  if (change.event.kind === "execution.retrying") return "Failed, and is tried again";
  if (change.state === "queued" && before !== undefined) return "Queued again";
  if (change.state === "running" && change.attempt > 1) return `Running, attempt ${change.attempt}`;
  return WORDS[change.state];
}

function merged(one: readonly TimelineRow[], other: readonly TimelineRow[]): TimelineRow[] {
  return [...one, ...other].toSorted((a, b) => a.seq - b.seq);
}
