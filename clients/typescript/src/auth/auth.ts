// Who is signed in, as a store to read and to subscribe to (zustand's `useStore` takes it), and the
// verbs of signing in and out.

import { createStore } from "zustand/vanilla";

import type { Api, User } from "../api/index.js";
import { RuncastError } from "../errors.js";
import type { AccessToken } from "./access_token.js";
import type { News, Reason } from "./channel.js";
import type { Credentials } from "./credentials.js";
import {
  passkeyGrant,
  type Password,
  passwordGrant,
  type SecondFactor,
  secondFactorGrant,
} from "./grants.js";
import { askPasskey } from "./passkeys.js";
import { type Replaced, Session, type Surroundings } from "./session.js";
import type { Form } from "./token_endpoint.js";

/**
 * `restoring` until it is known whether somebody is signed in. `user` is null where a given token
 * says who acts; `reason` is null for who never was signed in. After `replaced`, whoever came instead is
 * signed in as soon as the server has said who it is.
 */
export interface AuthState {
  readonly status: "restoring" | "signed-out" | "signed-in";
  readonly user: User | null;
  readonly reason: Reason | null;
}

export interface AuthOptions {
  readonly surroundings: Surroundings;
  /** Requests without a credential of their own. */
  readonly api: Api;
  readonly baseUrl: string;
  readonly initial: AuthState;
  /** Leads the page elsewhere. */
  readonly go: (address: string) => void;
}

type Listener = (state: AuthState, before: AuthState) => void;

export class Auth implements Credentials {
  readonly #options: AuthOptions;
  readonly #store;
  readonly #session: Session;
  #restoring: Promise<void> | null = null;

  constructor(options: AuthOptions, given: AccessToken | null = null) {
    this.#options = options;
    this.#store = createStore<AuthState>()(() => options.initial);
    this.#session = new Session(options.surroundings, (news) => this.#hear(news));
    if (given !== null) this.#session.hold(given);
    if (options.initial.status === "signed-out") this.#session.abandon();
  }

  readonly getState = (): AuthState => this.#store.getState();
  readonly getInitialState = (): AuthState => this.#store.getInitialState();
  readonly subscribe = (listener: Listener): (() => void) => this.#store.subscribe(listener);

  get status(): AuthState["status"] {
    return this.getState().status;
  }

  get user(): User | null {
    return this.getState().user;
  }

  /** Waits for `restore` where that is still to come; what was asked before is for nobody who comes after. */
  async token(): Promise<string | null> {
    if (this.status === "restoring") await this.restore();
    return this.status === "signed-in" ? this.#session.token() : null;
  }

  renew(rejected: string): Promise<string | null> {
    return this.#session.renew(rejected);
  }

  /** Ends the session with the server too, as far as that can be: its cookie would sign in again. */
  refuse(renewed: string): void {
    if (!this.#session.refuse(renewed)) return;
    this.#session.end(() => this.#endSession(renewed)).catch(ignore);
  }

  /**
   * Finds out by the browser's cookie who is signed in; does nothing once that is known. Rejects where
   * the server cannot say: nothing is known then, and the next call asks again.
   */
  async restore(): Promise<void> {
    if (!this.#isOpen) return;
    this.#restoring ??= this.#restored().finally(() => {
      this.#restoring = null;
    });
    await this.#restoring;
  }

  /** Throws SecondFactorRequired where `finishLogin` goes on. */
  login(password: Password): Promise<User> {
    return this.#signIn(passwordGrant(password));
  }

  /** Goes on from `SecondFactorRequired`; after a refusal with `mfa_failed` another may be shown. */
  finishLogin(token: string, factor: SecondFactor): Promise<User> {
    return this.#signIn(secondFactorGrant(token, factor));
  }

  async loginWithPasskey(): Promise<User> {
    const { code, options } = await this.#options.api.createPasskeyChallenge();
    const passkey = await askPasskey(options);
    return this.#signIn(passkeyGrant(code, passkey));
  }

  /** Leads the page to a provider, which leads it back to `next`; there `restore` tells who it is. */
  loginWith(provider: string, { next = "/" }: { readonly next?: string } = {}): void {
    const query = new URLSearchParams({ return_to: next }).toString();
    const path = `/api/auth/oauth/${encodeURIComponent(provider)}`;
    this.#options.go(`${this.#options.baseUrl}${path}?${query}`);
  }

  /** Ends the session, in every tab. Where the server cannot be asked it rejects, and all stays. */
  async logout(): Promise<void> {
    const token = await this.token();
    if (token === null) return;
    const isGiven = this.#session.isGiven;
    await this.#session.leave(() => (isGiven ? Promise.resolve() : this.#endSession(token)));
  }

  /** Asks again who is signed in, after a change of the account. */
  async reloadUser(): Promise<User> {
    const user = await this.#me(await this.token());
    // Whoever it was may have left while the server was asked.
    if (this.user?.id === user.id) this.#store.setState({ user });
    return user;
  }

  /** Whether it is still to be found out who is signed in. */
  get #isOpen(): boolean {
    const { status, reason } = this.getState();
    return status === "restoring" || reason === "replaced";
  }

  async #restored(): Promise<void> {
    const token = await this.#session.restore();
    if (token === null) return this.#settle({ status: "signed-out", user: null, reason: null });
    const user = await this.#me(token).catch((error: unknown) => {
      if (this.#isOpen && this.#session.isOfHolder(token)) throw error;
      return null;
    });
    if (!this.#isOpen) return;
    // The cookie may have become somebody else's while the server was asked.
    if (user === null || !this.#session.isOfHolder(token)) return this.#restored();
    this.#settle({ status: "signed-in", user, reason: null });
  }

  /** Another tab may have said by now who is signed in. */
  #settle(state: AuthState): void {
    if (!this.#isOpen) return;
    if (state.status === "signed-out") this.#session.abandon();
    this.#store.setState(state);
  }

  async #signIn(form: Form): Promise<User> {
    const token = await this.#session.grant(form);
    const user = await this.#options.api.getMe(bearer(token.value));
    this.#session.begin(token, user);
    return user;
  }

  /** Who acts by a token; a 401 is cured as that of any request. */
  async #me(token: string | null): Promise<User> {
    const { api } = this.#options;
    if (token === null) return api.getMe();
    try {
      return await api.getMe(bearer(token));
    } catch (error) {
      const renewed = isRefused(error) ? await this.#session.renew(token) : null;
      if (renewed === null) throw error;
      return this.#meAgain(renewed);
    }
  }

  async #meAgain(renewed: string): Promise<User> {
    try {
      return await this.#options.api.getMe(bearer(renewed));
    } catch (error) {
      if (isRefused(error)) this.refuse(renewed);
      throw error;
    }
  }

  async #endSession(token: string): Promise<void> {
    try {
      await this.#options.api.logout(bearer(token));
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  #hear(news: News | Replaced): void {
    if (news.type === "replaced") {
      this.#makeWay();
    } else if (news.type === "signed-in") {
      this.#store.setState({ status: "signed-in", user: news.user, reason: null });
    } else if (news.type === "signed-out") {
      this.#store.setState({ status: "signed-out", user: null, reason: news.reason });
    }
  }

  /** Nobody is signed in between one person and the next, so that nothing goes over from one to the other. */
  #makeWay(): void {
    if (this.status === "restoring") return;
    this.#store.setState({ status: "signed-out", user: null, reason: "replaced" });
    this.restore().catch(ignore);
  }
}

function ignore(): void {
  // Whoever asks next is told.
}

/** The token is not, or no longer, good. */
function isRefused(error: unknown): boolean {
  return error instanceof RuncastError && error.status === 401;
}

function bearer(token: string): { headers: { Authorization: string } } {
  return { headers: { Authorization: `Bearer ${token}` } };
}
