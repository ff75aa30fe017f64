// What came too often: when it is sent again, and when it is told.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createRuncast } from "../src/index.js";
import { patientFetch } from "../src/patient_fetch.js";
import { BASE_URL, FakeServer, problem } from "./tools/fake_server.js";

const ITEMS = `${BASE_URL}/api/items`;

let answers: Response[];
let bodies: string[];

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  bodies = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function tooOften(seconds?: string): Response {
  const headers = seconds === undefined ? {} : { "Retry-After": seconds };
  return problem(429, "too_many", {}, headers);
}

async function send(request: Request): Promise<Response> {
  bodies.push(await request.text());
  return answers.shift() ?? Response.json({});
}

/** The status that a request came to, and for how long it waited. */
async function waited(address = ITEMS, patience = 5_000): Promise<[number, number]> {
  const began = Date.now();
  const request = new Request(address, { method: "POST", body: '{"name":"a"}' });
  const asked = patientFetch(send, patience)(request);
  await vi.runAllTimersAsync();
  return [(await asked).status, Date.now() - began];
}

test("what came too often is sent again when the server said, with its body", async () => {
  answers = [tooOften("5"), tooOften("1")];
  expect(await waited()).toEqual([200, 6_000]);
  expect(bodies).toEqual(Array.from({ length: 3 }, () => '{"name":"a"}'));
});

test("what comes too often again and again is told", async () => {
  answers = [tooOften("1"), tooOften("1"), tooOften("1")];
  expect(await waited()).toEqual([429, 2_000]);
});

test.each(["6", "Fri, 31 Dec 1999 23:59:59 GMT", undefined])(
  "one that is to wait for %s is told at once",
  async (seconds) => {
    answers = [tooOften(seconds)];
    expect(await waited()).toEqual([429, 0]);
  },
);

test("how long is short may be said", async () => {
  answers = [tooOften("60")];
  expect(await waited(ITEMS, 60_000)).toEqual([200, 60_000]);
});

test("signing in is never tried again by itself", async () => {
  answers = [tooOften("1")];
  expect(await waited(`${BASE_URL}/below/api/auth/prove`)).toEqual([429, 0]);
});

test("nothing else is sent again", async () => {
  answers = [problem(503, "unavailable", {}, { "Retry-After": "1" })];
  expect(await waited()).toEqual([503, 0]);
});

test("whoever calls the request off is not kept waiting", async () => {
  answers = [tooOften("5")];
  const leaving = new AbortController();
  const asked = patientFetch(send, 5_000)(new Request(ITEMS, { signal: leaving.signal }));
  const left = expect(asked).rejects.toThrow("left");
  await vi.advanceTimersByTimeAsync(100);
  leaving.abort(new Error("left"));
  await left;
  expect([bodies.length, vi.getTimerCount()]).toEqual([1, 0]);
});

test("a Runcast waits for five seconds, and for a password not at all", async () => {
  const server = new FakeServer();
  server.good.add("rck_1");
  server.answer("/api/items", () => tooOften("5"));
  server.answer("/api/auth/token", () => tooOften("5"));
  const runcast = createRuncast({ baseUrl: BASE_URL, token: "rck_1", fetch: server.fetch });
  const listed = runcast.api.listItems();
  await vi.runAllTimersAsync();
  expect(await listed).toEqual({ items: [], next_cursor: null });
  const login = runcast.auth.login({ email: "ada@example.com", password: "right" });
  await expect(login).rejects.toMatchObject({ status: 429, retryAfter: 5 });
  expect(server.count("/api/auth/token")).toBe(1);
});
