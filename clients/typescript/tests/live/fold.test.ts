// An execution as its events leave it.

import { expect, test } from "vitest";

import type { FeedEvent } from "../../src/feed/index.js";
import { folded } from "../../src/live/fold.js";
import { event, EXECUTION } from "../tools/fake_watch.js";

const ERROR = { code: "exception", message: "no" };

function after(...events: readonly FeedEvent[]) {
  return events.reduce(folded, EXECUTION);
}

test.each([
  ["execution.queued", { reason: "handed_back" }, { state: "queued" }],
  ["execution.started", { worker: "w" }, { state: "running", started_at: "2026-01-01T00:00:2Z" }],
  ["execution.waiting", { for: [], ran: 1 }, { state: "waiting" }],
  ["execution.resumed", {}, { state: "queued" }],
  [
    "execution.retrying",
    { error: ERROR, next_at: "2026-01-02T00:00:00Z" },
    { state: "queued", run_at: "2026-01-02T00:00:00Z" },
  ],
  ["execution.succeeded", { result: [1] }, { state: "succeeded", result: [1] }],
  ["execution.failed", { error: ERROR }, { state: "failed", error: ERROR }],
  ["execution.cancelled", {}, { state: "cancelled", finished_at: "2026-01-01T00:00:2Z" }],
  [
    "progress",
    { done: 1, total: 2, message: null },
    { progress: { done: 1, total: 2, message: null } },
  ],
  ["question", { id: "q1" }, { open_questions: 1 }],
  ["log", { level: "info" }, { state: "queued" }],
  ["state", { state: "own" }, { state: "queued" }],
])("%s with %j", (kind, data, change) => {
  expect(after(event(2, kind, data))).toMatchObject({ ...change, last_seq: 2, attempt: 1 });
});

test("a question is open until it is answered, expires, or the execution ends", () => {
  const asked = [event(2, "question", { id: "q1" }), event(3, "question", { id: "q2" })];
  const answered = event(4, "answer", { question: "q1" });
  const expired = event(5, "step.failed", { key: "q2", of: "question" });
  const failedStep = event(4, "step.failed", { key: "fit" });
  const ended = event(4, "execution.failed", { error: ERROR });
  expect(after(...asked, failedStep).open_questions).toBe(2);
  expect(after(...asked, answered).open_questions).toBe(1);
  expect(after(...asked, answered, expired).open_questions).toBe(0);
  expect(after(...asked, ended).open_questions).toBe(0);
});

test("the first start counts", () => {
  const [first, second] = [event(2, "execution.started"), event(4, "execution.started")];
  expect(after(first, second).started_at).toBe(first.at);
});

test("what the snapshot holds already changes nothing", () => {
  expect(after(event(1, "execution.failed", { error: ERROR }))).toBe(EXECUTION);
});
