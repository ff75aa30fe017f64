// What the tabs of one browser tell each other of signing in: over a BroadcastChannel, or within one
// process where there is none.

import type { User } from "../api/index.js";
import type { AccessToken } from "./access_token.js";

/**
 * Why nobody is signed in any more: they left, their session has ended, or the cookie that this tab shares
 * with others is somebody else's by now.
 */
export type Reason = "logged-out" | "expired" | "replaced";

export type SignedIn = {
  readonly type: "signed-in";
  readonly token: AccessToken;
  readonly user: User;
};
export type Renewed = { readonly type: "renewed"; readonly token: AccessToken };
export type SignedOut = {
  readonly type: "signed-out";
  readonly reason: Exclude<Reason, "replaced">;
  /** Milliseconds since 1970, by the clock that all tabs share. */
  readonly at: number;
};
export type News = SignedIn | Renewed | SignedOut;

export interface Channel {
  /** Tells the others, and not oneself. */
  post(news: News): void;
  /** Hears the others; there is one listener. */
  listen(listener: (news: News) => void): void;
  close(): void;
}

/** Pages of two versions of this package may be open at once. */
const VERSION = "1";

export function defaultChannel(name: string): Channel {
  const own = `${name}.${VERSION}`;
  const isPage = typeof BroadcastChannel !== "undefined" && typeof document !== "undefined";
  return isPage ? browserChannel(new BroadcastChannel(own)) : processChannel(own);
}

export function browserChannel(channel: BroadcastChannel): Channel {
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it reaches no other origin
    post: (news) => channel.postMessage(news),
    listen: (listener) => {
      channel.addEventListener("message", (event: MessageEvent<News>) => listener(event.data));
    },
    close: () => channel.close(),
  };
}

/** For who shares with nobody: there are no others to tell. */
export function lonelyChannel(): Channel {
  return { post: () => undefined, listen: () => undefined, close: () => undefined };
}

const members = new Map<string, Map<symbol, (news: News) => void>>();

/** The others are those of the same process that were not closed. */
export function processChannel(name: string): Channel {
  const me = Symbol(name);
  return {
    post: (news) => {
      for (const [member, hear] of members.get(name) ?? []) if (member !== me) hear(news);
    },
    listen: (listener) => void members.set(name, hearing(name).set(me, listener)),
    close: () => {
      const here = hearing(name);
      here.delete(me);
      if (here.size === 0) members.delete(name);
    },
  };
}

function hearing(name: string): Map<symbol, (news: News) => void> {
  return members.get(name) ?? new Map<symbol, (news: News) => void>();
}
