import { describe, expect, test } from "vitest";

import { Journal } from "../../src/execution/record/journal.ts";
import { foldedCount, timelineRows } from "../../src/execution/timeline/timeline_rows.ts";
import { Script } from "./events.ts";

function broken(): Journal {
  const script = new Script();
  const journal = new Journal();
  const events = [
    script.event("execution.queued", {}, { attempt: 0 }),
    script.event("execution.started", { worker: "a" }),
    script.event("step.started", { key: "done", name: "done" }),
    script.event("step.succeeded", { key: "done", result: 1 }),
    script.event("step.started", { key: "lost", name: "lost" }),
    script.event("execution.queued", { reason: "worker_lost" }),
    script.event("execution.started", { worker: "b" }, { attempt: 2 }),
    script.event("execution.superseded", { attempt: 1, from: 5, to: 5 }, { attempt: 2 }),
    script.event("step.started", { key: "lost", name: "lost" }, { attempt: 2 }),
    script.event("execution.waiting", { for: [], ran: 1 }, { attempt: 2 }),
    script.event("execution.resumed", {}, { attempt: 2 }),
    script.event("execution.succeeded", { result: null }, { attempt: 2 }),
  ];
  for (const event of events) journal.take(event);
  return journal;
}

function told(journal: Journal, asOf: number, showsFolded: boolean): string[] {
  return timelineRows(journal, asOf, showsFolded).map((row) =>
    row.kind === "state" ? row.words : `${row.entry.key} of ${row.entry.attempt}`,
  );
}

describe("the rows of a timeline", () => {
  test("are states and steps in order, without what was begun for nothing", () => {
    expect(told(broken(), Infinity, false)).toEqual([
      "Queued",
      "Running",
      "done of 1",
      "Queued again",
      "Running, attempt 2",
      "lost of 2",
      "Parked until what it waits for has come",
      "Succeeded",
    ]);
  });

  test("can show what was begun for nothing, and say how much that is", () => {
    const journal = broken();
    expect(told(journal, Infinity, true)).toContain("lost of 1");
    expect([7, 8, Infinity].map((seq) => foldedCount(journal, seq))).toEqual([0, 1, 1]);
  });

  test("show in the past what had not yet been cut short", () => {
    expect(told(broken(), 5, false)).toEqual(["Queued", "Running", "done of 1", "lost of 1"]);
  });
});
