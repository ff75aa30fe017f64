import { expect, test } from "vitest";

import { actionWords, detailWords, isRefusal, nameOf } from "../../src/audit/audit_words.ts";

const CREW = "0199a0b4-7c1e-7d6f-8a52-1b2c3d4e5f60";

test("known actions have words, unknown ones stay as they are", () => {
  expect(actionWords("session.opened")).toBe("Signed in");
  expect(actionWords("moon.landed")).toBe("moon.landed");
});

test("a name that every object has is no word of ours", () => {
  expect(actionWords("constructor")).toBe("constructor");
  expect(nameOf("toString", {})).toBe("toString");
});

test("what failed is told apart", () => {
  expect(isRefusal("session.refused")).toBe(true);
  expect(isRefusal("session.opened")).toBe(false);
});

test("details are told by name", () => {
  const details = { name: "laptop", scopes: ["app", "items:read"], was_admin: true, team: null };
  expect(detailWords(details, {})).toBe("name: laptop, scopes: app, items:read, was admin: true");
});

test("an id is told by what it is called, and shortened if it is called nothing", () => {
  expect(detailWords({ team: CREW }, { [CREW]: "The crew" })).toBe("team: The crew");
  expect(detailWords({ team: CREW }, {})).toBe("team: …3d4e5f60");
  expect(nameOf("laptop", {})).toBe("laptop");
});
