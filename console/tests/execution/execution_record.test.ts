import { describe, expect, test } from "vitest";

import { ExecutionRecord } from "../../src/execution/record/execution_record.ts";
import { EVERYTHING } from "../../src/execution/record/log_filter.ts";
import { LogStore } from "../../src/execution/record/log_store.ts";
import { LogView } from "../../src/execution/record/log_view.ts";
import { Script, START } from "./events.ts";

function texts(record: ExecutionRecord): string[] {
  return Array.from({ length: record.log.end }, (_, row) => record.log.plainTextOf(row));
}

const INHERITED = Object.getOwnPropertyNames(Object.prototype);

describe("a record", () => {
  test("takes every name for an event of a handler's own that Runcast has none of", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    for (const kind of INHERITED) record.apply(script.event(kind, { x: 1 }));
    expect(texts(record)).toEqual(INHERITED.map((kind) => `${kind} {"x":1}`));
    expect(record.journal.states).toEqual([]);
  });

  test("takes every name of a level that it does not know for information", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    for (const level of INHERITED) record.apply(script.log("x", level));
    const levels = INHERITED.map((_, row) => record.log.rowAt(row).level);
    expect(new Set(levels)).toEqual(new Set(["info"]));
  });

  test("keeps metrics and steps of every name", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    const values = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
    record.apply(script.event("metric", { values }));
    for (const key of INHERITED) record.apply(script.event("step.started", { key, name: key }));
    expect(record.metrics.names).toEqual(["__proto__", "constructor"]);
    expect(record.metrics.get("__proto__")?.lastAt(Infinity)).toBe(1);
    expect(record.journal.entries.map(({ key }) => key)).toEqual(INHERITED);
  });

  test("tells once of an event that cannot be read, and goes on", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    record.apply({ ...script.log("lost"), data: undefined as never });
    record.apply(script.log("next"));
    expect(texts(record)).toEqual(["Event 1 could not be shown", "next"]);
    expect(record.lastSeq).toBe(2);
  });

  test("tells of what someone who reads the log would miss, and of the rest nothing", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    const events: [string, Record<string, unknown>][] = [
      ["execution.queued", {}],
      ["execution.started", { worker: "w1" }],
      ["step.started", { key: "a", name: "a" }],
      ["progress", { done: 1, total: 2 }],
      ["metric", { values: { x: 1 } }],
      [
        "step.failed",
        { key: "a", error: { code: "exception", message: "broke" }, will_retry: true },
      ],
      ["question", { id: "q1", prompt: "Go on?", schema: {} }],
      ["execution.waiting", { for: [{ key: "ask", question: "q1" }], ran: 1 }],
      ["answer", { question: "q1", value: true }],
      ["saved", { path: "/x" }],
      ["execution.queued", { reason: "worker_lost" }],
      ["execution.failed", { error: { code: "exception", message: "gave up" } }],
    ];
    for (const [kind, data] of events) record.apply(script.event(kind, data));
    expect(texts(record)).toEqual([
      "Queued",
      "Started",
      "a failed: broke; tries again",
      "Asks: Go on?",
      "Waits for an answer",
      "Answered: true",
      'saved {"path":"/x"}',
      "Queued again, because its worker was lost",
      "Failed: gave up",
    ]);
    expect(record.journal.stateAt(Infinity)?.state).toBe("failed");
    expect(record.length).toBe(12);
  });

  test("an event that comes twice counts once", () => {
    const record = new ExecutionRecord();
    const event = new Script().log("once");
    record.apply(event);
    record.apply(event);
    expect(texts(record)).toEqual(["once"]);
  });

  test("events that are no longer kept are told of before the next", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    script.skip(9);
    record.addGap({ first: 1, last: 9 });
    expect(texts(record)).toEqual([]);
    record.apply(script.log("left"));
    expect(texts(record)).toEqual(["Events 1 to 9 are no longer kept", "left"]);
    expect(record.firstSeq).toBe(10);
  });

  test("times lead to events and back", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    for (const at of [0, 0, 5, 9]) record.apply(script.event("log", { message: "x" }, { at }));
    expect([-1, 0, 4.9, 5, 100].map((second) => record.seqAtTime(START + second * 1000))).toEqual([
      1, 2, 2, 3, 4,
    ]);
    expect([1, 3, 4].map((seq) => (record.timeOfSeq(seq) - START) / 1000)).toEqual([0, 5, 9]);
    expect(record.nextTimeAfter(START)).toBe(START + 5000);
    expect(record.nextTimeAfter(START + 9000)).toBeNull();
  });

  test("of very many events the last can be gone to, and when all began is still known", () => {
    const record = new ExecutionRecord(new LogStore(), 8_192);
    const script = new Script();
    for (let count = 0; count < 20_000; count += 1) record.apply(script.event("progress"));
    const { firstSeq } = record;
    expect(record.lastSeq - firstSeq).toBeGreaterThan(4_000);
    expect(record.lastSeq - firstSeq).toBeLessThan(8_192);
    expect(record.firstTime).toBe(START + firstSeq * 1000);
    expect(record.startTime).toBe(START + 1000);
    expect(record.seqAtTime(START)).toBe(firstSeq);
    expect(record.timeOfSeq(1)).toBe(record.firstTime);
    expect(record.seqAtTime(START + 19_000_000)).toBe(19_000);
    expect(record.nextTimeAfter(START)).toBe(record.firstTime);
  });

  test("an empty record has no times", () => {
    const record = new ExecutionRecord();
    expect([record.firstSeq, record.lastSeq, record.firstTime, record.lastTime]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test("a moment in 100,000 events is found within a few milliseconds", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    for (let index = 0; index < 100_000; index += 1) {
      if (index % 10 === 0) record.apply(script.event("progress", { done: index, total: 100_000 }));
      else if (index % 10 === 1) record.apply(script.event("metric", { values: { loss: index } }));
      else record.apply(script.log(`line ${index}`));
    }
    const view = new LogView(record.log, record.superseded, { ...EVERYTHING, level: "info" });
    view.length();
    const started = performance.now();
    for (let round = 0; round < 100; round += 1) {
      const seq = record.seqAtTime(START + ((round * 7_919) % 100_000) * 1000);
      record.journal.stateAt(seq);
      record.journal.openQuestionsAt(seq);
      const progress = record.progress.at(seq, record.superseded);
      if (progress !== null) record.progress.paceAt(progress, progress.at);
      view.length(seq);
    }
    expect((performance.now() - started) / 100).toBeLessThan(5);
  });
});
