// The public names of the client, and nothing else.

export const VERSION = "0.3.0-dev.0";

export type * from "./api/index.js";
export type { Fetch } from "./answers.js";
export type { Auth, AuthState } from "./auth/auth.js";
export type { Channel, News, Reason } from "./auth/channel.js";
export type { Credentials } from "./auth/credentials.js";
export type { Password, SecondFactor } from "./auth/grants.js";
export type { Locks } from "./auth/locks.js";
export { boundedFetch, TIMEOUT_MS } from "./bounded_fetch.js";
export { askPasskey, hasPasskeys, makePasskey, type PasskeyJson } from "./auth/passkeys.js";
export type { Storage } from "./auth/token_endpoint.js";
export {
  type FactorMethod,
  RuncastError,
  SecondFactorRequired,
  TimedOut,
  Unreachable,
} from "./errors.js";
export {
  type After,
  commandId,
  CommandRefused,
  EventsPruned,
  type FeedEvent,
  type FeedExecution,
  FeedError,
  type FeedStatus,
  type Gap,
  type Head,
  MalformedFrame,
  type OnGap,
  type OnStatus,
  stateAfter,
  type TransportOption,
  Watch,
  WatchClosed,
  type WatchOptions,
  WatchRefused,
  WatchSignedOut,
} from "./feed/index.js";
export { isKnown } from "./known_events.js";
export { createRuncast, type Runcast, type RuncastOptions } from "./runcast.js";
