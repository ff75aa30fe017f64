import { afterEach, describe, expect, test } from "vitest";

import {
  codeIn,
  errorIn,
  forgetCode,
  keepCode,
  keptCode,
  pastedCode,
} from "../../src/fragments.ts";

describe("what stands behind the #", () => {
  test.each(["reset", "verify", "invite", "setup"] as const)(
    "a letter's %s code is found",
    (kind) => {
      expect(codeIn(`#${kind}=rco_a-b_c`)).toEqual({ kind, code: "rco_a-b_c" });
      expect(codeIn(`${kind}=rco_a-b_c`)).toEqual({ kind, code: "rco_a-b_c" });
    },
  );

  test("an empty code is none", () => {
    expect(codeIn("#reset=")).toBeUndefined();
  });

  test("anything else is no code", () => {
    expect(codeIn("#section")).toBeUndefined();
    expect(codeIn("#share=rcw_x")).toBeUndefined();
    expect(codeIn("")).toBeUndefined();
  });

  test("a provider's refusal is told by its code", () => {
    expect(errorIn("#error=account_exists")).toBe("account_exists");
    expect(errorIn("")).toBeUndefined();
  });
});

describe("a code on its way", () => {
  afterEach(() => sessionStorage.clear());

  test("is kept until it is forgotten, each kind for itself", () => {
    keepCode("invite", "rci_1");
    expect(keptCode("invite")).toBe("rci_1");
    expect(keptCode("reset")).toBe("");
    forgetCode("invite");
    expect(keptCode("invite")).toBe("");
  });

  test("never reaches what outlives the tab", () => {
    keepCode("reset", "rco_1");
    expect(localStorage.length).toBe(0);
  });
});

test.each([
  ["http://127.0.0.1:8000/#setup=rcs_1", "rcs_1"],
  [" rcs_1 ", "rcs_1"],
  ["rcs_1", "rcs_1"],
  ["http://127.0.0.1:8000/#invite=rci_1", "http://127.0.0.1:8000/#invite=rci_1"],
  ["", ""],
])("of what was pasted, %j, the setup token is %j", (pasted, token) => {
  expect(pastedCode("setup", pasted)).toBe(token);
});
