import { expect, test } from "vitest";

import { Column } from "../../src/execution/record/columns.ts";

test("a column lets go of its oldest entries, and the others keep their numbers", () => {
  const column = new Column();
  for (let value = 0; value < 50_000; value += 1) {
    column.push(value * 2);
    column.keepLast(10_000);
  }
  expect(column.length).toBe(50_000);
  expect(column.length - column.first).toBeLessThanOrEqual(10_000);
  expect(column.length - column.first).toBeGreaterThan(5_000);
  expect(column.at(49_999)).toBe(99_998);
  expect(column.at(column.first)).toBe(column.first * 2);
  expect(column.at(column.first - 1)).toBeNaN();
  expect([99_997, 99_998].map((limit) => column.countUpTo(limit))).toEqual([49_999, 50_000]);
  expect(column.countUpTo(0)).toBe(column.first);
});
