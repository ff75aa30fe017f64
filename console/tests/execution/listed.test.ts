import { expect, test } from "vitest";

import { allOf, lastOf } from "../../src/execution/log/listed.ts";

const HOSTS = Array.from({ length: 20_000 }, (_, at) => `host${at}`);

test("of very many names the last are listed, and it is said that they are not all", () => {
  expect(lastOf(HOSTS, null)).toHaveLength(500);
  expect(lastOf(HOSTS, null).at(-1)).toEqual({ id: "host19999", label: "host19999" });
  expect(allOf("sources", HOSTS.length)).toEqual({
    id: "",
    label: "All sources; the last 500 are listed",
  });
  expect(allOf("sources", 3)).toEqual({ id: "", label: "All sources" });
});

test("the chosen one is always listed", () => {
  expect(lastOf(HOSTS, "host7")[0]).toEqual({ id: "host7", label: "host7" });
  expect(lastOf(HOSTS, "host19999")).toHaveLength(500);
});
