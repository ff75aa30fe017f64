// Which events are Runcast's own.

import { expect, test } from "vitest";

import { isKnown } from "../src/index.js";
import { event } from "./tools/fake_watch.js";

test("a known event says by its kind what its data are", () => {
  const one = event(1, "progress", { done: 1, total: null, message: null });
  expect(isKnown(one) && one.kind === "progress" && one.data.done).toBe(1);
});

test.each(["note", "toString", "constructor", "execution.vanished"])("%s is none", (kind) => {
  expect(isKnown(event(1, kind))).toBe(false);
});
