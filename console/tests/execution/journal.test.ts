import { describe, expect, test } from "vitest";

import type { FeedEvent } from "../../src/execution/record/feed_event.ts";
import { endAt, Journal, type Entry } from "../../src/execution/record/journal.ts";
import { Script } from "./events.ts";

function journalOf(events: readonly FeedEvent[]): Journal {
  const journal = new Journal();
  for (const event of events) journal.take(event);
  return journal;
}

function told(entry: Entry | undefined, asOf = Infinity): unknown[] {
  if (entry === undefined) return [];
  return [entry.kind, entry.key, entry.attempt, endAt(entry, asOf)?.outcome ?? "open"];
}

describe("states", () => {
  test("they follow the events, and each moment of the past has its own", () => {
    const script = new Script();
    const kinds = ["queued", "started", "waiting", "resumed", "started", "succeeded"];
    const journal = journalOf(
      kinds.map((kind, index) => script.event(`execution.${kind}`, { worker: `w${index}` })),
    );
    expect([1, 2, 4, 6].map((seq) => journal.workerAt(seq))).toEqual([null, "w1", "w1", "w4"]);
    expect(journal.states.map((change) => change.state)).toEqual([
      "queued",
      "running",
      "waiting",
      "queued",
      "running",
      "succeeded",
    ]);
    expect([0, 1, 3, 5, 6, 99].map((seq) => journal.stateAt(seq)?.state)).toEqual([
      undefined,
      "queued",
      "waiting",
      "running",
      "succeeded",
      "succeeded",
    ]);
    expect(journal.statesAt(2).length).toBe(2);
  });

  test("a cancel is asked for from its event on", () => {
    const script = new Script();
    const journal = journalOf([script.event("execution.queued"), script.event("cancel.requested")]);
    expect([1, 2].map((seq) => journal.isCancelRequestedAt(seq))).toEqual([false, true]);
    expect(new Journal().isCancelRequestedAt(Infinity)).toBe(false);
  });
});

describe("steps", () => {
  test("a step that is tried again is two entries", () => {
    const script = new Script();
    const started = { key: "fit#2", name: "fit" };
    const error = { code: "exception", message: "no luck" };
    const journal = journalOf([
      script.event("step.started", started),
      script.event("step.failed", { key: "fit#2", error, will_retry: true }),
      script.event("step.started", started),
      script.event("step.succeeded", { key: "fit#2", result: 1 }),
    ]);
    expect(journal.entries.map((entry) => told(entry))).toEqual([
      ["step", "fit#2", 1, "retrying"],
      ["step", "fit#2", 1, "succeeded"],
    ]);
    expect(journal.entries[0]?.end?.error).toBe("no luck");
    expect(journal.entries[0]?.name).toBe("fit");
    expect(told(journal.entries[1], 3)).toEqual(["step", "fit#2", 1, "open"]);
    expect([0, 1, 2, 3].map((seq) => journal.countAt(seq))).toEqual([0, 1, 1, 2]);
  });

  test("an attempt that is cut short leaves its open steps, and its waits go on", () => {
    const script = new Script();
    const journal = journalOf([
      script.event("step.started", { key: "a", name: "a" }),
      script.event("step.started", {
        key: "nap",
        name: "nap",
        of: "timer",
        until: "2026-01-02T00:00:00Z",
      }),
      script.event("execution.superseded", { attempt: 1, from: 1, to: 2 }, { attempt: 2 }),
      script.event("step.started", { key: "a", name: "a" }, { attempt: 2 }),
      script.event("step.succeeded", { key: "nap", result: null, of: "timer" }, { attempt: 2 }),
    ]);
    expect(journal.entries.map((entry) => told(entry))).toEqual([
      ["step", "a", 1, "cut_short"],
      ["timer", "nap", 1, "succeeded"],
      ["step", "a", 2, "open"],
    ]);
  });

  test("a step that begins again without a word of its end was cut short", () => {
    const script = new Script();
    const step = { key: "a", name: "a" };
    const journal = journalOf([
      script.event("step.started", step),
      script.event("step.started", step, { attempt: 2 }),
    ]);
    expect(journal.entries.map((entry) => told(entry)[3])).toEqual(["cut_short", "open"]);
  });

  test("what a retry copied has begun and ended at once", () => {
    const script = new Script();
    const journal = journalOf([
      script.event("execution.queued", { retry_of: "x" }, { attempt: 0 }),
      script.event("step.succeeded", { key: "a", result: 1, copied_from: 3 }, { attempt: 0 }),
    ]);
    expect(journal.entries.map((entry) => told(entry))).toEqual([["step", "a", 0, "succeeded"]]);
  });

  test("the end of the execution ends what is open", () => {
    const script = new Script();
    const journal = journalOf([
      script.event("step.started", { key: "a", name: "a" }),
      script.event("execution.cancelled"),
    ]);
    expect(told(journal.entries[0])[3]).toBe("ended");
  });
});

describe("what is waited for", () => {
  test("a child is one entry with the wait for it", () => {
    const script = new Script();
    const journal = journalOf([
      script.event("child.started", { key: "start fit#2", execution_id: "x" }),
      script.event("step.started", {
        key: "wait start fit#2",
        name: "wait",
        of: "child",
        until: "…",
      }),
      script.event("step.succeeded", { key: "wait start fit#2", of: "child", result: 1 }),
      script.event("step.succeeded", { key: "wait start fit#2#2", of: "child", result: 1 }),
    ]);
    expect(journal.entries.map((entry) => told(entry))).toEqual([
      ["child", "start fit#2", 1, "succeeded"],
    ]);
  });

  test("a second wait for a child ends it as well", () => {
    const script = new Script();
    const journal = journalOf([
      script.event("child.started", { key: "fit", execution_id: "x" }),
      script.event("step.failed", { key: "wait fit#3", of: "child", error: { code: "cancelled" } }),
    ]);
    expect(journal.entries.map((entry) => told(entry))).toEqual([["child", "fit", 1, "failed"]]);
  });

  test("a question is open until its answer, its time or the end", () => {
    const script = new Script();
    const ask = (id: string): FeedEvent =>
      script.event("question", { id, prompt: `${id}?`, schema: {}, expires_at: null });
    const journal = journalOf([
      script.event("execution.started"),
      ask("q1"),
      ask("q2"),
      ask("q3"),
      script.event("answer", { question: "q1", value: true, by: "x" }),
      script.event("step.failed", {
        key: "q2",
        of: "question",
        error: { code: "timeout" },
        will_retry: false,
      }),
      script.event("execution.failed", { error: { code: "x", message: "y" } }),
    ]);
    const open = [2, 4, 5, 6, 7].map((seq) =>
      journal.openQuestionsAt(seq).map((entry) => entry.name),
    );
    expect(open).toEqual([["q1?"], ["q1?", "q2?", "q3?"], ["q2?", "q3?"], ["q3?"], []]);
    expect(journal.entries.map((entry) => told(entry)[3])).toEqual([
      "succeeded",
      "expired",
      "ended",
    ]);
  });

  test("a signal is its wait", () => {
    const script = new Script();
    const journal = journalOf([
      script.event("step.started", { key: "go", name: "go", of: "signal", until: "…" }),
      script.event("signal", { name: "go", data: null, by: "x" }),
      script.event("step.succeeded", { key: "go", of: "signal", result: null }),
    ]);
    expect(journal.entries.map((entry) => told(entry))).toEqual([["signal", "go", 1, "succeeded"]]);
  });
});
