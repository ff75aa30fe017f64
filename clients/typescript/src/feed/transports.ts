// Which way the next connection goes. Pure. A socket that fails twice before the server has said a
// word may be blocked by something between: the stream is tried at once then, and if HTTP gets
// through where the socket just did not, feeds stay on it for a while.

import type { Transport } from "./connections.js";

const FAILURES = 2;
export const STREAM_FOR_MS = 5 * 60_000;

/** What the program asks for; `auto` is a socket wherever one gets through. */
export type TransportOption = Transport | "auto";

export class Transports {
  readonly #option: TransportOption;
  #failures = 0;
  #streamUntil = 0;

  constructor(option: TransportOption) {
    this.#option = option;
  }

  next(now: number): Transport {
    if (this.#option !== "auto") return this.#option;
    return now < this.#streamUntil || this.#failures >= FAILURES ? "sse" : "websocket";
  }

  /** The server has spoken on such a connection. */
  worked(transport: Transport, now: number): void {
    this.#failures = transport === "sse" ? FAILURES - 1 : 0;
    this.#streamUntil = transport === "sse" ? now + STREAM_FOR_MS : 0;
  }

  /** Such a connection ended, and the server had not said a word on it. */
  failed(transport: Transport): void {
    this.#failures = transport === "sse" ? FAILURES - 1 : this.#failures + 1;
    this.#streamUntil = 0;
  }
}
