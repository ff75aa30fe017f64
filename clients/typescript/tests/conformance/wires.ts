// The two ways in which the fake server speaks to a client, each able to break on command. Both
// are in process: a class that stands for WebSocket, and the body of an answer to fetch.

import type { SocketLike } from "../../src/feed/socket_connection.js";
import type { Frame } from "./cases.js";
import { Noted } from "./noted.js";

/** One connection to a client, after its opening was accepted. */
export interface Wire {
  send(frame: Frame): void;
  sendText(text: string): void;
  sendPieces(frame: Frame): void;
  sendHalf(frame: Frame): void;
  close(code: number, reason: string): void;
  drop(): void;
  /** The client's next frame. */
  receive(): Promise<Frame>;
  /** Resolves when the connection is over, whoever ended it. */
  readonly gone: Promise<void>;
}

type SocketEvent = { data?: unknown; code?: number; reason?: string };
type Listener = (event: SocketEvent) => void;

/** What a client takes for a WebSocket. */
export class FakeSocket implements SocketLike {
  readonly sent = new Noted<Frame>();
  readonly gone: Promise<void>;
  readonly #listeners = new Map<string, Listener[]>();
  #over: (() => void) | null = null;

  constructor() {
    this.gone = new Promise((resolve) => {
      this.#over = resolve;
    });
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string): void {
    this.sent.add(JSON.parse(data) as Frame);
  }

  close(code = 1005): void {
    this.end(code, "");
  }

  /** Lets an event happen; nothing happens behind the end. */
  tell(type: string, event: SocketEvent): void {
    if (this.#over === null) return;
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  end(code: number, reason: string): void {
    this.tell("close", { code, reason });
    this.#over?.();
    this.#over = null;
  }
}

export class SocketWire implements Wire {
  readonly #socket: FakeSocket;
  #received = 0;

  constructor(socket: FakeSocket) {
    this.#socket = socket;
  }

  get gone(): Promise<void> {
    return this.#socket.gone;
  }

  accept(): void {
    this.#socket.tell("open", {});
  }

  refuse(): void {
    this.#socket.tell("error", {});
    this.drop();
  }

  send(frame: Frame): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.#socket.tell("message", { data: text });
  }

  /** A browser hands on whole messages, however they were cut on the way. */
  sendPieces(frame: Frame): void {
    this.send(frame);
  }

  /** Of a message that was cut a browser tells nothing. */
  sendHalf(): void {
    this.drop();
  }

  async receive(): Promise<Frame> {
    this.#received += 1;
    return this.#socket.sent.at(this.#received - 1);
  }

  close(code: number, reason: string): void {
    this.#socket.end(code, reason);
  }

  drop(): void {
    this.#socket.end(1006, "");
  }
}

export class FakeStream implements Wire {
  readonly gone: Promise<void>;
  readonly response: Response;
  #body: ReadableStreamDefaultController<Uint8Array> | null = null;
  #over: (() => void) | null = null;

  constructor(signal: AbortSignal | null | undefined) {
    this.gone = new Promise((resolve) => {
      this.#over = resolve;
    });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#body = controller;
      },
    });
    this.response = new Response(body, { headers: { "content-type": "text/event-stream" } });
    signal?.addEventListener("abort", () =>
      this.#end((controller) => controller.error(signal.reason)),
    );
  }

  send(frame: Frame): void {
    this.#chunk(encode(messagesOf(frame)));
  }

  sendText(text: string): void {
    this.#chunk(encode(`data: ${text}\n\n`));
  }

  sendPieces(frame: Frame): void {
    for (const byte of encode(messagesOf(frame))) this.#chunk(Uint8Array.of(byte));
  }

  sendHalf(frame: Frame): void {
    const bytes = encode(messagesOf(frame));
    this.#chunk(bytes.slice(0, bytes.length / 4));
  }

  /** A stream knows one end. */
  close(code: number): void {
    if (code !== 1000) throw new Error(`a stream cannot close with ${code}`);
    this.#end((controller) => controller.close());
  }

  /** What was sent before arrives; only then does the reader meet the break. */
  drop(): void {
    this.#end((controller) => controller.close());
  }

  receive(): Promise<Frame> {
    throw new Error("nothing can be received on a stream");
  }

  #chunk(bytes: Uint8Array): void {
    this.#body?.enqueue(bytes);
  }

  #end(how: (body: ReadableStreamDefaultController<Uint8Array>) => void): void {
    if (this.#body !== null) how(this.#body);
    this.#body = null;
    this.#over?.();
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A frame as the contract has it on a stream: events bare, all others by name. */
function messagesOf(frame: Frame): string {
  if (frame["type"] !== "events") {
    return `event: ${String(frame["type"])}\ndata: ${JSON.stringify(frame)}\n\n`;
  }
  return (frame["events"] as { seq: number }[])
    .map((one) => `id: ${one.seq}\ndata: ${JSON.stringify(one)}\n\n`)
    .join("");
}
