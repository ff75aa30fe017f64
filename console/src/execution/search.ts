// What the pages of executions keep in their address.
import { choiceIn, compact, type RawSearch, textIn } from "../search.ts";
import type { State } from "./record/journal.ts";
import { LEVELS } from "./record/levels.ts";
import { EVERYTHING, type LogFilter } from "./record/log_filter.ts";

export const STATES: readonly State[] = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
];

export const TABS = ["log", "charts", "timeline", "details"] as const;
export type TabName = (typeof TABS)[number];

export function executionsSearch(search: RawSearch) {
  return compact({
    team: textIn(search, "team"),
    everyone: choiceIn(search, "everyone", ["yes"] as const),
    state: choiceIn(search, "state", STATES),
    handler: textIn(search, "handler"),
    item: textIn(search, "item"),
    parent: textIn(search, "parent"),
  });
}

export type ExecutionsSearch = ReturnType<typeof executionsSearch>;

export function executionSearch(search: RawSearch) {
  return compact({
    tab: choiceIn(search, "tab", TABS),
    level: choiceIn(search, "level", LEVELS),
    source: textIn(search, "source"),
    step: textIn(search, "step"),
  });
}

/** What of the page is worth a link. */
export interface ViewState {
  readonly tab: TabName;
  readonly filter: LogFilter;
}

export function viewOf(search: ReturnType<typeof executionSearch>): ViewState {
  const { tab = "log", level = "debug", source = null, step = null } = search;
  return { tab, filter: { ...EVERYTHING, level, stream: source, step } };
}

export function searchOf({ tab, filter }: ViewState): ReturnType<typeof executionSearch> {
  return compact({
    tab: tab === "log" ? undefined : tab,
    level: filter.level === "debug" ? undefined : filter.level,
    source: filter.stream ?? undefined,
    step: filter.step ?? undefined,
  });
}
