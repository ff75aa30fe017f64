// Which events change the state, and to what.

import { expect, test } from "vitest";

import { stateAfter } from "../../src/feed/states.js";

test("an execution that goes on after a wait or a failure is queued again", () => {
  const kinds = [
    "execution.started",
    "execution.waiting",
    "execution.resumed",
    "execution.retrying",
  ];
  expect(kinds.map(stateAfter)).toEqual(["running", "waiting", "queued", "queued"]);
});

test("what is no change of the state leads to none", () => {
  expect(["log", "execution.superseded", "constructor"].map(stateAfter)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
