// One connection while it lasts: read it, guard it, renew its credential. What a frame means is
// decided in follower; how to come back, in feed_loop.

import type { Clock } from "./clock.js";
import type { Commands } from "./commands.js";
import { Closed, type Connection } from "./connections.js";
import { MalformedFrame } from "./errors.js";
import type { Entry, Follower, Reaction } from "./follower.js";
import type { FrameBuffer } from "./frame_buffer.js";
import type { Command, ServerFrame } from "./frames.js";
import { Gate } from "./gate.js";
import { BROKEN, NO_SIGN_OF_LIFE } from "./policy.js";
import { firstToEnd } from "./races.js";
import type { OnStatus } from "./status.js";
import type { Alarm } from "./wake_ups.js";

/** How long a socket may take to answer after the machine or the network woke up. */
export const PROBE_MS = 5_000;

/** What a connection shares with those before and after it. */
export interface Shared {
  readonly follower: Follower;
  readonly entries: FrameBuffer<Entry>;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly observe: OnStatus;
  readonly onGreeted: () => void;
  /** Another token for the one in use, null where there is none; throws Closed. */
  readonly renew: () => Promise<string | null>;
}

export class HeldConnection {
  /** Whether the server has greeted, so that commands may be sent. */
  greeted = false;
  readonly #connection: Connection;
  readonly #shared: Shared;
  readonly #greeting = new Gate(false);
  readonly #expiring = new Gate(false);
  #heard = false;
  #heardAt: number;

  constructor(connection: Connection, shared: Shared) {
    this.#connection = connection;
    this.#shared = shared;
    this.#heardAt = shared.clock.now();
  }

  /** Holds the connection; returns how it broke, or null when the feed has ended. */
  async hold(signal: AbortSignal): Promise<Closed | null> {
    try {
      return await firstToEnd<Closed | null>(
        signal,
        () => this.#read(),
        (ending) => this.#guard(ending),
        (ending) => this.#renew(ending),
      );
    } finally {
      this.#connection.close();
    }
  }

  /** Sends a command, if the server has greeted; later greetings send it again. */
  command(frame: Command): void {
    if (this.greeted) this.#connection.send(frame);
  }

  /** Hands on what arrives until the feed ends or the connection does. */
  async #read(): Promise<Closed | null> {
    for (;;) {
      await this.#shared.entries.room();
      const frame = await this.#next();
      if (frame instanceof Closed) return frame;
      const reaction = frame === null ? {} : this.#take(frame);
      if (reaction.ended) return null;
      if (reaction.broken !== undefined) return new Closed(BROKEN, reaction.broken);
    }
  }

  async #next(): Promise<ServerFrame | null | Closed> {
    try {
      const frame = await this.#connection.receive();
      this.#heard = true;
      this.#heardAt = this.#shared.clock.now();
      return frame;
    } catch (error) {
      if (error instanceof MalformedFrame) return new Closed(BROKEN, error.message);
      if (error instanceof Closed) return error;
      throw error;
    }
  }

  #take(frame: ServerFrame): Reaction {
    if (frame.type === "ack" || frame.type === "error") this.#shared.commands.settle(frame);
    const reaction = this.#shared.follower.react(frame);
    if (reaction.deliver !== undefined) this.#shared.entries.put(reaction.deliver);
    if (reaction.status !== undefined) this.#shared.observe(reaction.status);
    if (reaction.pong) this.#connection.send({ type: "pong" });
    if (reaction.renew) this.#expiring.open();
    if (frame.type === "hello") this.#greet();
    return reaction;
  }

  #greet(): void {
    this.greeted = true;
    this.#greeting.open();
    this.#shared.onGreeted();
    for (const command of this.#shared.commands.unanswered) this.#connection.send(command);
  }

  /** Ends once two heartbeats have passed in silence, or a wake-up finds the connection dead. */
  async #guard(signal: AbortSignal): Promise<Closed> {
    let missed = 0;
    while (missed < 2) {
      const ended = await this.#pause(this.#shared.follower.heartbeat, signal);
      if (ended === "slept") missed = this.#showsLife() ? 0 : missed + 1;
      if (ended === "woken" && (await this.#wakesDead(signal))) break;
    }
    return new Closed(NO_SIGN_OF_LIFE, "no sign of life");
  }

  /** While a slow reader keeps this side from listening, it is this side that shows life. */
  #showsLife(): boolean {
    const heard = this.#heard || this.#shared.entries.full;
    if (this.#shared.entries.full) this.#connection.send({ type: "ping" });
    this.#heard = false;
    return heard;
  }

  /** A socket is asked; a stream, which cannot be, has to have spoken within its heartbeat. */
  async #wakesDead(signal: AbortSignal): Promise<boolean> {
    const { clock, entries, follower } = this.#shared;
    if (entries.full) return false;
    if (this.#connection.transport === "sse") {
      return clock.now() - this.#heardAt > 1.5 * follower.heartbeat;
    }
    this.#heard = false;
    this.#connection.send({ type: "ping" });
    await clock.sleep(PROBE_MS, signal);
    return !this.#heard && !entries.full;
  }

  /** What ended it; a hello does, because it says how long heartbeats are. */
  #pause(ms: number, signal: AbortSignal): Promise<"slept" | "woken" | "greeted"> {
    const { alarm, clock } = this.#shared;
    return firstToEnd(
      signal,
      (ending) => clock.sleep(ms, ending).then(() => "slept" as const),
      (ending) => alarm.wait(ending).then(() => "woken" as const),
      ...(this.greeted ? [] : [() => this.#greeting.wait().then(() => "greeted" as const)]),
    );
  }

  /**
   * Renews the credential whenever the server says that it ends. With nothing to renew it with the
   * connection is used up to the end that the server sets.
   */
  async #renew(signal: AbortSignal): Promise<Closed> {
    for (;;) {
      await this.#expiring.wait();
      this.#expiring.shut();
      const token = await this.#shared.renew();
      if (signal.aborted) return new Closed(BROKEN);
      if (token === null) continue;
      if (this.#connection.transport === "sse") return new Closed(BROKEN, "renewed");
      this.#connection.send({ type: "auth", token });
    }
  }
}
