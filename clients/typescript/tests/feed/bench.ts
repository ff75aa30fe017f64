// A feed on a bench: a fake server with its script, a clock and wake-ups that tests turn by hand.

import type { Credentials } from "../../src/auth/credentials.js";
import { Gate } from "../../src/feed/gate.js";
import { Feeds, type FeedStatus, fixedCredentials } from "../../src/feed/index.js";
import { Alarm, type WakeUps } from "../../src/feed/wake_ups.js";
import type { PlannedConnection, Step } from "../conformance/cases.js";
import { FakeClock } from "../conformance/fake_clock.js";
import { FakeServer } from "../conformance/fake_server.js";
import { Program } from "../conformance/program.js";

export const END: readonly Step[] = [
  { send: { type: "end", state: "succeeded" } },
  { close: 1000 },
];

export class Bench {
  readonly clock = new FakeClock();
  readonly program = new Program();
  readonly statuses: FeedStatus[] = [];
  readonly server: FakeServer;
  readonly feeds: Feeds;
  readonly wakeUps = new HandWakeUps();
  readonly answers = new Alarm();

  constructor(
    connections: PlannedConnection[],
    credentials: Credentials = fixedCredentials("key"),
  ) {
    const plan = { name: "", connections, expected: {} };
    this.server = new FakeServer(plan, this.program, this.clock);
    this.feeds = new Feeds({
      baseUrl: "http://runcast.test/",
      credentials,
      WebSocket: this.server.Socket,
      fetch: this.server.fetch,
      clock: this.clock,
      random: () => 1,
      wakeUps: this.wakeUps,
      answers: this.answers,
    });
  }

  readonly onStatus = (status: FeedStatus): void => {
    this.statuses.push(status);
  };

  get phases(): string[] {
    return this.statuses.map(({ phase }) => phase);
  }

  /** What `work` finds, unless a script goes another way first. */
  async found<T>(work: Promise<T>): Promise<T> {
    const found = await Promise.race([work, this.server.failed]);
    if (this.server.unplayed > 0) throw new Error("not every connection came");
    return found;
  }

  /** Lets everything happen that waits for nothing but its turn. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  }
}

/** Wake-ups for one listener, who hears when a test calls. */
export class HandWakeUps implements WakeUps {
  #onWake: (() => void) | null = null;

  get isListening(): boolean {
    return this.#onWake !== null;
  }

  listen(onWake: () => void): () => void {
    this.#onWake = onWake;
    return () => {
      this.#onWake = null;
    };
  }

  wake(): void {
    this.#onWake?.();
  }
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Something that a script waits for, with what lets it pass. */
export function held(): { wait: Promise<void>; pass: () => void } {
  const gate = new Gate(false);
  return { wait: gate.wait(), pass: () => gate.open() };
}
