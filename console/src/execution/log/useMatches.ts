// The rows that the search has found among those that are shown, and which of them one stands at.
import { useState } from "react";

import { useModel, useShown } from "../live/useModel.ts";
import { countUpTo } from "../record/columns.ts";
import type { LogView } from "../record/log_view.ts";
import { useLogSearch } from "./useLogSearch.ts";

export interface Matches {
  readonly count: number;
  readonly isDone: boolean;
  /** The row that one stands at; null for none. */
  readonly current: number | null;
  /** Which of them that is, from 1. */
  readonly place: number;
  next(): void;
  previous(): void;
}

export function useMatches(query: string, view: LogView, goTo: (row: number) => void): Matches {
  const model = useModel();
  const { search, isDone } = useLogSearch(query);
  const [current, setCurrent] = useState<number | null>(null);
  const asOf = useShown((shown) => shown.asOf);
  const rows = shownOf(search?.rows ?? [], view, model.record.log.endAt(asOf));
  const before = current === null ? 0 : upTo(rows, current - 1);
  const isAt = current !== null && rows[before] === current;
  const go = (place: number) => {
    const row = rows.at(place % Math.max(1, rows.length));
    if (row === undefined) return;
    setCurrent(row);
    goTo(row);
  };
  return {
    count: rows.length,
    isDone,
    current: isAt ? current : null,
    place: isAt ? before + 1 : 0,
    next: () => go(isAt ? before + 1 : before),
    previous: () => go(before - 1),
  };
}

function shownOf(rows: readonly number[], view: LogView, end: number): readonly number[] {
  const come = upTo(rows, end - 1);
  if (view.isWhole) return come === rows.length ? rows : rows.slice(0, come);
  return rows.slice(0, come).filter((row) => view.accepts(row));
}

function upTo(rows: readonly number[], limit: number): number {
  return countUpTo(rows.length, limit, (index) => rows[index] ?? Infinity);
}
