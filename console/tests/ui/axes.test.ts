import { expect, test } from "vitest";

import { said } from "../../src/ui/plot/axes.ts";

const NOON = new Date(2026, 0, 2, 12, 5, 7).getTime() / 1000;

test.each([
  [1, "12:05:07"],
  [60, "12:05"],
  [7200, "12:05"],
  [86_400, "Jan 2"],
])("a moment %i seconds before the next is told as %s", (step, words) => {
  expect(said(NOON, step)).toBe(words);
});
