import { afterEach, expect, test } from "vitest";

import { queries } from "../../src/runcast.ts";

const KEY = ["kept"];

afterEach(() => queries.clear());

function answered(json: string): unknown {
  return queries.setQueryData(KEY, JSON.parse(json) as unknown);
}

test("a member of any name outlives the next answer", () => {
  answered('{"version":1,"metadata":{"__proto__":{"a":1},"constructor":null}}');
  const next = '{"version":2,"metadata":{"__proto__":{"a":2},"constructor":null}}';
  answered(next);
  expect(JSON.stringify(queries.getQueryData(KEY))).toBe(next);
});

test("an answer that says nothing new is the one that was there", () => {
  const first = answered('{"version":1}');
  expect(answered('{"version":1}')).toBe(first);
});
