// Commands on the way: sent again under the same id on every new connection, until answered.

import { CommandRefused } from "./errors.js";
import type { Command, CommandAnswer } from "./frames.js";

/** The log's head after a command; null where the server did not say. */
export type Head = number | null;

interface Waiting {
  readonly frame: Command;
  readonly resolve: (head: Head) => void;
  readonly reject: (error: unknown) => void;
}

/** The commands of one watch that the server has not answered, in the order they were given. */
export class Commands {
  readonly #waiting = new Map<string, Waiting>();

  /** The frames to send on a new connection. */
  get unanswered(): readonly Command[] {
    return [...this.#waiting.values()].map((one) => one.frame);
  }

  /** Remembers a command under its id; the promise is its answer. */
  add(frame: Command): Promise<Head> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(frame.id, { frame, resolve, reject });
    });
  }

  /** Hands an answer to whoever waits; one for no command of this watch is nobody's. */
  settle(answer: CommandAnswer): void {
    const waiting = this.#waiting.get(answer.id ?? "");
    if (waiting === undefined) return;
    this.#waiting.delete(waiting.frame.id);
    if (answer.type === "ack") waiting.resolve(answer.seq ?? null);
    else waiting.reject(new CommandRefused(answer.code, answer.detail ?? ""));
  }

  /** Tells everyone who waits that no answer will come. */
  fail(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** A new id, 128 random bits; crypto.randomUUID is missing on pages without https. */
export function commandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
