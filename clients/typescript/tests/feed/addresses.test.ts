// The addresses of a feed.

import { afterEach, expect, test, vi } from "vitest";

import { feedAddress } from "../../src/feed/addresses.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ["http://a.test", "websocket", "ws://a.test/ws/e1?after=7"],
  ["https://a.test/", "websocket", "wss://a.test/ws/e1?after=7"],
  ["https://a.test/runs/", "sse", "https://a.test/runs/api/executions/e1/events?after=7"],
] as const)("%s by %s is %s", (baseUrl, transport, address) => {
  expect(feedAddress(baseUrl, "e1", 7, transport).href).toBe(address);
});

test("a page may leave the base out", () => {
  vi.stubGlobal("location", { href: "https://a.test/executions/e1?tab=log#x" });
  expect(feedAddress("", "e1", "latest", "websocket").href).toBe("wss://a.test/ws/e1?after=latest");
});

test("an id cannot lead elsewhere", () => {
  expect(feedAddress("http://a.test", "../x?y", 0, "sse").pathname).toBe(
    "/api/executions/..%2Fx%3Fy/events",
  );
});
