// The cursor: what was handed on, and the proof that nothing before it is missing.

import { expect, test } from "vitest";

import {
  afterOf,
  assertReached,
  cursorAt,
  Hole,
  takeEvents,
  takeGap,
} from "../../src/feed/cursor.js";
import { events, seqsOf } from "./frames_for_tests.js";

test("events behind the cursor are handed on once", () => {
  const taken = takeEvents(2, events(1, 2, 3, 4));
  expect([taken.cursor, seqsOf(taken.fresh), taken.hole]).toEqual([4, [3, 4], null]);
});

test("a hole hands on what was whole before it, and leaves the cursor there", () => {
  const taken = takeEvents(0, events(1, 2, 4));
  expect([taken.cursor, seqsOf(taken.fresh)]).toEqual([2, [1, 2]]);
  expect(taken.hole).toBeInstanceOf(Hole);
});

test("a watch of the latest asks for the latest until it knows where it begins", () => {
  expect(afterOf(cursorAt("latest"))).toBe("latest");
  expect(() => takeEvents(cursorAt("latest"), events(7))).toThrow(Hole);
  expect(afterOf(7)).toBe(7);
});

test("of a gap only what lies ahead is news", () => {
  expect(takeGap(2, { first: 1, last: 8 })).toEqual({ first: 3, last: 8 });
  expect(takeGap(8, { first: 1, last: 8 })).toBeNull();
  expect(() => takeGap(1, { first: 3, last: 8 })).toThrow(Hole);
});

test("a feed that claims more than it has sent is not believed", () => {
  expect(() => assertReached(4, 5)).toThrow(Hole);
  expect(() => assertReached(5, 5)).not.toThrow();
});
