import { onlineManager } from "@tanstack/react-query";
import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { open, pageOf, queries, serve, SIGNED_IN } from "./pages.tsx";

const NOTICE = /The server cannot be reached/;

beforeEach(() => queries.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  act(() => onlineManager.setOnline(true));
});

test("a browser without a network still asks a server that answers, and says so", async () => {
  const asked = serve({ ...SIGNED_IN, "GET /api/handlers": pageOf() });
  const count = () => asked.filter(({ url }) => url.endsWith("/api/handlers")).length;
  open("/handlers");
  await screen.findByText("Nothing can run yet", {}, { timeout: 5000 });
  const before = count();
  act(() => globalThis.dispatchEvent(new Event("offline")));
  await screen.findByText(NOTICE);
  await act(() => queries.refetchQueries({ queryKey: ["handlers"] }));
  await waitFor(() => expect(screen.queryByText(NOTICE)).toBeNull());
  // Once by this test, and once for all that may have become old meanwhile.
  await waitFor(() => expect(count()).toBe(before + 2));
});
