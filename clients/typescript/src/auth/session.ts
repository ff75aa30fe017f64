// The access token of who is signed in. One refresh serves all who wait for it: the requests and feeds
// of this tab, and those of every other. What one person began is never given the token of another.

import type { Tokens, User } from "../api/index.js";
import { type AccessToken, accessToken, isSamePerson } from "./access_token.js";
import type { Channel, News, Renewed, SignedIn, SignedOut } from "./channel.js";
import type { Credentials } from "./credentials.js";
import type { Locks } from "./locks.js";
import type { Form, TokenEndpoint } from "./token_endpoint.js";

/** How long what another tab has said may be on its way, once it has let go of the lock. */
const GRACE_MS = 200;
/** So many tokens of this sign-in are known again when they are refused. */
const KNOWN = 20;

export interface Surroundings {
  readonly endpoint: TokenEndpoint;
  readonly locks: Locks;
  readonly channel: Channel;
  /** What the tabs share has this name. */
  readonly name: string;
  readonly now: () => number;
}

/** The browser's cookie turned out to be somebody else's: their token is held, and they are to be asked for. */
export type Replaced = { readonly type: "replaced" };

export class Session implements Credentials {
  readonly #around: Surroundings;
  readonly #onChange: (change: News | Replaced) => void;
  readonly #hearing = new Set<() => void>();
  /** Whether what another tab renews is ours: not once it is known that nobody is signed in here. */
  #following = true;
  /** When somebody last signed in or out. */
  #turnedAt = 0;
  #held: AccessToken | null = null;
  #known: readonly string[] = [];
  /** The refreshes under way, by the token that they replace. */
  readonly #refreshing = new Map<string | null, Promise<void>>();

  /** `onChange` hears of every sign-in, renewal and sign-out, wherever it happened. */
  constructor(around: Surroundings, onChange: (change: News | Replaced) => void) {
    this.#around = around;
    this.#onChange = onChange;
    around.channel.listen((news) => this.#take(news));
  }

  async token(): Promise<string | null> {
    const held = this.#held;
    if (held === null || this.#around.now() < held.renewAt) return held?.value ?? null;
    try {
      return await this.refresh(held.value);
    } catch (error) {
      if (this.#around.now() < held.expiresAt) return held.value;
      throw error;
    }
  }

  /** A token of an earlier sign-in is not replaced by one of somebody else. */
  async renew(rejected: string): Promise<string | null> {
    return this.#known.includes(rejected) ? this.refresh(rejected) : null;
  }

  /** Returns the token of who signed in here before; nobody is asked where that is known to be none. */
  async restore(): Promise<string | null> {
    const held = await this.token();
    if (held !== null) return held;
    return this.#around.endpoint.mayHaveSession ? this.refresh(null) : null;
  }

  /**
   * Signs out whose token was refused right after it had been renewed. It has to be theirs still, and
   * not have expired by now, as one does while the machine sleeps. Returns whether that was so.
   */
  refuse(renewed: string): boolean {
    const held = this.#held;
    const isOver = held?.value === renewed && this.#around.now() < held.expiresAt;
    if (isOver) this.#conclude(null);
    return isOver;
  }

  /** Returns the token that follows this one, null where the same person has none any more. */
  async refresh(replaced: string | null): Promise<string | null> {
    if (this.#value() === replaced) await this.#refreshOnce(replaced);
    return replaced === null || this.isOfHolder(replaced) ? this.#value() : null;
  }

  /** Whether it is a token of whoever is signed in here. */
  isOfHolder(token: string): boolean {
    return this.#held !== null && isSamePerson(token, this.#held.value);
  }

  /** Returns the token that a grant hands out. It is held once `begin` is told. */
  grant(form: Form): Promise<AccessToken> {
    return this.#alone(async () => this.#received(await this.#around.endpoint.grant(form)));
  }

  /** Ends the session in the way that is given, and here. */
  async leave(end: () => Promise<void>): Promise<void> {
    const at = await this.#alone(() => end().then(this.#around.now));
    this.#tell({ type: "signed-out", reason: "logged-out", at });
  }

  /** Ends in the way that is given the session of who was signed out here already. */
  end(how: () => Promise<void>): Promise<void> {
    return this.#alone(how);
  }

  begin(token: AccessToken, user: User): void {
    this.#tell({ type: "signed-in", token, user });
  }

  /** Settles that nobody was signed in. */
  abandon(): void {
    this.#following = false;
  }

  /** A token that a program was given belongs to no session that could be ended. */
  get isGiven(): boolean {
    return this.#held?.expiresAt === Infinity;
  }

  /** Holds a token that nobody has signed in for here. */
  hold(token: AccessToken): void {
    this.#held = token;
    this.#known = [...this.#known, token.value].slice(-KNOWN);
  }

  #refreshOnce(replaced: string | null): Promise<void> {
    const underWay = this.#refreshing.get(replaced);
    if (underWay !== undefined) return underWay;
    const refreshing = this.#alone((waited) => this.#refreshed(replaced, waited)).finally(() => {
      this.#refreshing.delete(replaced);
    });
    this.#refreshing.set(replaced, refreshing);
    return refreshing;
  }

  async #refreshed(replaced: string | null, waited: boolean): Promise<void> {
    if (waited && this.#value() === replaced) await this.#hearsaySoon();
    if (this.#value() !== replaced) return;
    const tokens = await this.#around.endpoint.refresh();
    if (this.#value() === replaced) this.#conclude(tokens);
  }

  #conclude(tokens: Tokens | null): void {
    if (tokens !== null) {
      this.#tell({ type: "renewed", token: this.#received(tokens) });
    } else if (this.#held !== null) {
      this.#tell({ type: "signed-out", reason: "expired", at: this.#around.now() });
    }
  }

  #received(tokens: Tokens): AccessToken {
    return accessToken(tokens, this.#around.now());
  }

  /** Runs what changes the cookie while no other tab does. */
  #alone<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
    return this.#around.locks.request(this.#around.name, work);
  }

  #tell(news: News): void {
    this.#around.channel.post(news);
    this.#take(news);
  }

  /** News cross on their way: what happened last counts, and not what is heard last. */
  #take(news: News): void {
    const at = news.type === "signed-out" ? news.at : news.token.issuedAt;
    if (at < this.#lastTurn()) return;
    const change = news.type === "renewed" ? this.#adopt(news) : this.#turn(news, at);
    if (change === null) return;
    for (const heard of this.#hearing) heard();
    this.#onChange(change);
  }

  /** A clock that was set back makes nothing wait until it has caught up. */
  #lastTurn(): number {
    return this.#turnedAt > this.#around.now() ? 0 : this.#turnedAt;
  }

  #adopt(news: Renewed): Renewed | Replaced | null {
    if (!this.#following) return null;
    const isTheirs = this.#held === null || this.isOfHolder(news.token.value);
    if (isTheirs) this.hold(news.token);
    else this.#replace(news.token);
    return isTheirs ? news : { type: "replaced" };
  }

  #replace(token: AccessToken): void {
    this.#turnedAt = token.issuedAt;
    this.#known = [];
    this.hold(token);
  }

  #turn(news: SignedIn | SignedOut, at: number): News | null {
    const wasFollowing = this.#following;
    this.#turnedAt = at;
    this.#following = news.type === "signed-in";
    if (news.type === "signed-in") this.#enter(news.token);
    else this.#forget();
    return this.#following || wasFollowing ? news : null;
  }

  /**
   * Who signs in again goes on where they were. A tab may have renewed the token of this sign-in before
   * the news of it came.
   */
  #enter(token: AccessToken): void {
    const before = this.#held;
    if (before === null || !this.isOfHolder(token.value)) this.#known = [];
    const isRenewed = this.#known.length > 0 && before !== null && before.issuedAt > token.issuedAt;
    this.hold(token);
    if (isRenewed) this.hold(before);
  }

  #forget(): void {
    this.#held = null;
    this.#known = [];
    this.#around.endpoint.forget();
  }

  #value(): string | null {
    return this.#held?.value ?? null;
  }

  #hearsaySoon(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#hearing.delete(done);
        resolve();
      };
      const timer = setTimeout(done, GRACE_MS);
      this.#hearing.add(done);
    });
  }
}
