// What wakes a feed: the network, the page, and a clock that jumped.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Alarm, wakeUpsOf } from "../../src/feed/wake_ups.js";

class Page extends EventTarget {
  readonly document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  readonly setInterval = setInterval;
  readonly clearInterval = clearInterval;
}

type Given = Parameters<typeof wakeUpsOf>[0];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a network that has gone or is back and a page that is shown wake, until nobody listens", () => {
  const page = new Page();
  const onWake = vi.fn();
  const stop = wakeUpsOf(page as unknown as Given, () => Date.now()).listen(onWake);
  page.dispatchEvent(new Event("offline"));
  page.dispatchEvent(new Event("online"));
  expect(onWake).toHaveBeenCalledTimes(2);
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(onWake).toHaveBeenCalledTimes(2);
  page.document.visibilityState = "visible";
  page.document.dispatchEvent(new Event("visibilitychange"));
  page.dispatchEvent(new Event("pageshow"));
  expect(onWake).toHaveBeenCalledTimes(4);
  stop();
  page.dispatchEvent(new Event("offline"));
  page.dispatchEvent(new Event("online"));
  expect([onWake.mock.calls.length, vi.getTimerCount()]).toEqual([4, 0]);
});

test("a clock that jumped wakes once; one that goes on as ever does not", () => {
  let slept = 0;
  const onWake = vi.fn();
  const stop = wakeUpsOf({ setInterval, clearInterval }, () => Date.now() + slept).listen(onWake);
  vi.advanceTimersByTime(60_000);
  expect(onWake).not.toHaveBeenCalled();
  slept = 3_600_000;
  vi.advanceTimersByTime(60_000);
  expect(onWake).toHaveBeenCalledTimes(1);
  stop();
});

test("an alarm wakes who waits, and nobody who has left", async () => {
  const alarm = new Alarm();
  const leaving = new AbortController();
  const woken = vi.fn();
  void alarm.wait(leaving.signal).then(woken);
  const waiting = alarm.wait(new AbortController().signal);
  leaving.abort();
  alarm.ring();
  await waiting;
  expect(woken).not.toHaveBeenCalled();
});
