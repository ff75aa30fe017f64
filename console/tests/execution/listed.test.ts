import { expect, test } from "vitest";

import { allOf, lastOf } from "../../src/execution/log/listed.ts";

const HOSTS = Array.from({ length: 20_000 }, (_, at) => `host${at}`);

test("of very many names the last are listed, and it is said that they are not all", () => {
  expect(lastOf(HOSTS, null)).toHaveLength(500);
  expect(lastOf(HOSTS, null).at(-1)).toEqual(["host19999", "host19999"]);
  expect(allOf("sources", HOSTS.length)).toEqual(["", "All sources; the last 500 are listed"]);
  expect(allOf("sources", 3)).toEqual(["", "All sources"]);
});

test("the chosen one is always listed", () => {
  expect(lastOf(HOSTS, "host7")[0]).toEqual(["host7", "host7"]);
  expect(lastOf(HOSTS, "host19999")).toHaveLength(500);
});
