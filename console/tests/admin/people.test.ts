import type { Account } from "runcast";
import { describe, expect, test } from "vitest";

import { meant, whyNobody } from "../../src/admin/people.ts";

function accounts(...emails: string[]): Account[] {
  return emails.map((email) => ({
    id: email,
    email,
    email_verified_at: null,
    name: "",
    is_admin: false,
    created_at: "2026-01-01T00:00:00Z",
    disabled_at: null,
  }));
}

describe("who is meant by what is typed", () => {
  test.each([
    ["ada@example.com", ["ada@example.com.au", "ada@example.com"], "ada@example.com"],
    ["ADA@Example.com", ["ada@example.com"], "ada@example.com"],
    ["ad", ["ada@example.com"], "ada@example.com"],
    ["ad", ["ada@example.com", "adam@example.com"], undefined],
    ["ad", [], undefined],
  ])("%s of %j is %s", (typed, emails, found) => {
    expect(meant(typed, accounts(...emails))?.email).toBe(found);
  });
});

describe("why nobody is meant", () => {
  test("nobody has the address any more, and where to look", () => {
    expect(whyNobody([])).toContain("“Changed the address”");
  });

  test("several begin so, and which ones", () => {
    expect(whyNobody(accounts("a@x.org", "b@x.org"))).toBe("Several begin so: a@x.org, b@x.org.");
    expect(whyNobody(accounts("a", "b", "c", "d"))).toBe("Several begin so: a, b, c and others.");
  });
});
