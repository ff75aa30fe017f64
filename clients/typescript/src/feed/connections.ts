// What the feed loop asks of a connection, whatever carries it.

import type { After } from "./cursor.js";
import type { ClientFrame, ServerFrame } from "./frames.js";

/** A connection has ended, with a WebSocket close code or what says the same. */
export class Closed extends Error {
  override readonly name = "Closed";

  constructor(
    readonly code: number,
    readonly reason: string = "",
    /** Milliseconds before which nobody is to come back, where the server said so. */
    readonly retryAfter: number = 0,
  ) {
    super(`${code} ${reason}`);
  }
}

export type Transport = "websocket" | "sse";

/** One connection to a feed. */
export interface Connection {
  readonly transport: Transport;
  /**
   * The next frame, null for a sign of life that says nothing to this client. Throws Closed at the
   * end of the connection, MalformedFrame for what is no frame.
   */
  receive(): Promise<ServerFrame | null>;
  /** Sends a frame; on a connection that has ended it does nothing: `receive` tells the end. */
  send(frame: ClientFrame): void;
  /** Ends the connection; safe to call at any time and twice. */
  close(): void;
}

/** Opens a connection behind a cursor with a token (null: anonymous); throws Closed. */
export type Dial = (after: After, token: string | null, signal: AbortSignal) => Promise<Connection>;
