// The waits of one feed between its connections. Each lasts as the back-off says, or until something
// tells that the server may answer again.

import type { Random } from "./backoff.js";
import type { Clock } from "./clock.js";
import type { Closed } from "./connections.js";
import type { Return } from "./follower.js";
import { TOO_MANY } from "./policy.js";
import { firstToEnd } from "./races.js";
import type { Alarm } from "./wake_ups.js";

/** Feeds that one thing wakes come back within this time, and not all at once. */
export const JITTER_MS = 250;
const FLOOR_MS = 1_000;
const FLOOR_CAP_MS = 30_000;

export interface WaitParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Rings when the network is back, the page is shown, or the machine has slept. */
  readonly alarm: Alarm;
  /** Rings whenever the server has answered anything. */
  readonly answers: Alarm;
}

export class Waits {
  readonly #parts: WaitParts;
  #rungBefore = 0;
  #heeded = 0;

  constructor(parts: WaitParts) {
    this.#parts = parts;
  }

  /** A try begins: the alarm that rings from now on is for the wait behind it. */
  begin(): void {
    this.#rungBefore = this.#parts.alarm.rings;
  }

  /** Waits for the next try. What the server asked to wait for is waited for. */
  async pass(back: Return, closed: Closed, signal: AbortSignal): Promise<void> {
    const { alarm, clock } = this.#parts;
    if (isAskedFor(closed)) return clock.sleep(back.delay, signal);
    const heeded = back.attempt === 0 ? 0 : this.#heeded;
    const began = clock.now();
    this.#heeded = heeded;
    let until = began + back.delay;
    if (alarm.rings !== this.#rungBefore) until = this.#sooner(until, began);
    for (;;) {
      const woken = await this.#sleep(until - clock.now(), signal);
      if (woken === null) return;
      if (woken === "answers") this.#heeded = heeded + 1;
      until = this.#sooner(until, woken === "answers" ? began + floorOf(heeded) : began);
    }
  }

  #sooner(until: number, floor: number): number {
    const { clock, random } = this.#parts;
    return Math.min(until, Math.max(clock.now(), floor) + random() * JITTER_MS);
  }

  /** What woke it; null where it slept to the end. */
  #sleep(ms: number, signal: AbortSignal): Promise<"alarm" | "answers" | null> {
    const { alarm, answers, clock } = this.#parts;
    return firstToEnd<"alarm" | "answers" | null>(
      signal,
      (ending) => clock.sleep(ms, ending).then(() => null),
      (ending) => alarm.wait(ending).then(() => "alarm" as const),
      (ending) => answers.wait(ending).then(() => "answers" as const),
    );
  }
}

function isAskedFor({ code, retryAfter }: Closed): boolean {
  return retryAfter > 0 || code === TOO_MANY;
}

/**
 * How long after a break an answer wakes at the soonest, in milliseconds: a server may answer
 * requests and go on refusing feeds. The first answer wakes at once, those behind it ever later.
 */
function floorOf(heeded: number): number {
  return heeded === 0 ? 0 : Math.min(FLOOR_CAP_MS, FLOOR_MS * 2 ** Math.min(heeded - 1, 16));
}
