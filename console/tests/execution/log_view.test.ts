import { describe, expect, test } from "vitest";

import { ExecutionRecord } from "../../src/execution/record/execution_record.ts";
import { LogStore } from "../../src/execution/record/log_store.ts";
import { EVERYTHING, type LogFilter } from "../../src/execution/record/log_filter.ts";
import { LogView } from "../../src/execution/record/log_view.ts";
import { Script } from "./events.ts";

function viewOf(record: ExecutionRecord, filter: Partial<LogFilter> = {}): LogView {
  return new LogView(record.log, record.superseded, { ...EVERYTHING, ...filter });
}

function shown(record: ExecutionRecord, view: LogView, asOf = Infinity): string[] {
  return Array.from({ length: view.length(asOf) }, (_, index) =>
    record.log.plainTextOf(view.rowAt(index), asOf),
  );
}

function mixed(): ExecutionRecord {
  const record = new ExecutionRecord();
  const script = new Script();
  record.apply(script.log("quiet", "debug"));
  record.apply(script.log("normal"));
  record.apply(script.log("odd", "warning"));
  record.apply(
    script.event("log", { level: "error", message: "bad", fields: {} }, { step: "fit" }),
  );
  record.apply(script.output("out\n"));
  record.apply(script.output("err\n", "stderr"));
  return record;
}

describe("which rows are shown", () => {
  test("everything, as nothing is asked for", () => {
    const record = mixed();
    expect(shown(record, viewOf(record))).toEqual(["quiet", "normal", "odd", "bad", "out", "err"]);
  });

  test("a level shows it and what is louder", () => {
    const record = mixed();
    expect(shown(record, viewOf(record, { level: "warning" }))).toEqual(["odd", "bad"]);
    expect(shown(record, viewOf(record, { level: "info" }))).toEqual([
      "normal",
      "odd",
      "bad",
      "out",
      "err",
    ]);
  });

  test("a stream, or what was logged", () => {
    const record = mixed();
    expect(shown(record, viewOf(record, { stream: "stderr" }))).toEqual(["err"]);
    expect(shown(record, viewOf(record, { stream: "log" }))).toEqual([
      "quiet",
      "normal",
      "odd",
      "bad",
    ]);
  });

  test("a step", () => {
    const record = mixed();
    expect(shown(record, viewOf(record, { step: "fit" }))).toEqual(["bad"]);
    expect(shown(record, viewOf(record, { step: "unknown" }))).toEqual([]);
  });

  test("rows that come later join", () => {
    const record = new ExecutionRecord();
    const script = new Script();
    const view = viewOf(record, { level: "error" });
    for (let count = 0; count < 5_000; count += 1) record.apply(script.log(`e${count}`, "error"));
    expect(view.length()).toBe(5_000);
    record.apply(script.log("last", "error"));
    expect(shown(record, view).at(-1)).toBe("last");
  });

  test("places and rows lead to each other", () => {
    const record = mixed();
    for (const filter of [{}, { level: "warning" }] as const) {
      const view = viewOf(record, filter);
      const places = Array.from({ length: view.length() }, (_, index) => index);
      expect(places.map((index) => view.indexOf(view.rowAt(index)))).toEqual(places);
    }
    const loud = viewOf(record, { level: "warning" });
    expect(loud.length()).toBe(2);
    expect([0, 3, 5].map((row) => loud.indexOf(row))).toEqual([0, 1, 2]);
  });

  test("a view of the past ends there", () => {
    const record = mixed();
    expect(shown(record, viewOf(record), 3)).toEqual(["quiet", "normal", "odd"]);
    expect(shown(record, viewOf(record, { level: "warning" }), 3)).toEqual(["odd"]);
  });

  test("rows that the store has let go are left out", () => {
    const record = new ExecutionRecord(new LogStore(2_048));
    const script = new Script();
    const everything = viewOf(record);
    const errors = viewOf(record, { level: "error" });
    for (let count = 0; count < 5_000; count += 1) {
      record.apply(script.log(`line ${count}`, count % 2 === 0 ? "error" : "info"));
      if (count === 1_000) expect(errors.length()).toBe(501);
    }
    expect(shown(record, everything)[0]).toBe(`line ${record.log.first}`);
    expect(shown(record, errors)[0]).toBe(`line ${record.log.first}`);
    expect(shown(record, errors).at(-1)).toBe("line 4998");
    expect(errors.indexOf(errors.rowAt(10))).toBe(10);
  });
});

function cutShort(): ExecutionRecord {
  const record = new ExecutionRecord();
  const script = new Script();
  record.apply(script.log("kept"));
  record.apply(script.log("lost one"));
  record.apply(script.output("lost two\n"));
  record.apply(script.event("execution.superseded", { attempt: 1, from: 2, to: 3 }));
  record.apply(
    script.event("log", { level: "info", message: "again", fields: {} }, { attempt: 2 }),
  );
  return record;
}

describe("what counts no more", () => {
  const notice = "Attempt 1 was cut short; what it said last counts no more";

  test("it is folded away, and can be shown", () => {
    const record = cutShort();
    expect(shown(record, viewOf(record))).toEqual(["kept", notice, "again"]);
    expect(shown(record, viewOf(record, { showSuperseded: true }))).toEqual([
      "kept",
      "lost one",
      "lost two",
      notice,
      "again",
    ]);
  });

  test("it is there in the past, when it still counted", () => {
    const record = cutShort();
    const view = viewOf(record);
    expect(shown(record, view).length).toBe(3);
    expect(shown(record, view, 3)).toEqual(["kept", "lost one", "lost two"]);
    expect(shown(record, view, 4)).toEqual(["kept", notice]);
    expect(shown(record, view).length).toBe(3);
  });
});
