// The system's clock, by which feeds go outside of tests.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { systemClock } from "../../src/feed/clock.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a sleep ends when its time has passed", async () => {
  const slept = vi.fn();
  const sleeping = systemClock.sleep(1_000, new AbortController().signal).then(slept);
  await vi.advanceTimersByTimeAsync(999);
  expect(slept).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await sleeping;
});

test("a sleep that is aborted rejects and leaves no timer", async () => {
  const leaving = new AbortController();
  const sleeping = systemClock.sleep(1_000, leaving.signal);
  leaving.abort(new Error("left"));
  await expect(sleeping).rejects.toThrow("left");
  await expect(systemClock.sleep(1, leaving.signal)).rejects.toThrow("left");
  expect(vi.getTimerCount()).toBe(0);
});
