// Which answers tell that the server is there, and whom they wake.

import { expect, test, vi } from "vitest";

import { createRuncast } from "../src/index.js";
import { tellingFetch } from "../src/telling_fetch.js";
import { BASE_URL, FakeServer, problem, unreachable } from "./tools/fake_server.js";

const FEED = "/api/executions/e1/events";
const LONG_MS = 30_000;

test.each([200, 204, 401, 404, 422])("an answer with %i tells", async (status) => {
  const onAnswer = vi.fn();
  await tellingFetch(async () => new Response(null, { status }), onAnswer)(new Request(BASE_URL));
  expect(onAnswer).toHaveBeenCalledOnce();
});

test.each([429, 500, 502, 503])("an answer with %i does not", async (status) => {
  const onAnswer = vi.fn();
  await tellingFetch(async () => problem(status, "no"), onAnswer)(new Request(BASE_URL));
  expect(onAnswer).not.toHaveBeenCalled();
});

test("no answer is no word", async () => {
  const onAnswer = vi.fn();
  const asked = tellingFetch(async () => unreachable(), onAnswer)(new Request(BASE_URL));
  await expect(asked).rejects.toThrow();
  expect(onAnswer).not.toHaveBeenCalled();
});

test("a request that is answered ends the wait of a feed, long before its time", async () => {
  vi.useFakeTimers();
  try {
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    const server = new FakeServer();
    server.good.add("rck_1");
    const down = Array.from({ length: 10 }, () => unreachable);
    server.answer(FEED, ...down, () => new Response(null, { status: 204 }));
    const runcast = createRuncast({ baseUrl: BASE_URL, token: "rck_1", fetch: server.fetch });
    const ended = runcast.watch("e1", { transport: "sse" }).next();
    while (server.count(FEED) < 10) await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.count(FEED)).toBe(10);
    const began = Date.now();
    await runcast.api.listItems();
    await vi.advanceTimersByTimeAsync(250);
    expect(await ended).toEqual({ done: true, value: undefined });
    expect(Date.now() - began).toBeLessThan(LONG_MS / 100);
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
  }
});
