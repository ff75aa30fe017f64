import { describe, expect, test } from "vitest";

import { decimate, type Points } from "../../src/execution/record/decimate.ts";
import { MetricsStore } from "../../src/execution/record/metrics_store.ts";
import { Series } from "../../src/execution/record/series.ts";
import { Superseded } from "../../src/execution/record/superseded.ts";
import { Script, START } from "./events.ts";

const NOTHING = new Superseded();

function seriesOf(store: MetricsStore, name: string): Series {
  const series = store.get(name);
  if (series === undefined) throw new Error(`no series ${name}`);
  return series;
}

function filled(count: number, value: (index: number) => number): Series {
  const store = new MetricsStore();
  const script = new Script();
  for (let index = 0; index < count; index += 1) {
    store.append(script.event("metric", { values: { loss: value(index) } }));
  }
  return seriesOf(store, "loss");
}

function numbers(points: Points): number[] {
  return points.values.filter((value) => value !== null);
}

describe("series", () => {
  test("each name is one, and what is no number is left out", () => {
    const store = new MetricsStore();
    const script = new Script();
    store.append(script.event("metric", { values: { a: 1, b: "x" } }));
    store.append(script.event("metric", { values: { a: 2, c: 3, d: null } }));
    store.append(script.event("metric", {}));
    expect(store.names).toEqual(["a", "c"]);
    expect(store.namesAt(1)).toEqual(["a"]);
    expect(seriesOf(store, "a").length).toBe(2);
  });
});

describe("what a chart shows", () => {
  test("few points are shown as they are", () => {
    const points = decimate(
      filled(3, (index) => index),
      10,
      Infinity,
      NOTHING,
    );
    expect(points).toEqual({
      times: [1, 2, 3].map((second) => START + second * 1000),
      values: [0, 1, 2],
    });
  });

  test.each([5_000, 100_000, 300_001])("of %i points no peak is lost", (count) => {
    const series = filled(count, (index) =>
      index === 777 ? 9_999 : index === 4_321 ? -9_999 : index % 10,
    );
    const points = decimate(series, 400, Infinity, NOTHING);
    expect(points.times.length).toBeLessThanOrEqual(800);
    expect(points.times.length).toBeGreaterThan(300);
    expect(Math.max(...numbers(points))).toBe(9_999);
    expect(Math.min(...numbers(points))).toBe(-9_999);
    expect(points.times).toEqual(points.times.toSorted((one, other) => one - other));
  });

  test("what falls is drawn falling, and each point at its own time", () => {
    const points = decimate(
      filled(20_000, (index) => 20_000 - index),
      100,
      Infinity,
      NOTHING,
    );
    expect(numbers(points)).toEqual(numbers(points).toSorted((one, other) => other - one));
    expect(points.values[0]).toBe(20_000);
    expect(points.values.at(-1)).toBe(1);
    expect(points.times).toEqual(numbers(points).map((value) => START + (20_001 - value) * 1000));
  });

  test("of more points than are held the peaks, the first and the latest are left", () => {
    const series = new Series(1_024);
    for (let at = 0; at < 50_000; at += 1) series.push(at + 1, at, at === 7 ? 99 : at % 10);
    expect(series.length).toBeLessThanOrEqual(1_024);
    expect(series.lastAt(Infinity)).toBe(9);
    const points = decimate(series, 100, Infinity, NOTHING);
    expect(Math.max(...numbers(points))).toBe(99);
    expect(points.times[0]).toBeLessThan(10);
    expect(points.times.at(-1)).toBe(49_999);
    expect(points.times).toEqual(points.times.toSorted((one, other) => one - other));
  });

  test("the past has no points of the future", () => {
    const series = filled(1_000, (index) => index);
    expect(Math.max(...numbers(decimate(series, 50, 500, NOTHING)))).toBe(499);
  });

  test("what counts no more is a gap in the line", () => {
    const superseded = new Superseded();
    superseded.add({ seq: 20, attempt: 1, from: 3, to: 4 });
    const series = filled(6, (index) => index);
    expect(decimate(series, 10, 30, superseded).values).toEqual([0, 1, null, 4, 5]);
    expect(decimate(series, 10, 19, superseded).values).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("300,000 points take less than a frame", () => {
    const series = filled(300_000, (index) => index % 1_000);
    const started = performance.now();
    decimate(series, 1_000, Infinity, NOTHING);
    expect(performance.now() - started).toBeLessThan(16);
  });
});
