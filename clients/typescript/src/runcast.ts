// One server as one person, or one program, sees it: the API, who is signed in, and what is watched.

import { Api } from "./api/index.js";
import { type Client, createClient } from "./api/client/index.js";
import { accepted, answerOf, type Fetch, platformFetch } from "./answers.js";
import { givenToken } from "./auth/access_token.js";
import { Auth, type AuthState } from "./auth/auth.js";
import { type Channel, defaultChannel, lonelyChannel } from "./auth/channel.js";
import type { Credentials } from "./auth/credentials.js";
import { defaultLocks, type Locks, processLocks } from "./auth/locks.js";
import { type Storage, TokenEndpoint } from "./auth/token_endpoint.js";
import { authorizedFetch } from "./authorized_fetch.js";
import { boundedFetch, TIMEOUT_MS } from "./bounded_fetch.js";
import { Alarm, Feeds, type SocketClass, type Watch, type WatchOptions } from "./feed/index.js";
import { patientFetch } from "./patient_fetch.js";
import { tellingFetch } from "./telling_fetch.js";

const PATIENCE_MS = 5_000;

export interface RuncastOptions {
  /** Where the server answers, without a slash at the end; "" for the page's own. */
  readonly baseUrl?: string;
  /** Where the refresh token is kept: `cookie` for pages of the server, `memory` for all others. */
  readonly storage?: Storage;
  /** An API key, or another token that a program was given, to be used until it is refused. */
  readonly token?: string;
  readonly fetch?: Fetch;
  /**
   * Milliseconds that a request may take before it throws TimedOut, 30,000 if left out; null for no
   * bound. Streams and feeds only have to begin in time.
   */
  readonly timeout?: number | null;
  /**
   * The longest `Retry-After`, in milliseconds, that is waited out where a request came too often;
   * 5,000 if left out. Signing in is never tried again by itself.
   */
  readonly patience?: number;
  /** What opens sockets; the platform's own by default. */
  readonly WebSocket?: SocketClass;
  /** What keeps tabs from refreshing at once; the browser's own by default. */
  readonly locks?: Locks;
  /** Over which tabs tell each other of signing in; the browser's own by default. */
  readonly channel?: Channel;
  /** Leads the page elsewhere. */
  readonly go?: (address: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Runcast {
  /** Every call of the server's API: `await runcast.api.listItems({ query: { limit: 50 } })`. */
  readonly api: Api;
  readonly auth: Auth;
  /** Watches an execution live; see `Watch`. */
  watch(executionId: string, options?: WatchOptions): Watch;
  /** Hears no more of other tabs: for a client that is done with before its page or process is. */
  close(): void;
}

export function createRuncast(options: RuncastOptions = {}): Runcast {
  const baseUrl = (options.baseUrl ?? "").replace(/\/+$/, "");
  const answers = new Alarm();
  const send = sending(options, answers);
  const shared = sharedBy(options, baseUrl);
  const auth = authOf(options, baseUrl, send, shared);
  const patient = patientFetch(send, options.patience ?? PATIENCE_MS);
  const api = new Api({ client: clientOf(baseUrl, authorizedFetch(patient, auth), auth) });
  const feeds = new Feeds({
    baseUrl,
    credentials: auth,
    fetch: (url, init) => send(new Request(url, init)),
    WebSocket: options.WebSocket,
    answers,
  });
  return {
    api,
    auth,
    watch: (executionId, how) => feeds.watch(executionId, how),
    close: () => shared.channel.close(),
  };
}

/** What goes to the server goes this way, and what comes wakes feeds. */
function sending({ fetch = platformFetch, timeout }: RuncastOptions, answers: Alarm): Fetch {
  const telling = tellingFetch(fetch, () => answers.ring());
  return boundedFetch(telling, timeout === undefined ? TIMEOUT_MS : timeout);
}

interface Shared {
  readonly name: string;
  readonly locks: Locks;
  readonly channel: Channel;
}

let memories = 0;

/** Pages share what they keep in a cookie; what is in memory is shared with nobody. */
function sharedBy({ locks, channel, ...options }: RuncastOptions, baseUrl: string): Shared {
  const isCookie = storageOf(options) === "cookie";
  const name = `runcast.auth ${isCookie ? baseUrl : (memories += 1)}`;
  return {
    name,
    locks: locks ?? (isCookie ? defaultLocks() : processLocks()),
    channel: channel ?? (isCookie ? defaultChannel(name) : lonelyChannel()),
  };
}

function authOf(options: RuncastOptions, baseUrl: string, send: Fetch, shared: Shared): Auth {
  const endpoint = new TokenEndpoint(send, baseUrl, storageOf(options));
  const plain: Fetch = async (request) => accepted(await answerOf(send, request));
  return new Auth(
    {
      surroundings: { ...shared, endpoint, now: options.now ?? Date.now },
      api: new Api({ client: clientOf(baseUrl, plain) }),
      baseUrl,
      initial: initialState(options),
      go: options.go ?? ((address) => globalThis.location.assign(address)),
    },
    options.token === undefined ? null : givenToken(options.token),
  );
}

function clientOf(baseUrl: string, send: Fetch, credentials?: Credentials): Client {
  return createClient({
    baseUrl,
    throwOnError: true,
    fetch: (request) => send(request as Request),
    auth: async () => (await credentials?.token()) ?? undefined,
  });
}

function storageOf({ storage, token }: RuncastOptions): Storage {
  return storage ?? (token === undefined ? "cookie" : "memory");
}

function initialState({ token, storage }: RuncastOptions): AuthState {
  const isKnown = token !== undefined || storage === "memory";
  const known = token === undefined ? "signed-out" : "signed-in";
  return { status: isKnown ? known : "restoring", user: null, reason: null };
}
