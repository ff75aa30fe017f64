// The token of one feed: asked for before each connection, renewed where it was refused or expires. It
// stays that of one person, under whom commands wait to be sent.

import { isSamePerson } from "../auth/access_token.js";
import type { Credentials } from "../auth/credentials.js";
import { Closed } from "./connections.js";
import { WatchSignedOut } from "./errors.js";
import { BROKEN } from "./policy.js";

export class FeedToken {
  readonly #credentials: Credentials;
  #value: string | null = null;
  #rejected: string | null = null;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** The token to send; throws Closed where the server cannot renew it now, WatchSignedOut as `reject`. */
  async ask(): Promise<string | null> {
    const rejected = this.#rejected;
    const token = await asked(
      rejected === null ? this.#credentials.token() : this.#credentials.renew(rejected),
    );
    if (rejected !== null && (token === null || token === rejected)) {
      throw new WatchSignedOut("the credential was refused, and there is no other");
    }
    if (this.#value !== null && !isSamePerson(this.#value, token)) {
      throw new WatchSignedOut("whoever began to watch is not signed in any more");
    }
    this.#rejected = null;
    this.#value = token;
    return token;
  }

  /** Another for the one that expires, null where there is none; throws Closed as `ask`. */
  async renew(): Promise<string | null> {
    if (this.#value === null) return null;
    const token = await asked(this.#credentials.renew(this.#value));
    this.#value = token ?? this.#value;
    return token;
  }

  /** It was refused: another is asked for. Throws WatchSignedOut where nobody is signed in. */
  reject(reason: string): void {
    if (this.#value === null) throw new WatchSignedOut(reason || "nobody is signed in");
    this.#rejected = this.#value;
  }

  /** It was refused although it had been renewed: whoever it belongs to is signed out. */
  giveUp(): void {
    if (this.#value !== null) this.#credentials.refuse(this.#value);
  }
}

async function asked(token: Promise<string | null>): Promise<string | null> {
  try {
    return await token;
  } catch (error) {
    throw new Closed(BROKEN, `no token: ${String(error)}`);
  }
}
