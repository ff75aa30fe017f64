import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { frames } from "../../src/execution/live/frames.ts";
import { copyLog, downloadLog } from "../../src/execution/log/take_along.ts";
import { ExecutionRecord } from "../../src/execution/record/execution_record.ts";
import { EVERYTHING, type LogFilter } from "../../src/execution/record/log_filter.ts";
import { LogStore } from "../../src/execution/record/log_store.ts";
import { LogView } from "../../src/execution/record/log_view.ts";
import { notices } from "../../src/ui/toast.ts";
import { Script } from "./events.ts";

const MOST = 16_384;

let record: ExecutionRecord;
let script: Script;
let saved: string;

beforeEach(() => {
  record = new ExecutionRecord(new LogStore(MOST));
  script = new Script();
  saved = "";
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
  vi.stubGlobal("Blob", function Saved(parts: string[]) {
    saved = parts.join("");
  });
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:log");
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  notices.setState([], true);
});

function log(count: number): void {
  for (let line = 0; line < count; line += 1) {
    record.apply(script.log(`line ${record.log.end}`, line % 2 === 0 ? "error" : "info"));
  }
}

function viewOf(filter: Partial<LogFilter> = {}): LogView {
  return new LogView(record.log, record.superseded, { ...EVERYTHING, ...filter });
}

const numbers = () => [...saved.matchAll(/line (\d+)\n/g)].map(([, number]) => Number(number));
const told = () => notices.getState().map(({ text }) => text);
const upTo = (from: number, end: number) =>
  Array.from({ length: end - from }, (_, at) => from + at);

test("the lines of this moment are saved, and not those that come meanwhile", async () => {
  log(12_000);
  const saving = downloadLog({ record, asOf: Infinity }, viewOf());
  log(100);
  await saving;
  expect(numbers()).toEqual(upTo(0, 12_000));
  expect(told()).toEqual([]);
});

test("a file says so where lines were let go while it was put together", async () => {
  log(15_000);
  const rests = vi.spyOn(frames, "rest").mockImplementationOnce(async () => log(12_000));
  await downloadLog({ record, asOf: Infinity }, viewOf());
  expect(rests).toHaveBeenCalled();
  expect(numbers().slice(0, 5_000)).toEqual(upTo(0, 5_000));
  expect(numbers().slice(5_000)).toEqual(upTo(record.log.first, 15_000));
  expect(record.log.first).toBeGreaterThan(5_000);
  expect(told()).toEqual([
    "Downloaded, but without its oldest lines: this page holds them no more.",
  ]);
});

test("the lines of a filter are saved whole, however many are let go behind them", async () => {
  log(15_000);
  vi.spyOn(frames, "rest").mockImplementationOnce(async () => log(4_000));
  await downloadLog({ record, asOf: Infinity }, viewOf({ level: "error" }));
  expect(numbers()).toEqual(upTo(0, 7_500).map((line) => line * 2));
  expect(told()).toEqual([]);
});

test("a file that cannot be put together is told of", async () => {
  log(10);
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    throw new RangeError("Invalid array length");
  });
  await downloadLog({ record, asOf: Infinity }, viewOf());
  expect(told()).toEqual(["The file could not be put together. Show fewer lines and try again."]);
});

test("what is copied has no times, and ends with its last line", async () => {
  log(2);
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  await copyLog({ record, asOf: 2 }, viewOf());
  expect(writeText).toHaveBeenCalledExactlyOnceWith("line 0\nline 1");
  expect(told()).toEqual(["Copied"]);
});
