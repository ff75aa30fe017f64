// What becomes of an answer, and of no answer.

import { expect, test } from "vitest";

import { accepted, answerOf } from "../src/answers.js";
import { RuncastError, SecondFactorRequired, Unreachable } from "../src/errors.js";
import { problem } from "./tools/fake_server.js";

const ADDRESS = "http://runcast.test/api/items";

function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

/** What fetch does with a request whose signal is aborted. */
async function untilAborted({ signal }: Request): Promise<Response> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
}

test("a good answer is handed on", async () => {
  const answer = Response.json({});
  expect(await accepted(answer)).toBe(answer);
});

test("a refusal says what the server said", async () => {
  const errors = [{ loc: ["body", "name"], msg: "too short", type: "short" }];
  const error = await caught(accepted(problem(422, "invalid_request", { errors })));
  expect(error).toBeInstanceOf(RuncastError);
  expect(error).toMatchObject({
    name: "RuncastError",
    message: "it is invalid_request",
    status: 422,
    title: "Refused",
    detail: "it is invalid_request",
    code: "invalid_request",
    errors,
    retryAfter: null,
  });
});

test("an answer of OAuth alone has a code and a detail too", async () => {
  const body = { error: "invalid_grant", error_description: "Wrong address or password." };
  const error = await caught(accepted(Response.json(body, { status: 400 })));
  expect(error).toMatchObject({ code: "invalid_grant", detail: "Wrong address or password." });
});

test.each(["<html>", "null", '"no"', ""])(
  "a refusal that is %j is one all the same",
  async (text) => {
    const error = await caught(accepted(new Response(text, { status: 502 })));
    expect(error).toMatchObject({ status: 502, code: null, message: "HTTP 502", errors: [] });
  },
);

test.each([
  ["7", 7],
  ["0", 0],
  ["Wed, 21 Oct 2026 07:28:00 GMT", null],
])("Retry-After %s is %s", async (header, seconds) => {
  const refusal = problem(429, "too_many", {}, { "Retry-After": header });
  expect(await caught(accepted(refusal))).toMatchObject({ retryAfter: seconds });
});

test("a second factor that is asked for without a passkey says what may be shown", async () => {
  const asked = { mfa_token: "rco_1", methods: ["otp", "recovery"] };
  const error = await caught(accepted(problem(400, "mfa_required", asked)));
  expect(error).toBeInstanceOf(SecondFactorRequired);
  expect(error).toMatchObject({ token: "rco_1", methods: ["otp", "recovery"], passkey: null });
});

test("no answer is Unreachable", async () => {
  const lost = answerOf(() => Promise.reject(new TypeError("no")), new Request(ADDRESS));
  expect(await caught(lost)).toBeInstanceOf(Unreachable);
});

test("an answer that took too long is Unreachable", async () => {
  const request = new Request(ADDRESS, { signal: AbortSignal.timeout(1) });
  expect(await caught(answerOf(untilAborted, request))).toBeInstanceOf(Unreachable);
});

test("a request that was called off is what it was called off with", async () => {
  const request = new Request(ADDRESS, { signal: AbortSignal.abort() });
  expect(await caught(answerOf(untilAborted, request))).toMatchObject({ name: "AbortError" });
  const reason = new Error("enough");
  const other = new Request(ADDRESS, { signal: AbortSignal.abort(reason) });
  expect(await caught(answerOf(untilAborted, other))).toBe(reason);
});
