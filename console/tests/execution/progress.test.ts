import { describe, expect, test } from "vitest";

import { ProgressStore, UNKNOWN, type Pace } from "../../src/execution/record/progress.ts";
import { Superseded } from "../../src/execution/record/superseded.ts";
import { Script, START } from "./events.ts";

type Sample = readonly [second: number, done: number];

function paceOf(samples: readonly Sample[], total: number | null, later = 0): Pace {
  const store = new ProgressStore();
  const script = new Script();
  for (const [at, done] of samples) store.append(script.event("progress", { done, total }, { at }));
  const progress = store.at(Infinity, new Superseded());
  if (progress === null) throw new Error("there is progress");
  return store.paceAt(progress, progress.at + later * 1000);
}

function steady(count: number, perSecond: number): Sample[] {
  return Array.from({ length: count }, (_, second) => [second, second * perSecond]);
}

describe("progress", () => {
  test("the last one counts, at every moment of the past", () => {
    const store = new ProgressStore();
    const script = new Script();
    store.append(script.event("progress", { done: 1, total: 3, message: "one" }));
    store.append(script.event("progress", { done: 2, total: null, message: null }));
    store.append(script.event("progress", { done: "no number" }));
    const none = new Superseded();
    expect(store.at(0, none)).toBeNull();
    expect(store.at(1, none)).toEqual({
      done: 1,
      total: 3,
      message: "one",
      at: START + 1000,
      index: 0,
    });
    expect(store.at(9, none)).toMatchObject({ done: 2, total: null, message: null });
  });

  test("one that was superseded does not count", () => {
    const store = new ProgressStore();
    const script = new Script();
    for (const done of [1, 2, 3]) store.append(script.event("progress", { done, total: 9 }));
    const superseded = new Superseded();
    superseded.add({ seq: 5, attempt: 1, from: 2, to: 3 });
    expect(store.at(5, superseded)?.done).toBe(1);
    expect(store.at(4, superseded)?.done).toBe(3);
  });
});

describe("time left", () => {
  test("a steady pace tells it", () => {
    const pace = paceOf(steady(30, 2), 158);
    expect(pace.rate).toBeCloseTo(2);
    expect(pace.left).toBeCloseTo(50_000);
  });

  test("it runs down while nothing new comes, and never below nothing", () => {
    expect(paceOf(steady(30, 2), 158, 10).left).toBeCloseTo(40_000);
    expect(paceOf(steady(30, 2), 60, 10).left).toBe(0);
  });

  test("one long pause does not spoil it", () => {
    const samples = steady(60, 1).map(([at, done]): Sample => [at < 50 ? at : at + 100, done]);
    expect(paceOf(samples, 1_000).rate).toBeCloseTo(1, 1);
  });

  test("a pace that has changed counts soon", () => {
    const slow = steady(100, 1);
    const fast = Array.from({ length: 40 }, (_, index): Sample => [100 + index, 100 + index * 10]);
    expect(paceOf([...slow, ...fast], 10_000).rate).toBeCloseTo(10, 0);
  });

  test("without a total there is a pace and no time left", () => {
    expect(paceOf(steady(30, 2), null)).toEqual({ rate: 2, left: null });
  });

  test("a total that has been passed tells nothing", () => {
    expect(paceOf(steady(30, 2), 10).left).toBeNull();
  });

  test("it is unknown of too few samples, of no movement, and once all stands still", () => {
    expect(paceOf(steady(2, 1), 10)).toEqual(UNKNOWN);
    expect(
      paceOf(
        [
          [0, 0],
          [0, 1],
          [0, 2],
          [0, 3],
        ],
        10,
      ),
    ).toEqual(UNKNOWN);
    expect(paceOf(steady(30, 0), 10)).toEqual(UNKNOWN);
    expect(paceOf(steady(30, 1), 100, 60)).toEqual(UNKNOWN);
  });

  test("work that begins anew is not counted against itself", () => {
    const again = steady(20, 1).map(([at, done]): Sample => [at + 30, done]);
    expect(paceOf([...steady(30, 5), ...again], 100).rate).toBeCloseTo(1);
  });
});
