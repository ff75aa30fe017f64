// The follower: one feed told over many connections, and never an event twice or missing.

import { expect, test } from "vitest";

import { Closed } from "../../src/feed/connections.js";
import { WatchRefused, WatchSignedOut } from "../../src/feed/errors.js";
import { Follower, type Reaction } from "../../src/feed/follower.js";
import { hello } from "../conformance/cases.js";
import { eventsFrame, frame, helloFrame } from "./frames_for_tests.js";

const event = { at: "", attempt: 1, step: null, data: {} };

test("the hello tells the execution and the heartbeat", () => {
  const follower = new Follower(0);
  const { status } = follower.react(frame({ ...hello(3), heartbeat: 5 }));
  expect([follower.execution?.id, follower.state, follower.heartbeat]).toEqual([
    "e1",
    "running",
    5_000,
  ]);
  expect(status).toEqual({ phase: "catching_up", behind: 3 });
});

test("events newer than the snapshot move the state", () => {
  const follower = new Follower(0);
  follower.react(helloFrame(0));
  const waiting = { ...event, seq: 1, kind: "execution.waiting" };
  follower.react(frame({ type: "events", events: [waiting] }));
  expect(follower.state).toBe("waiting");
  const resumed = { ...event, seq: 2, kind: "execution.resumed" };
  follower.react(frame({ type: "events", events: [resumed] }));
  expect(follower.state).toBe("queued");
});

test("a backlog does not turn the state back", () => {
  const follower = new Follower(0);
  follower.react(frame({ ...hello(2), execution: { id: "e1", state: "succeeded" } }));
  const queued = { ...event, seq: 1, kind: "execution.queued" };
  follower.react(frame({ type: "events", events: [queued] }));
  expect(follower.state).toBe("succeeded");
});

test("the lag is what the server said until it is caught up", () => {
  const follower = new Follower(0);
  follower.react(helloFrame(0));
  const { status } = follower.react(frame({ type: "lag", behind: 5000 }));
  expect([follower.lag, status]).toEqual([5000, { phase: "catching_up", behind: 5000 }]);
  expect(follower.react(frame({ type: "caught_up", seq: 0 })).status).toEqual({ phase: "live" });
  expect(follower.lag).toBe(0);
});

test("a pong is only a sign of life", () => {
  expect(new Follower(0).react(frame({ type: "pong" }))).toEqual({});
});

test("a final code is thrown with its reason", () => {
  const follower = new Follower(0);
  const closed = new Closed(4404, "no such");
  expect(() => follower.closed(closed, () => 1)).toThrow(new WatchRefused(4404, "no such"));
});

test("a second 4401 without progress signs out", () => {
  const follower = new Follower(0);
  expect(follower.closed(new Closed(4401), () => 1)).toMatchObject({ delay: 0, renew: true });
  expect(() => follower.closed(new Closed(4401), () => 1)).toThrow(WatchSignedOut);
});

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A server that keeps the contract over connections that break anywhere. */
class ManyConnections {
  readonly told: number[] = [];
  readonly follower: Follower;
  readonly #random: () => number;
  readonly #pruned: number;
  #head: number;
  #sent: number | null = null;

  constructor(seed: number) {
    this.#random = chance(seed);
    this.follower = new Follower(this.#upTo(5) === 5 ? "latest" : this.#upTo(4));
    this.#head = 4 + this.#upTo(5);
    this.#pruned = this.#upTo(3);
  }

  step(): void {
    [this.#connect, this.#send, this.#send, this.#grow, this.#lose][this.#upTo(4)]?.call(this);
  }

  #upTo(last: number): number {
    return Math.floor(this.#random() * (last + 1));
  }

  #connect(): void {
    const { after } = this.follower;
    this.#sent = after === "latest" ? this.#head : after;
    this.#take(this.follower.react(helloFrame(this.#head)));
  }

  /** Sends what comes next, after some of what was sent before; tells first what is pruned. */
  #send(): void {
    if (this.#sent === null) return;
    if (this.#sent < this.#pruned) {
      const gap = frame({ type: "gap", from: this.#sent + 1, to: this.#pruned });
      this.#take(this.follower.react(gap));
      this.#sent = this.#pruned;
    }
    const last = Math.min(this.#sent + 1 + this.#upTo(2), this.#head);
    const first = Math.max(this.#sent + 1 - this.#upTo(3), this.#pruned + 1);
    this.#take(this.follower.react(eventsFrame(...range(first, last))));
    this.#sent = Math.max(this.#sent, last);
  }

  #grow(): void {
    this.#head += 1;
  }

  #lose(): void {
    this.#sent = null;
    const code = [1001, 1006, 1012, 4508, 4529, 3333][this.#upTo(5)] ?? 1006;
    expect(this.follower.closed(new Closed(code), this.#random)).not.toBeNull();
  }

  #take({ deliver, broken }: Reaction): void {
    expect(broken).toBeUndefined();
    if (deliver === undefined) return;
    if ("length" in deliver) this.told.push(...deliver.map(({ seq }) => seq));
    else this.told.push(...range(deliver.first, deliver.last));
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

test("over 300 histories of breaks everything is told once and in order", () => {
  let most = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const server = new ManyConnections(seed);
    for (let step = 0; step < 60; step += 1) server.step();
    const [first = 1] = server.told;
    expect(server.told).toEqual(range(first, first + server.told.length - 1));
    most = Math.max(most, server.told.length);
  }
  expect(most).toBeGreaterThan(10);
});
