// What an execution did, as facts that begin at one event and may end at another: its states, attempts,
// steps, waits, questions. Nothing of it is ever changed but an end that is added, so that every moment
// of the past can be asked for, at once, without deriving anything anew.
import { type State, stateAfter } from "runcast";

import { Column, countUpTo } from "./columns.ts";
import {
  isFields,
  numberOrNull,
  textOf,
  textOrNull,
  timeOf,
  type FeedEvent,
  type Fields,
} from "./feed_event.ts";

export type { State };
export type EntryKind = "step" | "timer" | "signal" | "child" | "question";
export type Outcome = "succeeded" | "failed" | "retrying" | "cut_short" | "expired" | "ended";

export interface StateChange {
  readonly seq: number;
  readonly at: number;
  readonly state: State;
  readonly attempt: number;
  readonly event: FeedEvent;
}

export interface End {
  readonly seq: number;
  readonly at: number;
  readonly outcome: Outcome;
  readonly error: string | null;
  readonly event: FeedEvent;
}

/** A step, a wait, a child or a question on the timeline. */
export interface Entry {
  readonly id: number;
  readonly seq: number;
  readonly at: number;
  readonly attempt: number;
  readonly kind: EntryKind;
  readonly key: string;
  readonly name: string;
  readonly event: FeedEvent;
  readonly end: End | null;
}

type OpenEntry = { -readonly [Part in keyof Entry]: Entry[Part] };

const STARTED = "execution.started";
const FINAL: ReadonlySet<State> = new Set(["succeeded", "failed", "cancelled"]);

export function isFinal(state: State): boolean {
  return FINAL.has(state);
}

export class Journal {
  readonly states: StateChange[] = [];
  readonly entries: OpenEntry[] = [];
  readonly cancelRequests: FeedEvent[] = [];
  readonly #questions: OpenEntry[] = [];
  readonly #open = new Map<string, OpenEntry>();
  readonly #ends = new Column();
  readonly #cuts = new Column();

  take(event: FeedEvent): void {
    const state = stateAfter(event.kind);
    if (state !== undefined) this.#changeState(event, state);
    else if (event.kind === "step.started") this.#start(event);
    else if (event.kind === "step.succeeded") this.#end(event, this.#keyOf(event), "succeeded");
    else if (event.kind === "step.failed") this.#fail(event);
    else if (event.kind === "child.started") this.#begin(event, "child", textOf(event.data["key"]));
    else if (event.kind === "question")
      this.#begin(event, "question", questionKey(event.data["id"]));
    else if (event.kind === "answer")
      this.#end(event, questionKey(event.data["question"]), "succeeded");
    else if (event.kind === "cancel.requested") this.cancelRequests.push(event);
    else if (event.kind === "execution.superseded") this.#cutShort(event);
  }

  stateAt(asOf: number): StateChange | null {
    return this.states[this.#statesAt(asOf) - 1] ?? null;
  }

  statesAt(asOf: number): readonly StateChange[] {
    return this.states.slice(0, this.#statesAt(asOf));
  }

  /** The id of the worker that had begun or gone on with it last. */
  workerAt(asOf: number): string | null {
    const last = this.states.findLast(({ seq, event }) => seq <= asOf && event.kind === STARTED);
    return textOrNull(last?.event.data["worker"]);
  }

  /** How many entries had begun at a moment. */
  countAt(asOf: number): number {
    return countUpTo(this.entries.length, asOf, (index) => this.entries[index]?.seq ?? Infinity);
  }

  /** How many entries had ended at a moment. */
  endedAt(asOf: number): number {
    return this.#ends.countUpTo(asOf);
  }

  /** How many entries had been begun for nothing, because their attempt was cut short. */
  cutShortAt(asOf: number): number {
    return this.#cuts.countUpTo(asOf);
  }

  /** The questions that waited for an answer at a moment. */
  openQuestionsAt(asOf: number): readonly Entry[] {
    if (isFinal(this.stateAt(asOf)?.state ?? "queued")) return [];
    return this.#questions.filter((entry) => entry.seq <= asOf && endAt(entry, asOf) === null);
  }

  isCancelRequestedAt(asOf: number): boolean {
    const first = this.cancelRequests[0];
    return first !== undefined && first.seq <= asOf;
  }

  #statesAt(asOf: number): number {
    return countUpTo(this.states.length, asOf, (index) => this.states[index]?.seq ?? Infinity);
  }

  #changeState(event: FeedEvent, state: State): void {
    this.states.push({
      seq: event.seq,
      at: timeOf(event.at),
      state,
      attempt: event.attempt,
      event,
    });
    if (FINAL.has(state)) this.#endAll(event, "ended");
  }

  #start(event: FeedEvent): void {
    this.#begin(event, kindOf(event.data["of"]), this.#keyOf(event));
  }

  /** The key of an entry; a wait for a child is told of as the child itself. */
  #keyOf(event: FeedEvent): string {
    const key = textOf(event.data["key"]);
    if (event.data["of"] !== "child") return key;
    const child = key.replace(/^wait /, "");
    return this.#open.has(child) ? child : child.replace(/#\d+$/, "");
  }

  #begin(event: FeedEvent, kind: EntryKind, key: string): void {
    const before = this.#open.get(key);
    if (before !== undefined) {
      if (before.kind === kind && kind !== "step") return;
      this.#close(before, event, "cut_short", null);
    }
    const entry: OpenEntry = {
      id: this.entries.length,
      seq: event.seq,
      at: timeOf(event.at),
      attempt: event.attempt,
      kind,
      key,
      name: nameOf(event, kind),
      event,
      end: null,
    };
    this.entries.push(entry);
    if (kind === "question") this.#questions.push(entry);
    this.#open.set(key, entry);
  }

  #end(event: FeedEvent, key: string, outcome: Outcome): void {
    let entry = this.#open.get(key);
    if (entry === undefined && event.data["of"] === "child") return;
    if (entry === undefined) {
      this.#begin(event, kindOf(event.data["of"]), key);
      entry = this.#open.get(key);
    }
    if (entry !== undefined) this.#close(entry, event, outcome, errorOf(event.data));
    this.#open.delete(key);
  }

  #fail(event: FeedEvent): void {
    const isQuestion = event.data["of"] === "question";
    const key = isQuestion ? questionKey(event.data["key"]) : this.#keyOf(event);
    const willRetry = event.data["will_retry"] === true;
    this.#end(event, key, isQuestion ? "expired" : willRetry ? "retrying" : "failed");
  }

  /** An attempt was cut short: the steps that it was in have come to nothing; waits go on. */
  #cutShort(event: FeedEvent): void {
    const attempt = numberOrNull(event.data["attempt"]) ?? event.attempt;
    for (const [key, entry] of this.#open) {
      if (entry.kind !== "step" || entry.attempt > attempt) continue;
      this.#close(entry, event, "cut_short", null);
      this.#open.delete(key);
    }
  }

  #close(entry: OpenEntry, event: FeedEvent, outcome: Outcome, error: string | null): void {
    entry.end = { seq: event.seq, at: timeOf(event.at), outcome, error, event };
    this.#ends.push(event.seq);
    if (outcome === "cut_short") this.#cuts.push(event.seq);
  }

  #endAll(event: FeedEvent, outcome: Outcome): void {
    for (const entry of this.#open.values()) this.#close(entry, event, outcome, null);
    this.#open.clear();
  }
}

/** How an entry had ended at a moment; null if it went on. */
export function endAt(entry: Entry, asOf: number): End | null {
  return entry.end !== null && entry.end.seq <= asOf ? entry.end : null;
}

export function errorOf(data: Fields): string | null {
  const { error } = data;
  if (!isFields(error)) return null;
  return textOrNull(error["message"]) ?? textOrNull(error["code"]);
}

function questionKey(id: unknown): string {
  return `question ${textOf(id)}`;
}

function kindOf(of: unknown): EntryKind {
  return of === "timer" || of === "signal" || of === "child" || of === "question" ? of : "step";
}

function nameOf(event: FeedEvent, kind: EntryKind): string {
  if (kind === "question") return textOf(event.data["prompt"]);
  return textOf(event.data["name"]) || textOf(event.data["key"]);
}
