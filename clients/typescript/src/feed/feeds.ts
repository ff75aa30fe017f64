// The feeds of one server: what all watches of a page or a program share, and how one begins.

import type { Credentials } from "../auth/credentials.js";
import type { Random } from "./backoff.js";
import { type Clock, systemClock } from "./clock.js";
import type { After } from "./cursor.js";
import { FeedLoop } from "./feed_loop.js";
import { fixedCredentials } from "./fixed_credentials.js";
import { Follower } from "./follower.js";
import { type SocketClass, socketDial } from "./socket_connection.js";
import { type OnStatus, untilEnded } from "./status.js";
import { type Fetch, streamDial } from "./stream_dial.js";
import { type Learnt, type TransportOption, Transports } from "./transports.js";
import { Alarm, type WakeUps, wakeUpsOf } from "./wake_ups.js";
import { type OnGap, Watch } from "./watch.js";

export interface FeedServer {
  /** Where the server is; "" on a page of its own. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** What opens sockets; the platform's own if left out, where there is none the feed is a stream. */
  readonly WebSocket?: SocketClass | undefined;
  readonly fetch?: Fetch | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly wakeUps?: WakeUps | undefined;
  /** Rings whenever the server has answered anything. */
  readonly answers?: Alarm | undefined;
}

export interface WatchOptions {
  /** Events behind this seq; 0, the start, if left out. "latest": only what is new. */
  readonly after?: After | undefined;
  /** Ends the watch, quietly. */
  readonly signal?: AbortSignal | undefined;
  /** A token instead of the credentials: a share token, an API key; null for nobody. */
  readonly token?: string | null | undefined;
  readonly transport?: TransportOption | undefined;
  /** Told of events that were pruned, in their place; without it iterating throws EventsPruned. */
  readonly onGap?: OnGap | undefined;
  readonly onStatus?: OnStatus | undefined;
}

export class Feeds {
  readonly #server: FeedServer;
  readonly #Socket: SocketClass | undefined;
  readonly #learnt: Learnt = { streamUntil: 0 };
  readonly #answers: Alarm;

  constructor(server: FeedServer) {
    this.#server = server;
    this.#Socket = server.WebSocket ?? globalThis.WebSocket;
    this.#answers = server.answers ?? new Alarm();
  }

  /** Watches an execution; it connects when it is first iterated, or given a command. */
  watch(executionId: string, options: WatchOptions = {}): Watch {
    const follower = new Follower(options.after ?? 0);
    const observe = untilEnded(options.onStatus ?? (() => undefined));
    const loop = new FeedLoop({ ...this.#parts(executionId, options), follower, observe });
    const { onGap = null, signal = null } = options;
    return new Watch({ loop, follower, observe, onGap, signal });
  }

  #parts(executionId: string, { token, transport }: WatchOptions) {
    const way = transport ?? (this.#Socket === undefined ? "sse" : "auto");
    const { baseUrl, credentials, clock = systemClock, random = Math.random } = this.#server;
    const { fetch = (url, init) => globalThis.fetch(url, init) } = this.#server;
    return {
      credentials: token === undefined ? credentials : fixedCredentials(token),
      dials: {
        websocket: socketDial(baseUrl, executionId, this.#Socket),
        sse: streamDial(baseUrl, executionId, fetch),
      },
      transports: new Transports(way, way === "auto" ? this.#learnt : undefined),
      clock,
      random,
      answers: this.#answers,
      wakeUps: this.#server.wakeUps ?? wakeUpsOf(globalThis, () => clock.now()),
    };
  }
}
