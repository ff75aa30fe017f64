import { describe, expect, test } from "vitest";

import { LogStore } from "../../src/execution/record/log_store.ts";
import { Script } from "./events.ts";

function texts(store: LogStore, asOf = Infinity): string[] {
  const rows: string[] = [];
  for (let row = store.first; row < store.endAt(asOf); row += 1)
    rows.push(store.plainTextOf(row, asOf));
  return rows;
}

function printed(...pieces: string[]): string[] {
  const store = new LogStore();
  const script = new Script();
  for (const piece of pieces) store.appendOutput(script.output(piece));
  return texts(store);
}

describe("lines of the log", () => {
  test("a message keeps its level, time, step, attempt and seq", () => {
    const store = new LogStore();
    const script = new Script();
    script.skip(6);
    store.appendLog(
      script.event(
        "log",
        { level: "WARN", message: "hot", fields: {} },
        { attempt: 3, step: "fit#2", at: 5 },
      ),
    );
    expect(store.rowAt(0)).toEqual({
      row: 0,
      seq: 7,
      at: Date.parse("2026-01-01T00:00:05Z"),
      attempt: 3,
      step: "fit#2",
      source: "log",
      level: "warning",
      stream: null,
      continued: false,
    });
  });

  test("fields stand behind their message", () => {
    const store = new LogStore();
    store.appendLog(
      new Script().log("saved", "info", {
        path: "/a/b",
        n: 3,
        note: "two words",
        deep: { x: [1] },
      }),
    );
    expect(texts(store)).toEqual(['saved path=/a/b n=3 note="two words" deep={"x":[1]}']);
  });

  test("a message of several lines is several rows, and only the first begins it", () => {
    const store = new LogStore();
    store.appendLog(new Script().log("one\r\ntwo\n\nfour"));
    expect(texts(store)).toEqual(["one", "two", "", "four"]);
    expect([0, 1, 2, 3].map((row) => store.rowAt(row).continued)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test("an empty message is a row", () => {
    const store = new LogStore();
    store.appendLog(new Script().log(""));
    expect(texts(store)).toEqual([""]);
  });

  test("data of another shape is shown as well as can be", () => {
    const store = new LogStore();
    store.appendLog(new Script().event("log", { level: 7, message: null, fields: [] }));
    store.appendOutput(new Script().event("output", { text: "x" }));
    expect(texts(store)).toEqual(["", "x"]);
    expect(store.rowAt(1).stream).toBe("stdout");
  });
});

describe("what a stream prints", () => {
  test("a line that is left open is gone on with", () => {
    expect(printed("load", "ing", " done\nnext")).toEqual(["loading done", "next"]);
  });

  test("carriage returns without end are passed over in one go", () => {
    const store = new LogStore();
    const script = new Script();
    for (let at = 0; at < 500; at += 1) {
      store.appendOutput(script.output(`${"\r".repeat(8_000)}x\r\r`));
    }
    expect(store.plainTextOf(0)).toBe("x");
  });

  test("each of thousands of streams keeps its name", () => {
    const store = new LogStore();
    const script = new Script();
    for (let at = 0; at < 3_000; at += 1) store.appendOutput(script.output("x\n", `host${at}`));
    for (const at of [0, 254, 255, 256, 2_999]) {
      expect(store.rowAt(at).stream).toBe(`host${at}`);
    }
  });

  test("streams do not run into each other", () => {
    const store = new LogStore();
    const script = new Script();
    store.appendOutput(script.output("out "));
    store.appendOutput(script.output("err ", "stderr"));
    store.appendOutput(script.output("one\n"));
    store.appendOutput(script.output("two\n", "stderr"));
    expect(texts(store)).toEqual(["out one", "err two"]);
  });

  test("a carriage return begins the line anew once something follows", () => {
    expect(printed("10%\r", "20%\r")).toEqual(["20%"]);
    expect(printed("10%\r20%\r30%\n", "done\r\n", "bye\n")).toEqual(["30%", "done", "bye"]);
    expect(printed("10%\r", "\n", "next\n")).toEqual(["10%", "next"]);
    expect(printed("\r10%", "\r20%")).toEqual(["20%"]);
  });

  test("empty lines are rows", () => {
    expect(printed("\n\na\n")).toEqual(["", "", "a"]);
  });

  test("a colour lasts over the end of a line and over pieces", () => {
    const store = new LogStore();
    const script = new Script();
    store.appendOutput(script.output("\u001b[31mred\nstill"));
    store.appendOutput(script.output(" red\u001b[0m\nplain\n"));
    expect([0, 1, 2].map((row) => store.textOf(row))).toEqual([
      "\u001b[31mred",
      "\u001b[38;5;1mstill red\u001b[0m",
      "plain",
    ]);
  });

  test("a sequence that is cut in two by the pieces is whole again", () => {
    expect(printed("a\u001b[3", "1mb\n")).toEqual(["ab"]);
  });

  test("a line without an end is broken", () => {
    const lines = printed("x".repeat(10_000), "y".repeat(10_000), "z\n");
    expect(lines.map((line) => line.length)).toEqual([16_384, 3_617]);
  });

  test("another attempt begins its own lines", () => {
    const store = new LogStore();
    const script = new Script();
    store.appendOutput(script.event("output", { stream: "stdout", text: "half" }, { attempt: 1 }));
    store.appendOutput(
      script.event("output", { stream: "stdout", text: "whole\n" }, { attempt: 2 }),
    );
    expect(texts(store)).toEqual(["half", "whole"]);
  });
});

describe("the past", () => {
  test("rows that had not come are not there", () => {
    const store = new LogStore();
    const script = new Script();
    for (const message of ["a", "b", "c"]) store.appendLog(script.log(message));
    expect([0, 1, 2, 3, 9].map((seq) => texts(store, seq).length)).toEqual([0, 1, 2, 3, 3]);
  });

  test("a line stands as its program had left it", () => {
    const store = new LogStore();
    const script = new Script();
    for (const piece of ["10%", "\r20%", "\r30%\n"]) store.appendOutput(script.output(piece));
    expect([1, 2, 3].map((seq) => texts(store, seq))).toEqual([["10%"], ["20%"], ["30%"]]);
  });

  test("a line that is rewritten without end keeps its first and its last texts, and few others", () => {
    const store = new LogStore();
    const script = new Script();
    for (let count = 0; count < 10_000; count += 1) store.appendOutput(script.output(`\r${count}`));
    expect(texts(store)).toEqual(["9999"]);
    expect(texts(store, 1)).toEqual(["0"]);
    const half = Number(texts(store, 5_000)[0]);
    expect(half).toBeGreaterThan(4_900);
    expect(half).toBeLessThan(5_000);
  });
});

describe("many lines", () => {
  test("texts are the same once their chunk is full", () => {
    const store = new LogStore();
    const script = new Script();
    const said = Array.from({ length: 3_000 }, (_, index) =>
      index % 7 === 0 ? "" : `line ${index} ü`,
    );
    for (const message of said) store.appendLog(script.log(message));
    expect(texts(store)).toEqual(said);
  });

  test("a line in a full chunk can still be gone on with", () => {
    const store = new LogStore();
    const script = new Script();
    store.appendOutput(script.output("begun"));
    for (let count = 0; count < 1_500; count += 1) store.appendLog(script.log("between"));
    store.appendOutput(script.output(" ended\n"));
    expect(store.plainTextOf(0)).toBe("begun ended");
    expect(store.plainTextOf(0, 900)).toBe("begun");
    expect(store.plainTextOf(1)).toBe("between");
  });

  test("the oldest are let go, and the numbers of the others stay", () => {
    const store = new LogStore(4_096);
    const script = new Script();
    for (let count = 0; count < 10_000; count += 1) store.appendLog(script.log(`line ${count}`));
    expect(store.end).toBe(10_000);
    expect(store.end - store.first).toBeLessThanOrEqual(4_096);
    expect(store.end - store.first).toBeGreaterThan(3_000);
    expect(store.plainTextOf(store.first)).toBe(`line ${store.first}`);
    expect(store.plainTextOf(9_999)).toBe("line 9999");
    expect(() => store.textOf(0)).toThrow(RangeError);
  });
});
