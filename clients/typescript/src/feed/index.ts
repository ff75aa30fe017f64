// The public names of the feed, and nothing else.

export type { Clock } from "./clock.js";
export { commandId, type Head } from "./commands.js";
export type { After, Gap } from "./cursor.js";
export {
  CommandRefused,
  EventsPruned,
  FeedError,
  MalformedFrame,
  WatchClosed,
  WatchRefused,
  WatchSignedOut,
} from "./errors.js";
export { type FeedServer, Feeds, type WatchOptions } from "./feeds.js";
export { fixedCredentials } from "./fixed_credentials.js";
export type { FeedEvent, FeedExecution } from "./frames.js";
export type { SocketClass, SocketLike } from "./socket_connection.js";
export { stateAfter } from "./states.js";
export type { FeedStatus, OnStatus } from "./status.js";
export type { TransportOption } from "./transports.js";
export { Alarm, type WakeUps } from "./wake_ups.js";
export { type OnGap, Watch } from "./watch.js";
