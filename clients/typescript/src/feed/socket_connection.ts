// The feed over a WebSocket. Browsers can send no header on one, so who speaks is said in the
// first frame, here and everywhere alike.

import { feedAddress } from "./addresses.js";
import { Closed, type Connection, type Dial } from "./connections.js";
import { FeedError } from "./errors.js";
import { FrameBuffer } from "./frame_buffer.js";
import { type ClientFrame, parseFrame, type ServerFrame } from "./frames.js";
import { BROKEN } from "./policy.js";

/** Characters held of a socket whose reader is slow. A page cannot tell a socket to wait. */
const CAPACITY = 16 * 1024 * 1024;

interface SocketEvent {
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

/** What is asked of a WebSocket: the one of browsers and of Node ≥ 22 is one, that of `ws` too. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "close" | "error",
    listener: (event: SocketEvent) => void,
  ): void;
}

export type SocketClass = new (url: string, protocols: string[]) => SocketLike;

class SocketConnection implements Connection {
  readonly transport = "websocket";
  readonly #socket: SocketLike;
  readonly #messages = new FrameBuffer<string>(CAPACITY, (text) => text.length);

  constructor(socket: SocketLike) {
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#take(String(event.data)));
    socket.addEventListener("close", (event) => {
      this.#messages.close(new Closed(event.code ?? BROKEN, event.reason));
    });
  }

  async receive(): Promise<ServerFrame | null> {
    const text = await this.#messages.get();
    return text === null ? null : parseFrame(text);
  }

  /** The standard's `send` throws only before the opening, which is over. */
  send(frame: ClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  close(): void {
    this.#messages.clear();
    this.#messages.close(new Closed(BROKEN, "the socket was left"));
    this.#socket.close(1000);
  }

  /** Once too much is held the socket is left; the feed goes on from its cursor when it is read. */
  #take(text: string): void {
    this.#messages.put(text);
    if (!this.#messages.full) return;
    this.#messages.close(new Closed(BROKEN, "the feed came faster than it was read"));
    this.#socket.close(1000);
  }
}

export function socketDial(baseUrl: string, executionId: string, Socket?: SocketClass): Dial {
  return async (after, token, signal) => {
    if (Socket === undefined) throw new FeedError("there is no WebSocket here: hand one in");
    const url = feedAddress(baseUrl, executionId, after, "websocket");
    const socket = made(Socket, url);
    const connection = new SocketConnection(socket);
    await opened(socket, signal);
    connection.send({ type: "auth", token });
    return connection;
  };
}

/** Some platforms throw at once where a policy of the page forbids the address. */
function made(Socket: SocketClass, url: URL): SocketLike {
  try {
    return new Socket(url.href, ["runcast.v1"]);
  } catch (error) {
    throw new Closed(BROKEN, String(error));
  }
}

function opened(socket: SocketLike, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
      socket.close();
    };
    const settle = (): void => signal.removeEventListener("abort", leave);
    signal.addEventListener("abort", leave, { once: true });
    socket.addEventListener("open", () => {
      settle();
      resolve();
    });
    socket.addEventListener("close", (event) => {
      settle();
      reject(new Closed(event.code ?? BROKEN, event.reason));
    });
    // What failed is told by the close that follows; `ws` throws where nobody listens.
    socket.addEventListener("error", settle);
  });
}
