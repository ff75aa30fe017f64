// The policy that close codes carry, by range.

import { expect, test } from "vitest";

import { closeCodeOf, verdict } from "../../src/feed/policy.js";

test.each([
  [1000, "done"],
  [4401, "renew"],
  [4400, "never"],
  [4402, "never"],
  [4499, "never"],
  [1001, "come_back"],
  [1005, "come_back"],
  [1006, "come_back"],
  [1012, "come_back"],
  [4399, "come_back"],
  [4500, "come_back"],
  [4999, "come_back"],
])("close code %d means %s", (code, said) => {
  expect(verdict(code)).toBe(said);
});

test.each([
  [401, 4401],
  [404, 4404],
  [422, 4422],
  [408, 4508],
  [425, 4525],
  [429, 4529],
  [500, 1006],
  [503, 1006],
  [302, 1006],
])("HTTP %d says what close code %d says", (status, code) => {
  expect(closeCodeOf(status)).toBe(code);
});
