// What a feed throws. FeedError is what all of them are; each has a name of its own, because
// `instanceof` fails where a page holds two copies of this package.

export class FeedError extends Error {
  override readonly name: string = "FeedError";
}

/** The feed was closed with a final code (4400 to 4499): the same request is never accepted. */
export class WatchRefused extends FeedError {
  override readonly name = "WatchRefused";

  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(`the feed was refused with ${code}${reason && `: ${reason}`}`);
  }
}

/** The credential is at its end: expired, revoked or never good. Only a sign-in helps. */
export class WatchSignedOut extends FeedError {
  override readonly name = "WatchSignedOut";
}

/** The events `first` to `last` can no longer be had. Iterating the same watch goes on behind them. */
export class EventsPruned extends FeedError {
  override readonly name = "EventsPruned";

  constructor(
    readonly first: number,
    readonly last: number,
  ) {
    super(`the events ${first} to ${last} were pruned`);
  }
}

/** The server refused a command; `code` is for programs, `detail` for people. */
export class CommandRefused extends FeedError {
  override readonly name = "CommandRefused";

  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail || code);
  }
}

/** The watch ended before the server answered the command: its outcome is not known. */
export class WatchClosed extends FeedError {
  override readonly name = "WatchClosed";
}

/** The server sent what the protocol does not allow. */
export class MalformedFrame extends FeedError {
  override readonly name = "MalformedFrame";
}
