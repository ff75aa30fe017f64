// The loop that keeps one watch connected: ask for a token, dial, hold, and come back after a break.

import type { Credentials } from "../auth/credentials.js";
import type { Random } from "./backoff.js";
import type { Clock } from "./clock.js";
import { Commands, type Head } from "./commands.js";
import { Closed, type Connection, type Dial, type Transport } from "./connections.js";
import { WatchSignedOut } from "./errors.js";
import { FeedToken } from "./feed_token.js";
import type { Entry, Follower, Return } from "./follower.js";
import { FrameBuffer } from "./frame_buffer.js";
import type { Command } from "./frames.js";
import { HeldConnection, type Shared } from "./held_connection.js";
import { BROKEN, NO_SIGN_OF_LIFE } from "./policy.js";
import { firstToEnd, type Task } from "./races.js";
import type { OnStatus } from "./status.js";
import type { Transports } from "./transports.js";
import { Waits } from "./waits.js";
import { Alarm, type WakeUps } from "./wake_ups.js";

/** Events held for a slow reader before its connection is no longer read. */
const CAPACITY = 16_384;
export const OPENING_MS = 15_000;
/** An opening that is older than this is given up at a wake-up: it may wait for nothing. */
const PATIENCE_MS = 2_000;

export interface LoopParts {
  readonly follower: Follower;
  readonly credentials: Credentials;
  readonly dials: Readonly<Record<Transport, Dial>>;
  readonly transports: Transports;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeUps: WakeUps;
  /** Rings whenever the server has answered anything, and for all feeds when one is greeted. */
  readonly answers: Alarm;
  readonly observe: OnStatus;
  /** Events to hold, where it is to be another number. */
  readonly capacity?: number;
}

export class FeedLoop {
  readonly entries: FrameBuffer<Entry>;
  readonly commands = new Commands();
  readonly #parts: LoopParts;
  readonly #alarm = new Alarm();
  readonly #token: FeedToken;
  readonly #waits: Waits;
  #held: HeldConnection | null = null;
  #transport: Transport = "websocket";

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.entries = new FrameBuffer(parts.capacity ?? CAPACITY, weight);
    this.#token = new FeedToken(parts.credentials);
    this.#waits = new Waits({ ...parts, alarm: this.#alarm });
  }

  /** Follows the feed to its end; throws WatchRefused or WatchSignedOut where it cannot go on. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = this.#parts.wakeUps.listen(() => this.#alarm.ring());
    try {
      let closed: Closed | null;
      do closed = await this.#connectAndHold(signal);
      while (closed !== null && (await this.#comesBack(closed, signal)));
    } finally {
      stop();
    }
  }

  /** Sends a command now or after the next hello, again after each break; returns its answer. */
  command(frame: Command): Promise<Head> {
    const answer = this.commands.add(frame);
    this.#held?.command(frame);
    return answer;
  }

  /** Holds one connection; returns how it broke, or null when the feed has ended. */
  async #connectAndHold(signal: AbortSignal): Promise<Closed | null> {
    this.#parts.observe({ phase: "connecting" });
    this.#waits.begin();
    try {
      const token = await this.#inTime(signal, () => this.#token.ask());
      return await this.#dialAndHold(token, signal);
    } catch (error) {
      if (error instanceof Closed) return error;
      throw error;
    } finally {
      this.#held = null;
    }
  }

  async #dialAndHold(token: string | null, signal: AbortSignal): Promise<Closed | null> {
    const { clock, transports } = this.#parts;
    this.#transport = transports.next(clock.now());
    try {
      const connection = await this.#inTime(signal, (opening) => this.#dial(token, opening));
      this.#held = new HeldConnection(connection, this.#shared());
      const closed = await this.#held.hold(signal);
      if (closed !== null) throw closed;
      return null;
    } catch (error) {
      if (!this.#held?.greeted && isSilence(error)) transports.failed(this.#transport);
      throw error;
    }
  }

  #shared(): Shared {
    const { follower, clock, observe } = this.#parts;
    return {
      follower,
      clock,
      observe,
      entries: this.entries,
      commands: this.commands,
      alarm: this.#alarm,
      onGreeted: () => this.#greeted(),
      renew: () => this.#token.renew(),
    };
  }

  #greeted(): void {
    const { answers, clock, transports } = this.#parts;
    transports.worked(this.#transport, clock.now());
    answers.ring();
  }

  async #dial(token: string | null, opening: AbortSignal): Promise<Connection> {
    const { dials, follower } = this.#parts;
    const connection = await dials[this.#transport](follower.after, token, opening);
    if (opening.aborted) connection.close();
    return connection;
  }

  #inTime<T>(signal: AbortSignal, task: Task<T>): Promise<T> {
    return firstToEnd(signal, task, (ending) => this.#giveUp(ending));
  }

  async #giveUp(signal: AbortSignal): Promise<never> {
    const { clock } = this.#parts;
    const began = clock.now();
    do await this.#pause(OPENING_MS, signal);
    while (clock.now() - began < PATIENCE_MS);
    throw new Closed(BROKEN, "no connection came about in time");
  }

  /** Waits for its turn after a break; false where the feed is done. */
  async #comesBack(closed: Closed, signal: AbortSignal): Promise<boolean> {
    const back = this.#returnAfter(closed);
    if (back === null) return false;
    if (back.renew) this.#token.reject(closed.reason);
    if (back.delay > 0 && !this.#turnsToStream()) await this.#wait(back, closed, signal);
    return true;
  }

  #returnAfter(closed: Closed): Return | null {
    const { follower, random } = this.#parts;
    try {
      return follower.closed(closed, random);
    } catch (error) {
      if (error instanceof WatchSignedOut) this.#token.giveUp();
      throw error;
    }
  }

  /** While it is certain that a socket just failed, it says much if HTTP gets through. */
  #turnsToStream(): boolean {
    const { clock, transports } = this.#parts;
    return this.#transport === "websocket" && transports.next(clock.now()) === "sse";
  }

  async #wait(back: Return, closed: Closed, signal: AbortSignal): Promise<void> {
    const { clock, observe } = this.#parts;
    const { code, reason } = closed;
    observe({ phase: "waiting", until: clock.now() + back.delay, code, reason });
    await this.#waits.pass(back, closed, signal);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const sleep: Task<void> = (ending) => clock.sleep(ms, ending);
    return firstToEnd(signal, sleep, (ending) => this.#alarm.wait(ending));
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof Closed && (error.code === BROKEN || error.code === NO_SIGN_OF_LIFE);
}

function weight(entry: Entry): number {
  return "length" in entry ? entry.length : 1;
}
