// Which way the next connection goes. Pure. A socket that fails twice before the server has said a
// word may be blocked by something between: the stream is tried at once then, and if HTTP gets
// through where the socket just did not, feeds stay on it for a while.

import type { Transport } from "./connections.js";

const FAILURES = 2;
export const STREAM_FOR_MS = 5 * 60_000;

/** What the program asks for; `auto` is a socket wherever one gets through. */
export type TransportOption = Transport | "auto";

/** What one watch has learnt and all of its server go by. */
export interface Learnt {
  /** Milliseconds since 1970 up to which no socket is tried. */
  streamUntil: number;
}

export class Transports {
  readonly #option: TransportOption;
  readonly #learnt: Learnt;
  #failures = 0;

  constructor(option: TransportOption, learnt: Learnt = { streamUntil: 0 }) {
    this.#option = option;
    this.#learnt = learnt;
  }

  next(now: number): Transport {
    if (this.#option !== "auto") return this.#option;
    return now < this.#learnt.streamUntil || this.#failures >= FAILURES ? "sse" : "websocket";
  }

  /** The server has spoken on such a connection. */
  worked(transport: Transport, now: number): void {
    this.#failures = transport === "sse" ? FAILURES - 1 : 0;
    this.#learnt.streamUntil = transport === "sse" ? now + STREAM_FOR_MS : 0;
  }

  /** Such a connection ended, and the server had not said a word on it. */
  failed(transport: Transport): void {
    this.#failures = transport === "sse" ? FAILURES - 1 : this.#failures + 1;
    this.#learnt.streamUntil = 0;
  }
}
