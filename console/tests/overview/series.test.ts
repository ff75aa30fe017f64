import { expect, test } from "vitest";

import { overviewSearch } from "../../src/overview/search.ts";
import { durations, queue, throughput } from "../../src/overview/series.ts";

const bucket = (minute: number, part: object) => ({
  at: `2026-01-01T00:0${String(minute)}:00Z`,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  p50: null,
  p95: null,
  queued: 0,
  at_least: false,
  ...part,
});

const TIMELINE = {
  period: "hour" as const,
  seconds: 60,
  buckets: [
    bucket(0, { succeeded: 3, failed: 1, cancelled: 2, p50: 1.5, p95: 90, queued: 7 }),
    bucket(1, { queued: 4 }),
  ],
};

test("what ended stands on what ended otherwise, and is summed in words", () => {
  const shown = throughput(TIMELINE);
  expect(shown.lines.map(({ name, values }) => [name, values])).toEqual([
    ["Succeeded", [6, 0]],
    ["Cancelled", [3, 0]],
    ["Failed", [1, 0]],
  ]);
  expect(shown.summary).toBe("6 ended, 1 failed");
  expect(shown.times).toEqual([1_767_225_600, 1_767_225_660]);
});

test("a bucket in which nothing ended has no duration", () => {
  const shown = durations(TIMELINE);
  expect(shown.lines.map(({ values }) => values)).toEqual([
    [1.5, null],
    [90, null],
  ]);
  expect(shown.summary).toBe("half within 1.5 s");
  expect(durations({ ...TIMELINE, buckets: [] }).summary).toBe("nothing ended");
});

test("the queue says how long it is now", () => {
  expect(queue(TIMELINE).summary).toBe("4 queued now");
  expect(queue({ ...TIMELINE, buckets: [] }).summary).toBe("0 queued now");
});

test("an address that makes no sense shows one's own last hour", () => {
  expect(overviewSearch({ period: "year", everyone: "maybe" })).toEqual({});
});
