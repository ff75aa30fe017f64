// What the overview keeps in its address.
import { choiceIn, compact, type RawSearch, textIn } from "../search.ts";

export const PERIODS = ["hour", "day", "week"] as const;
export type Period = (typeof PERIODS)[number];

export function overviewSearch(search: RawSearch) {
  return compact({
    team: textIn(search, "team"),
    /** Everybody's, for administrators. */
    everyone: choiceIn(search, "everyone", ["yes"] as const),
    period: choiceIn(search, "period", PERIODS),
  });
}

export type OverviewSearch = ReturnType<typeof overviewSearch>;
