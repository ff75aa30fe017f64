import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { dismiss, notices, toast } from "../../src/ui/toast.ts";

const texts = () => notices.getState().map(({ text }) => text);

describe("notices", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  test("leave by themselves, each in its own time", () => {
    toast("first");
    vi.advanceTimersByTime(3000);
    toast("second");
    expect(texts()).toEqual(["first", "second"]);
    vi.advanceTimersByTime(3500);
    expect(texts()).toEqual(["second"]);
  });

  test("are never more than three, and the newest stay", () => {
    for (const text of ["a", "b", "c", "d"]) toast(text);
    expect(texts()).toEqual(["b", "c", "d"]);
  });

  test("can be dismissed", () => {
    toast("gone");
    for (const { id } of notices.getState()) dismiss(id);
    expect(texts()).toEqual([]);
  });
});
