// The feed over Server-Sent Events, for where a WebSocket does not get through. What the client
// has to say goes by HTTP beside it, and the answer comes back as the frame that says the same.

import { Closed, type Connection } from "./connections.js";
import { MalformedFrame } from "./errors.js";
import { EventStreamParser, type Message } from "./event_stream.js";
import { FrameBuffer } from "./frame_buffer.js";
import {
  type ClientFrame,
  type Command,
  parseJson,
  readFrame,
  type ServerFrame,
} from "./frames.js";
import { BROKEN } from "./policy.js";
import { type Post, postCommand } from "./posted_commands.js";

export class StreamConnection implements Connection {
  readonly transport = "sse";
  readonly #leave: () => void;
  readonly #post: Post;
  readonly #parser = new EventStreamParser();
  // One chunk is taken off the wire at a time: the network waits while nobody fetches frames.
  readonly #frames = new FrameBuffer<{ readonly frame: ServerFrame | null }>(1, () => 1);
  #acting: Promise<void> = Promise.resolve();

  constructor(body: ReadableStream<Uint8Array>, leave: () => void, post: Post) {
    this.#leave = leave;
    this.#post = post;
    void this.#read(body.getReader());
  }

  async receive(): Promise<ServerFrame | null> {
    return (await this.#frames.get())?.frame ?? null;
  }

  /** Commands go one after the other, as they were given; whatever else is said needs a socket. */
  send(frame: ClientFrame): void {
    if (frame.type !== "answer" && frame.type !== "signal" && frame.type !== "cancel") return;
    this.#acting = this.#acting.then(() => this.#act(frame));
  }

  close(): void {
    this.#frames.clear();
    this.#end(new Closed(BROKEN, "the stream was left"));
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for (;;) {
        await this.#frames.room();
        const { done, value } = await reader.read();
        if (done) throw new Closed(BROKEN, "the stream ended");
        this.#take(decoder.decode(value, { stream: true }));
      }
    } catch (error) {
      this.#end(error);
    }
  }

  /** Puts what a piece completes; a piece that completes nothing is a sign of life all the same. */
  #take(piece: string): void {
    const messages = this.#parser.feed(piece);
    if (messages.length === 0) this.#frames.put({ frame: null });
    for (const frame of framesOf(messages)) this.#frames.put({ frame });
  }

  async #act(command: Command): Promise<void> {
    try {
      this.#frames.put({ frame: await postCommand(command, this.#post) });
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    const known = error instanceof Closed || error instanceof MalformedFrame;
    this.#frames.close(known ? error : new Closed(BROKEN, String(error)));
    this.#leave();
  }
}

/** Events stand bare, one a message; those that came together are one frame again. */
function* framesOf(messages: readonly Message[]): Generator<ServerFrame | null> {
  let events: unknown[] = [];
  for (const { name, data } of messages) {
    if (name === "") {
      events.push(parseJson(data));
      continue;
    }
    if (events.length > 0) yield readFrame({ type: "events", events });
    events = [];
    yield readFrame(named(name, parseJson(data)));
  }
  if (events.length > 0) yield readFrame({ type: "events", events });
}

function named(name: string, document: unknown): unknown {
  const isObject = typeof document === "object" && document !== null && !Array.isArray(document);
  return isObject ? { ...document, type: name } : document;
}
