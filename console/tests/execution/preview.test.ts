import { expect, test } from "vitest";

import { previewOf } from "../../src/execution/details/preview.ts";

test("a list shows its first values", () => {
  expect(previewOf([1, "two", null, true])).toBe('[1, "two", null, true]');
});

test("what there is more of is said to go on", () => {
  expect(previewOf([1, 2, 3, 4, 5, 6])).toBe("[1, 2, 3, 4, 5, …]");
});

test("fields show their names, and what is inside them only that it is there", () => {
  expect(previewOf({ id: 7, tags: ["a"], more: { b: 1 }, none: [], empty: {} })).toBe(
    "{id: 7, tags: […], more: {…}, none: [], empty: {}}",
  );
});

test("a long text is cut", () => {
  expect(previewOf(["x".repeat(30)])).toBe(`["${"x".repeat(24)}…"]`);
});
