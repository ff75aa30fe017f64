import { describe, expect, test } from "vitest";

import { EVERYTHING } from "../../src/execution/record/log_filter.ts";
import { executionSearch, executionsSearch, searchOf, viewOf } from "../../src/execution/search.ts";

describe("the address of an execution", () => {
  test("says nothing of what is as it always begins", () => {
    const view = viewOf({});
    expect(view).toEqual({ tab: "log", filter: EVERYTHING });
    expect(searchOf(view)).toEqual({});
  });

  test("leads back to the same view", () => {
    const search = { tab: "charts", level: "warning", source: "stderr", step: "fit#2" } as const;
    expect(executionSearch(search)).toEqual(search);
    expect(searchOf(viewOf(search))).toEqual(search);
  });

  test("of another make shows what can be shown", () => {
    expect(executionSearch({ tab: "nothing", level: 7, source: ["x"], step: 12 })).toEqual({
      step: "12",
    });
  });
});

describe("the address of the list", () => {
  test("keeps its filters, and leaves out what is none", () => {
    const search = { state: "failed", handler: "sweep", item: "i1", parent: "p1", team: "t1" };
    expect(executionsSearch({ ...search, colour: "red" })).toEqual(search);
    expect(executionsSearch({ state: "sleeping", handler: "" })).toEqual({});
  });
});
