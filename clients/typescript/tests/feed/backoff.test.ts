// How long to wait: full jitter under a bound that doubles.

import { expect, test } from "vitest";

import { backoffDelay } from "../../src/feed/backoff.js";

test("the bound doubles from a tenth of a second to half a minute", () => {
  const bounds = [0, 1, 2, 8, 9, 100].map((attempt) => backoffDelay(attempt, () => 1));
  expect(bounds).toEqual([100, 200, 400, 25_600, 30_000, 30_000]);
});

test("the jitter goes down to nothing", () => {
  expect(backoffDelay(7, () => 0)).toBe(0);
  expect(backoffDelay(1, () => 0.25)).toBe(50);
});
