import "./browser.ts";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, describe, expect, test, vi } from "vitest";

import { type PageQuery, useNewestPages, withFirst } from "../../src/pages.ts";

interface Row {
  id: string;
  state?: string;
}

function page(ids: string, next_cursor: string | null = "more", state = "queued") {
  return { items: [...ids].map((id): Row => ({ id, state })), next_cursor };
}

function listed(...pages: ReturnType<typeof page>[]) {
  return { pages, pageParams: pages.map((_, place) => (place === 0 ? null : String(place))) };
}

function idsIn({ pages }: ReturnType<typeof listed>): string[] {
  return pages.map(({ items }) => items.map(({ id }) => id).join(""));
}

describe("a list whose first page came anew", () => {
  test("has what is new, and every row once", () => {
    const now = withFirst(listed(page("fed"), page("cba", null)), page("hgf"));
    expect(idsIn(now)).toEqual(["hgfed", "cba"]);
    expect(now.pages.map(({ next_cursor }) => next_cursor)).toEqual(["more", null]);
  });

  test("loses what no longer fits, and keeps what is older than the first page tells of", () => {
    const now = withFirst(listed(page("fed"), page("cba", null)), page("fdc", "more", "running"));
    expect(idsIn(now)).toEqual(["fdc", "ba"]);
    expect(now.pages[0]?.items[0]?.state).toBe("running");
  });

  test("is that page, if there are no others", () => {
    expect(idsIn(withFirst(listed(page("cb"), page("a", null)), page("b", null)))).toEqual(["b"]);
  });

  test("begins anew where so much came that nothing joins the two", () => {
    expect(idsIn(withFirst(listed(page("cb"), page("a", null)), page("ihg")))).toEqual(["ihg"]);
  });

  test("stays, while the first page of everybody's holds none and is not the last", () => {
    expect(idsIn(withFirst(listed(page("cb")), page("")))).toEqual(["cb"]);
  });
});

describe("a list that is kept up with", () => {
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  test("asks again for its first page alone, and can be cancelled", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const asked: (string | undefined)[] = [];
    const signals = new Set<AbortSignal>();
    const fetchPage = async ({ cursor }: PageQuery, signal: AbortSignal) => {
      asked.push(cursor);
      signals.add(signal);
      return cursor === undefined ? page(asked.length > 2 ? "gfe" : "fed", "2") : page("cba", null);
    };
    const client = new QueryClient();
    const wrapper = ({ children }: { children: ReactNode }) =>
      createElement(QueryClientProvider, { client }, children);
    const { result } = renderHook(() => useNewestPages(["rows"], fetchPage, 1000), { wrapper });
    const shown = () => result.current.list.data?.map(({ id }) => id).join("");
    await waitFor(() => expect(shown()).toBe("fed"));
    await act(() => result.current.list.fetchNextPage());
    await waitFor(() => expect(shown()).toBe("fedcba"));
    await act(() => vi.advanceTimersByTimeAsync(1000));
    await waitFor(() => expect(shown()).toBe("gfedcba"));
    expect(asked).toEqual([undefined, "2", undefined]);
    expect(signals.size).toBe(asked.length);
  });
});
