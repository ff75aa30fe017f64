// How long a feed waits, and what makes it shorter: how soon, how often, and what never does.

import { beforeEach, expect, test } from "vitest";

import { Closed } from "../../src/feed/connections.js";
import { BROKEN, TOO_MANY } from "../../src/feed/policy.js";
import { Alarm } from "../../src/feed/wake_ups.js";
import { JITTER_MS, Waits } from "../../src/feed/waits.js";

const LONG_MS = 25_000;
const LOST = new Closed(BROKEN);

let now: number;
let timers: { at: number; pass: () => void }[];
let alarm: Alarm;
let answers: Alarm;
let waits: Waits;

beforeEach(() => {
  now = 0;
  timers = [];
  alarm = new Alarm();
  answers = new Alarm();
  waits = new Waits({ clock: { now: () => now, sleep }, random: () => 1, alarm, answers });
});

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((pass, reject) => {
    const timer = { at: now + ms, pass };
    timers.push(timer);
    signal.addEventListener("abort", () => {
      timers = timers.filter((one) => one !== timer);
      reject(signal.reason as Error);
    });
  });
}

/** Lets time go on up to a moment, timer by timer. */
async function elapse(until: number): Promise<void> {
  for (;;) {
    await new Promise(setImmediate);
    const due = timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
    if (due === undefined) break;
    now = due.at;
    timers = timers.filter((one) => one !== due);
    due.pass();
  }
  now = until;
}

/** A wait of so long; `over` is when it was over. */
function waiting(attempt = 0, closed = LOST, delay = LONG_MS) {
  const wait: { over: number | null } = { over: null };
  const { signal } = new AbortController();
  const passed = waits.pass({ delay, attempt, renew: false }, closed, signal);
  void passed.then(() => (wait.over = now));
  return wait;
}

/** Begins a try, fails, and hears an answer a while later; returns how long it waited. */
async function waitedWithAnswer(attempt: number, afterMs: number): Promise<number> {
  waits.begin();
  const began = now;
  const wait = waiting(attempt);
  await elapse(began + afterMs);
  answers.ring();
  await elapse(began + LONG_MS);
  return (wait.over ?? Infinity) - began;
}

test("a wait that nothing wakes lasts as long as it was to", async () => {
  const wait = waiting();
  await elapse(LONG_MS - 1);
  expect(wait.over).toBeNull();
  await elapse(LONG_MS);
  expect(wait.over).toBe(LONG_MS);
});

test("an alarm and an answer end it with a little jitter", async () => {
  for (const bell of [alarm, answers]) {
    waits.begin();
    const began = now;
    const wait = waiting();
    await elapse(began + 5_000);
    bell.ring();
    await elapse(began + LONG_MS);
    expect(wait.over).toBe(began + 5_000 + JITTER_MS);
  }
});

test("nothing makes a wait longer, and ringing again puts nothing off", async () => {
  const short = waiting(0, LOST, 100);
  await elapse(50);
  answers.ring();
  await elapse(1_000);
  expect(short.over).toBe(100);
  const wait = waiting();
  await elapse(2_000);
  answers.ring();
  await elapse(2_200);
  answers.ring();
  alarm.ring();
  await elapse(LONG_MS);
  expect(wait.over).toBe(2_000 + JITTER_MS);
});

test("answers of a server that goes on refusing feeds wake ever later", async () => {
  const waited: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) waited.push(await waitedWithAnswer(attempt, 10));
  const floors = [10, 1_000, 2_000, 4_000, 8_000, 16_000].map((floor) => floor + JITTER_MS);
  expect(waited).toEqual([...floors, LONG_MS, LONG_MS]);
});

test("an answer that comes late enough wakes at once however many came before", async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) await waitedWithAnswer(attempt, 10);
  expect(await waitedWithAnswer(5, 20_000)).toBe(20_000 + JITTER_MS);
});

test("a connection that did its work begins the counting anew", async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) await waitedWithAnswer(attempt, 10);
  expect(await waitedWithAnswer(0, 10)).toBe(10 + JITTER_MS);
});

test("an alarm wakes at once even where answers have to wait", async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) await waitedWithAnswer(attempt, 10);
  waits.begin();
  const began = now;
  const wait = waiting(5);
  await elapse(began + 10);
  answers.ring();
  await elapse(began + 20);
  alarm.ring();
  await elapse(began + LONG_MS);
  expect(wait.over).toBe(began + 20 + JITTER_MS);
});

test("an alarm that rang during the try before it makes the wait short, once", async () => {
  waits.begin();
  alarm.ring();
  const wait = waiting(3);
  await elapse(LONG_MS);
  expect(wait.over).toBe(JITTER_MS);
  waits.begin();
  const next = waiting(4);
  await elapse(2 * LONG_MS);
  expect(next.over).toBe(2 * LONG_MS);
});

test.each([
  ["said when to come back", new Closed(BROKEN, "", 7_000)],
  ["has too many", new Closed(TOO_MANY)],
])("a server that %s is waited for, whatever rings", async (_, closed) => {
  waits.begin();
  alarm.ring();
  const wait = waiting(0, closed);
  await elapse(1_000);
  alarm.ring();
  answers.ring();
  await elapse(LONG_MS);
  expect(wait.over).toBe(LONG_MS);
});

test("a hundred feeds that one answer wakes come one by one", async () => {
  const ended: number[] = [];
  const all = Array.from({ length: 100 }, (_, at) => {
    const parts = { clock: { now: () => now, sleep }, random: () => at / 100, alarm, answers };
    const back = { delay: LONG_MS, attempt: 0, renew: false };
    return new Waits(parts)
      .pass(back, LOST, new AbortController().signal)
      .then(() => ended.push(now));
  });
  await elapse(1_000);
  answers.ring();
  await elapse(LONG_MS);
  await Promise.all(all);
  expect(new Set(ended).size).toBe(100);
  expect(Math.max(...ended)).toBeLessThan(1_000 + JITTER_MS);
});
