import { beforeEach, describe, expect, test } from "vitest";

import { keepToken, keptToken } from "../../src/shared-link/kept_token.ts";
import { shareLink, tokenIn } from "../../src/shared-link/link.ts";

describe("a share link", () => {
  beforeEach(() => sessionStorage.clear());

  test("holds its token behind #, where no server sees it", () => {
    const url = new URL(shareLink("e1", "rcw_a/b+c"));
    expect(url.pathname).toBe("/shared/e1");
    expect(url.search).toBe("");
    expect(tokenIn(url.hash)).toBe("rcw_a/b+c");
  });

  test("without its token says so", () => {
    expect(tokenIn("")).toBeUndefined();
    expect(tokenIn("#other=1")).toBeUndefined();
  });

  test("is kept for its own execution in this tab", () => {
    keepToken("e1", "rcw_1");
    expect(keptToken("e1")).toBe("rcw_1");
    expect(keptToken("e2")).toBeNull();
  });
});
