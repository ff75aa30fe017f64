import { expect, test } from "vitest";

import { accountSearch } from "../../src/account/search.ts";
import { auditSearch } from "../../src/admin/search.ts";
import { textIn } from "../../src/search.ts";
import { signInSearch } from "../../src/sign-in/search.ts";

test("a number in an address is text where text is wanted", () => {
  expect(textIn({ q: 2026 }, "q")).toBe("2026");
});

test("what does not fit is left out", () => {
  expect(accountSearch({ part: "nonsense" })).toEqual({});
  expect(auditSearch({ action: "", user: null, since: ["a"] })).toEqual({});
});

test("what fits is kept", () => {
  expect(accountSearch({ part: "keys" })).toEqual({ part: "keys" });
});

test("a sign-in never keeps an address of another site", () => {
  expect(signInSearch({ next: "https://evil.example/" })).toEqual({});
  expect(signInSearch({ next: "/teams" })).toEqual({ next: "/teams" });
});
