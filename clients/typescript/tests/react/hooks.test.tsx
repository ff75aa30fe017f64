// @vitest-environment happy-dom
// The hooks, in components of a page.

import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import { type ReactNode, StrictMode } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useStore } from "zustand";

import type { Runcast } from "../../src/index.js";
import {
  RuncastProvider,
  useAuth,
  useExecution,
  useItems,
  useRuncast,
} from "../../src/react/index.js";
import { ADA, FakeServer, problem, unreachable } from "../tools/fake_server.js";
import { event, EXECUTION, FakeWatch } from "../tools/fake_watch.js";
import { browser } from "../tools/tabs.js";

const ITEMS = "/api/items";

let server: FakeServer;
let runcast: Runcast;
let watches: { id: string; watch: FakeWatch }[];

beforeEach(() => {
  server = new FakeServer();
  server.rememberAda();
  // What a page is told of the cookie that it cannot read.
  document.cookie = "runcast_signed_in=1";
  watches = [];
  runcast = {
    ...browser(server).open(),
    watch: (id, options = {}) => {
      const watch = new FakeWatch(options);
      watches.push({ id, watch });
      return watch.asWatch;
    },
  };
});

afterEach(cleanup);

function Around({ children }: { children: ReactNode }): ReactNode {
  return (
    <StrictMode>
      <RuncastProvider runcast={runcast}>{children}</RuncastProvider>
    </StrictMode>
  );
}

function Once({ children }: { children: ReactNode }): ReactNode {
  return <RuncastProvider runcast={runcast}>{children}</RuncastProvider>;
}

function Who(): ReactNode {
  const { status, user } = useAuth();
  return (
    <p>
      {status} {user?.name}
    </p>
  );
}

function the<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("there is none");
  return found;
}

function pageOf(names: string[], next: string | null): () => Response {
  return () => Response.json({ items: names.map((id) => ({ id })), next_cursor: next });
}

test("useAuth tells who is signed in, once the provider has found out", async () => {
  render(<Who />, { wrapper: Around });
  expect(screen.getByText("restoring")).toBeTruthy();
  expect(await screen.findByText("signed-in Ada")).toBeTruthy();
  await act(() => runcast.auth.logout());
  expect(screen.getByText("signed-out")).toBeTruthy();
});

test("zustand's own hook reads the same store", async () => {
  await runcast.auth.restore();
  const { result } = renderHook(() => useStore(runcast.auth, ({ user }) => user?.name));
  expect(result.current).toBe("Ada");
  await act(() => runcast.auth.logout());
  expect(result.current).toBeUndefined();
});

test("useAuth stays as it is where the server cannot say who is signed in", async () => {
  server.answer("/api/auth/token", unreachable, unreachable);
  const { result } = renderHook(useAuth, { wrapper: Once });
  await waitFor(() => expect(server.count("/api/auth/token")).toBe(1));
  await act(() => expect(runcast.auth.restore()).rejects.toThrow("reached"));
  expect(result.current.status).toBe("restoring");
});

test("a hook outside of a provider says what is missing", () => {
  expect(() => renderHook(useRuncast)).toThrow("RuncastProvider");
});

test("useItems loads a page, and more", async () => {
  server.answer(ITEMS, pageOf(["a", "b"], "next"), pageOf(["c"], null));
  await runcast.auth.restore();
  const { result } = renderHook(() => useItems({ limit: 2 }), {
    wrapper: Once,
  });
  expect(result.current).toMatchObject({ items: [], isLoading: true });
  await waitFor(() => {
    expect(result.current).toMatchObject({ isLoading: false, hasMore: true });
  });
  await act(() => result.current.loadMore());
  expect(result.current.items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(result.current.hasMore).toBe(false);
});

test("useItems asks once for a query that is written in place, and anew for another", async () => {
  await runcast.auth.restore();
  const { result, rerender } = renderHook(({ limit }) => useItems({ limit }), {
    wrapper: Once,
    initialProps: { limit: 2 },
  });
  rerender({ limit: 2 });
  rerender({ limit: 3 });
  await waitFor(() => expect(result.current.isLoading).toBe(false));
  expect(server.count(ITEMS)).toBe(2);
});

test("useItems tells what was refused", async () => {
  server.answer(ITEMS, ...Array.from({ length: 3 }, () => () => problem(403, "forbidden")));
  const { result } = renderHook(() => useItems(), { wrapper: Around });
  await waitFor(() => expect(result.current.error).toMatchObject({ code: "forbidden" }));
});

test("useItems asks again for somebody else", async () => {
  const { result } = renderHook(() => useItems(), { wrapper: Around });
  await waitFor(() => expect(result.current.isLoading).toBe(false));
  server.answer("/api/auth/me", () => Response.json({ ...ADA, id: "bob", name: "Bob" }));
  server.answer(ITEMS, pageOf(["bobs"], null));
  await act(() => runcast.auth.login({ email: "bob@example.com", password: "right" }));
  await waitFor(() => expect(result.current.items.map(({ id }) => id)).toEqual(["bobs"]));
});

test("useExecution watches while it is mounted", async () => {
  const { result, unmount } = renderHook(() => useExecution("e1", { maxEvents: 2 }), {
    wrapper: Around,
  });
  const { id, watch } = the(watches.at(-1));
  expect([id, result.current.status.phase]).toEqual(["e1", "connecting"]);
  act(() => watch.hello(EXECUTION));
  await act(() => watch.say(event(1), event(2, "execution.started"), event(3)));
  act(() => watch.live());
  expect(result.current).toMatchObject({
    execution: { state: "running", last_seq: 3 },
    dropped: 1,
    status: { phase: "live" },
  });
  expect(result.current.events.map(({ seq }) => seq)).toEqual([2, 3]);
  unmount();
  expect(watches.map((each) => each.watch.closed)).toEqual(watches.map(() => true));
});

test("useExecution sends commands on its watch, and none once it is gone", async () => {
  const { result, unmount } = renderHook(() => useExecution("e1"), { wrapper: Around });
  const { answer, signal, cancel } = result.current;
  expect(await Promise.all([answer("q1", true), signal("go", 1), cancel()])).toEqual([1, 2, 3]);
  expect(the(watches.at(-1)).watch.sent).toEqual([
    ["answer", "q1", true],
    ["signal", "go", 1],
    ["cancel"],
  ]);
  unmount();
  await expect(cancel()).rejects.toMatchObject({ name: "WatchClosed" });
});

test("useExecution is one watch, though it began before it was known who is signed in", async () => {
  renderHook(() => useExecution("e1"), {
    wrapper: Once,
  });
  await act(() => runcast.auth.restore());
  expect(watches.map(({ watch }) => watch.closed)).toEqual([false]);
  await act(() => runcast.auth.logout());
  expect(watches.map(({ watch }) => watch.closed)).toEqual([true, false]);
});
