import { describe, expect, test } from "vitest";

import { LogSearch } from "../../src/execution/record/log_search.ts";
import { LogStore } from "../../src/execution/record/log_store.ts";
import { Script } from "./events.ts";

function filled(count: number, text: (index: number) => string): [LogStore, Script] {
  const store = new LogStore();
  const script = new Script();
  for (let index = 0; index < count; index += 1) store.appendLog(script.log(text(index)));
  return [store, script];
}

/** A clock that moves on by a millisecond whenever it is looked at. */
function counting(): () => number {
  let time = 0;
  return () => (time += 1);
}

function expected(store: LogStore, query: string): number[] {
  const rows: number[] = [];
  for (let row = store.first; row < store.end; row += 1) {
    if (store.plainTextOf(row).toLowerCase().includes(query.toLowerCase())) rows.push(row);
  }
  return rows;
}

describe("a search", () => {
  test("finds each row that holds the text once, whatever its case and colours", () => {
    const words = [
      "",
      "Error",
      "error error",
      "\u001b[31mer\u001b[1mror\u001b[0m",
      "fine",
      "no\nERROR",
    ];
    const [store] = filled(5_000, (index) => words[index % words.length] ?? "");
    const search = new LogSearch(store, "erRor");
    expect(search.step(1_000)).toBe(true);
    expect(search.rows).toEqual(expected(store, "error"));
    expect(search.rows.length).toBeGreaterThan(3_000);
  });

  test("goes in slices of time", () => {
    const [store] = filled(10_000, () => "x");
    const search = new LogSearch(store, "x");
    let slices = 1;
    while (!search.step(1, counting())) slices += 1;
    expect(slices).toBe(10);
    expect(search.rows.length).toBe(10_000);
  });

  test("goes on with rows that come later", () => {
    const [store, script] = filled(1_500, (index) => `line ${index}`);
    const search = new LogSearch(store, "line 1499");
    search.step(1_000);
    expect(search.rows).toEqual([1_499]);
    store.appendLog(script.log("line 1499 again"));
    expect(search.isDone).toBe(false);
    search.step(1_000);
    expect(search.rows).toEqual([1_499, 1_500]);
  });

  test("looks again at a line that its program went on with", () => {
    const [store, script] = filled(10, () => "found");
    store.appendOutput(script.output("fou"));
    store.appendLog(script.log("found"));
    const search = new LogSearch(store, "found");
    search.step(1_000);
    expect(search.rows).not.toContain(10);
    store.appendOutput(script.output("nd"));
    search.step(1_000);
    expect(search.rows).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    store.appendOutput(script.output("\rgone\n"));
    search.step(1_000);
    expect(search.rows).not.toContain(10);
  });

  test("what is not there is not found", () => {
    const [store] = filled(2_000, () => "x");
    const search = new LogSearch(store, "y");
    expect(search.step(1_000)).toBe(true);
    expect(search.rows).toEqual([]);
  });

  test("forgets what the log has let go", () => {
    const store = new LogStore(4_096);
    const script = new Script();
    const search = new LogSearch(store, "even");
    for (let count = 0; count < 10_000; count += 1) {
      store.appendLog(script.log(count % 2 === 0 ? "even" : "odd"));
      if (count % 1_000 === 0) search.step(1_000);
    }
    expect(search.step(1_000)).toBe(true);
    expect(search.rows).toEqual(expected(store, "even"));
    expect(search.rows[0]).toBeGreaterThanOrEqual(store.first);
  });

  test("begins anew where more has changed than is known", () => {
    const [store, script] = filled(5, () => "fine");
    const search = new LogSearch(store, "50%");
    expect(search.step(1_000)).toBe(true);
    for (let bar = 0; bar < 60_000; bar += 1) {
      store.appendOutput(script.output(`\r${bar % 100}%`));
    }
    store.appendOutput(script.output("\r50%"));
    expect(search.isDone).toBe(false);
    expect(search.step(1_000)).toBe(true);
    expect(search.rows).toEqual([5]);
  });
});
