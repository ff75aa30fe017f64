// One watcher's side of the feed protocol, without a connection or a clock: frames and ends of
// connections go in; what to hand on, to send and to do next comes out.

import { backoffDelay, type Random } from "./backoff.js";
import type { Closed } from "./connections.js";
import {
  type After,
  afterOf,
  assertReached,
  type Cursor,
  cursorAt,
  type Gap,
  Hole,
  takeEvents,
  takeGap,
} from "./cursor.js";
import { WatchRefused, WatchSignedOut } from "./errors.js";
import type { FeedEvent, FeedExecution, Hello, ServerFrame, State } from "./frames.js";
import { verdict } from "./policy.js";
import { stateAfter } from "./states.js";
import type { FeedStatus } from "./status.js";

const HEARTBEAT_MS = 20_000;

/** What is handed on, in the order of the log: some events, or the news that some are gone. */
export type Entry = readonly FeedEvent[] | Gap;

/** What one frame asks for; `broken` says why this connection cannot be trusted any more. */
export interface Reaction {
  readonly deliver?: Entry;
  readonly status?: FeedStatus;
  readonly pong?: boolean;
  readonly renew?: boolean;
  readonly ended?: boolean;
  readonly broken?: string;
}

/**
 * Connect again in `delay` milliseconds, with another credential where `renew` is set; `attempt`
 * counts from 0 the returns since a connection did its work.
 */
export interface Return {
  readonly delay: number;
  readonly attempt: number;
  readonly renew: boolean;
}

export class Follower {
  execution: FeedExecution | null = null;
  state: State | null = null;
  lag = 0;
  /** Milliseconds between signs of life. */
  heartbeat = HEARTBEAT_MS;
  #cursor: Cursor;
  #head = 0;
  #attempts = 0;
  #renewed = false;

  constructor(after: After) {
    this.#cursor = cursorAt(after);
  }

  /** What the next connection asks for. */
  get after(): After {
    return afterOf(this.#cursor);
  }

  get known(): number | null {
    return this.#cursor;
  }

  /** Takes in one frame and returns what it asks for. */
  react(frame: ServerFrame): Reaction {
    try {
      return this.#react(frame);
    } catch (error) {
      if (error instanceof Hole) return { broken: error.message };
      throw error;
    }
  }

  /**
   * How to come back after a connection has ended, or null if the feed is done. Throws WatchRefused
   * for final codes, and WatchSignedOut where a renewed credential was refused.
   */
  closed(closed: Closed, random: Random): Return | null {
    const said = verdict(closed.code);
    if (said === "never") throw new WatchRefused(closed.code, closed.reason);
    if (said === "renew") return this.#renewOnce(closed.reason);
    if (said === "done" && (this.#cursor ?? 0) >= this.#head) return null;
    const attempt = this.#attempts;
    this.#attempts += 1;
    return { delay: closed.retryAfter + backoffDelay(attempt, random), attempt, renew: false };
  }

  #react(frame: ServerFrame): Reaction {
    switch (frame.type) {
      case "hello":
        return this.#greet(frame);
      case "events":
        return this.#take(frame.events);
      case "gap":
        return this.#passOver({ first: frame.from, last: frame.to });
      case "caught_up":
        return this.#catchUp(frame.seq);
      case "lag":
        this.lag = frame.behind;
        return { status: { phase: "catching_up", behind: frame.behind } };
      case "ping":
        this.#progressed();
        return { pong: true };
      case "auth_expiring":
        return { renew: true };
      case "end":
        return this.#end(frame.state);
      default:
        return {};
    }
  }

  #greet(hello: Hello): Reaction {
    this.#cursor ??= hello.head;
    this.execution = hello.execution;
    this.state = hello.execution.state;
    this.heartbeat = hello.heartbeat * 1000;
    this.#head = hello.head;
    const behind = Math.max(0, hello.head - this.#cursor);
    return { status: { phase: "catching_up", behind } };
  }

  #take(events: readonly FeedEvent[]): Reaction {
    const { cursor, fresh, hole } = takeEvents(this.#cursor, events);
    this.#cursor = cursor;
    if (fresh.length > 0) this.#progressed();
    for (const event of fresh) this.#note(event);
    return {
      ...(fresh.length > 0 && { deliver: fresh }),
      ...(hole !== null && { broken: hole.message }),
    };
  }

  #passOver(gap: Gap): Reaction {
    const ahead = takeGap(this.#cursor, gap);
    if (ahead === null) return {};
    this.#cursor = ahead.last;
    return { deliver: ahead };
  }

  #catchUp(seq: number): Reaction {
    assertReached(this.#cursor, seq);
    this.lag = 0;
    this.#progressed();
    return { status: { phase: "live" } };
  }

  #end(state: State): Reaction {
    assertReached(this.#cursor, this.#head);
    this.state = state;
    return { ended: true };
  }

  /** Follows the state in events newer than the snapshot; older ones tell what was. */
  #note(event: FeedEvent): void {
    if (event.seq > this.#head) this.state = stateAfter(event.kind) ?? this.state;
  }

  /** Starts the back-off anew: this connection did its work, or lasted a heartbeat. */
  #progressed(): void {
    this.#attempts = 0;
    this.#renewed = false;
  }

  #renewOnce(reason: string): Return {
    if (this.#renewed) throw new WatchSignedOut(reason || "the renewed credential was refused");
    this.#renewed = true;
    return { delay: 0, attempt: this.#attempts, renew: true };
  }
}
