// How long a request may take, and what may take longer.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Fetch } from "../src/answers.js";
import { boundedFetch } from "../src/bounded_fetch.js";
import { createRuncast, TimedOut, Unreachable } from "../src/index.js";
import { BASE_URL, FakeServer } from "./tools/fake_server.js";

const TIMEOUT_MS = 30_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function request(init: RequestInit = {}): Request {
  return new Request(`${BASE_URL}/api/items`, init);
}

function aborted({ signal }: Request): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

/** An answer whose body goes on until the request is called off. */
function endless(type: string): Fetch {
  return async (asked) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("{"));
        asked.signal.addEventListener("abort", () => controller.error(asked.signal.reason));
      },
    });
    return new Response(body, { headers: { "Content-Type": type } });
  };
}

function outcome(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => "answered",
    (error: unknown) => error,
  );
}

test("what is not answered in time is Unreachable, and says why", async () => {
  const asked = outcome(boundedFetch(aborted, TIMEOUT_MS)(request()));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  const error = await asked;
  expect(error).toBeInstanceOf(TimedOut);
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ name: "TimedOut", message: "The server did not answer in time." });
});

test("a document that does not come to its end has not come in time", async () => {
  const send = boundedFetch(endless("application/problem+json; charset=utf-8"), TIMEOUT_MS);
  const asked = outcome(send(request()));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  expect(await asked).toBeInstanceOf(TimedOut);
});

test("a stream goes on for as long as it likes, until it is left", async () => {
  const leaving = new AbortController();
  const send = boundedFetch(endless("text/event-stream"), TIMEOUT_MS);
  const { body } = await send(request({ signal: leaving.signal }));
  const reader = body?.getReader();
  await reader?.read();
  await vi.advanceTimersByTimeAsync(10 * TIMEOUT_MS);
  const more = outcome(reader?.read() ?? Promise.resolve());
  leaving.abort(new Error("left"));
  expect(await more).toMatchObject({ message: "left" });
});

test("an answer arrives as it was, and nothing is left running", async () => {
  const headers = { "Content-Type": "application/json", ETag: '"1"' };
  const send = boundedFetch(async () => new Response('{"a":1}', { status: 201, headers }), 10);
  const answer = await send(request({ method: "POST", body: "{}" }));
  expect([answer.status, answer.headers.get("ETag")]).toEqual([201, '"1"']);
  expect(await answer.json()).toEqual({ a: 1 });
  expect(vi.getTimerCount()).toBe(0);
});

test("the body goes with the request, and whoever asked can call it off", async () => {
  const bodies: string[] = [];
  const send = boundedFetch(async (asked) => {
    bodies.push(await asked.clone().text());
    return aborted(asked);
  }, TIMEOUT_MS);
  const leaving = new AbortController();
  const asked = outcome(send(request({ method: "POST", body: "{}", signal: leaving.signal })));
  await vi.advanceTimersByTimeAsync(1);
  leaving.abort(new Error("left"));
  expect(await asked).toMatchObject({ message: "left" });
  expect(bodies).toEqual(["{}"]);
});

test("a request that was called off before it began is not sent", async () => {
  const asked = boundedFetch(async ({ signal }) => {
    signal.throwIfAborted();
    return Response.json({});
  }, TIMEOUT_MS)(request({ signal: AbortSignal.abort(new Error("left")) }));
  expect(await outcome(asked)).toMatchObject({ message: "left" });
});

test.each([
  [{}, 30_000],
  [{ timeout: 2_000 }, 2_000],
])("a Runcast with %j gives a call up after %i ms", async (options, ms) => {
  const runcast = createRuncast({ baseUrl: BASE_URL, token: "rck_1", fetch: aborted, ...options });
  const asked = outcome(runcast.api.listItems());
  await vi.advanceTimersByTimeAsync(ms - 1);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await asked).toBeInstanceOf(TimedOut);
});

test("a Runcast without a bound waits for as long as it takes", async () => {
  const options = { baseUrl: BASE_URL, token: "rck_1", fetch: aborted, timeout: null };
  const leaving = new AbortController();
  const asked = outcome(createRuncast(options).api.listItems({ signal: leaving.signal }));
  await vi.advanceTimersByTimeAsync(100 * TIMEOUT_MS);
  leaving.abort(new Error("left"));
  expect(await asked).toMatchObject({ message: "left" });
});

test("signing in is given up too", async () => {
  const server = new FakeServer();
  const runcast = createRuncast({
    baseUrl: BASE_URL,
    storage: "memory",
    fetch: (asked) => (asked.url.endsWith("/me") ? aborted(asked) : server.fetch(asked)),
  });
  const login = outcome(runcast.auth.login({ email: "ada@example.com", password: "right" }));
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  expect(await login).toBeInstanceOf(TimedOut);
});
