import { describe, expect, test } from "vitest";

import {
  laidOutHeight,
  lastScrollTop,
  scrollTopOf,
  TALLEST,
  windowAt,
  type Frame,
} from "../../src/execution/log/rows.ts";

const SHORT: Frame = { count: 1_000, rowHeight: 20, height: 400 };
const LONG: Frame = { count: 1_000_000, rowHeight: 20, height: 400 };

function isInSight(frame: Frame, row: number): boolean {
  const scrollTop = scrollTopOf(frame, row);
  const { first, end, origin } = windowAt(frame, scrollTop);
  const top = origin + row * frame.rowHeight - scrollTop;
  return row >= first && row < end && top >= 0 && top + frame.rowHeight <= frame.height;
}

describe("the rows in sight", () => {
  test("are those at the position, and a few around", () => {
    expect(windowAt(SHORT, 2_000)).toEqual({ first: 94, end: 126, origin: 0 });
  });

  test("begin with the first and end with the last", () => {
    for (const frame of [SHORT, LONG]) {
      expect(windowAt(frame, 0)).toMatchObject({ first: 0, origin: 0 });
      const { end, origin } = windowAt(frame, lastScrollTop(frame));
      expect(end).toBe(frame.count);
      expect(origin + end * frame.rowHeight).toBeCloseTo(laidOutHeight(frame));
    }
  });

  test("are all of a list that is shorter than the window", () => {
    const frame = { ...SHORT, count: 3 };
    expect(windowAt(frame, 50)).toEqual({ first: 0, end: 3, origin: 0 });
    expect(lastScrollTop(frame)).toBe(0);
  });

  test("are none of an empty list", () => {
    expect(windowAt({ ...SHORT, count: 0 }, 0)).toEqual({ first: 0, end: 0, origin: 0 });
  });

  test("can be any, in a list that no browser lays out too", () => {
    expect(laidOutHeight(LONG)).toBe(TALLEST);
    for (const row of [0, 1, 17, 499_999, 777_777, 999_998, 999_999]) {
      expect(isInSight(LONG, row)).toBe(true);
      expect(isInSight(SHORT, row % SHORT.count)).toBe(true);
    }
  });

  test("change row by row as one scrolls, and none is skipped", () => {
    let behind = windowAt(LONG, 0).end;
    for (let at = 0; at < 10_000; at += 100) {
      const window = windowAt(LONG, at);
      expect(window.first).toBeLessThanOrEqual(behind);
      behind = window.end;
    }
  });
});
