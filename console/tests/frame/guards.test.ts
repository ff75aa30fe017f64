import { describe, expect, test } from "vitest";

import { safePath } from "../../src/guards.ts";

describe("where a sign-in leads on to", () => {
  test("a path of this page is kept whole", () => {
    expect(safePath("/executions?state=failed#last")).toBe("/executions?state=failed#last");
  });

  test.each([
    ["another site", "https://evil.example/"],
    ["another site without a scheme", "//evil.example/a"],
    ["another site behind a backslash", "/\\evil.example/a"],
    ["another site behind a tab", "/\t/evil.example"],
    ["a script", "javascript:alert(1)"],
    ["no path", "executions"],
    ["nothing", undefined],
    ["no text", 7],
    ["the sign-in itself", "/sign-in?next=/a"],
  ])("%s is the start page", (_what, wanted) => {
    expect(safePath(wanted)).toBe("/");
  });
});
