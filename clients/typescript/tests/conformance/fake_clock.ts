// Time for tests: heartbeats fire when a test says so, openings have all the time they want, and
// every other wait is noted and passes at once, unless the test holds it.

import type { Clock } from "../../src/feed/clock.js";
import { OPENING_MS } from "../../src/feed/feed_loop.js";
import { aborted } from "../../src/feed/races.js";
import { Noted } from "./noted.js";

const HEARTBEAT_MS = 20_000;

export class FakeClock implements Clock {
  /** The waits that were no heartbeats, in seconds. */
  readonly delays: number[] = [];
  readonly #timers = new Noted<{ signal: AbortSignal; fire: () => void }>();
  /** Keeps waits from passing. */
  holdsWaits = false;
  readonly waits = new Noted<{ ms: number; pass: () => void }>();
  #fired = 0;
  #now = 0;

  now(): number {
    return this.#now;
  }

  /** Lets time pass without anybody's timer firing, as it does while a machine sleeps. */
  jump(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === HEARTBEAT_MS) return this.#heartbeat(signal);
    if (ms === OPENING_MS) return aborted(signal);
    this.delays.push(ms / 1000);
    return this.#wait(ms, signal);
  }

  /** Lets the heartbeat timer that runs, or the next that is set, fire once. */
  async tick(): Promise<void> {
    for (;;) {
      const timer = await this.#timers.at(this.#fired);
      this.#fired += 1;
      if (!timer.signal.aborted) return timer.fire();
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    const passed = new Promise<void>((pass) => {
      this.waits.add({ ms, pass });
      if (!this.holdsWaits) pass();
    });
    return Promise.race([passed, aborted(signal)]);
  }

  #heartbeat(signal: AbortSignal): Promise<void> {
    const fired = new Promise<void>((resolve) => {
      this.#timers.add({ signal, fire: resolve });
    });
    return Promise.race([fired, aborted(signal)]);
  }
}
