// The token endpoint (RFC 6749), and where the refresh token is kept: by the browser in a cookie that
// no script reads, or here in memory.

import type { Tokens } from "../api/index.js";
import { accepted, answerOf, type Fetch } from "../answers.js";
import { RuncastError } from "../errors.js";

export type Storage = "cookie" | "memory";
export type Form = Readonly<Record<string, string>>;

/** A request that hung would keep every tab waiting for it. */
const PATIENCE_MS = 30_000;
/** The second is what a browser without the cookie is told. */
const SIGNED_OUT = new Set(["invalid_grant", "invalid_request"]);
/** What lies beside the cookie that no script reads, and says that it is there. */
const HINT = /(^|; )runcast_signed_in=/;

export class TokenEndpoint {
  readonly #send: Fetch;
  readonly #address: string;
  readonly #storage: Storage;
  #refreshToken: string | null = null;

  constructor(send: Fetch, baseUrl: string, storage: Storage) {
    this.#send = send;
    this.#address = `${baseUrl}/api/auth/token`;
    this.#storage = storage;
  }

  /** Signs in. Throws RuncastError, SecondFactorRequired and Unreachable. */
  async grant(form: Form): Promise<Tokens> {
    const body = new URLSearchParams(form);
    if (this.#storage === "cookie") body.set("cookie", "true");
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const request = new Request(this.#address, { method: "POST", body, signal });
    const answer = await accepted(await answerOf(this.#send, request));
    const tokens = (await answer.json()) as Tokens;
    this.#refreshToken = tokens.refresh_token ?? null;
    return tokens;
  }

  /** Whether a refresh may find a session: a page of the server is told by a cookie beside the token's. */
  get mayHaveSession(): boolean {
    if (this.#storage === "memory") return this.#refreshToken !== null;
    return typeof document === "undefined" || HINT.test(document.cookie);
  }

  /** Returns fresh tokens, null for who has to sign in again. */
  async refresh(): Promise<Tokens | null> {
    if (this.#storage === "memory" && this.#refreshToken === null) return null;
    try {
      return await this.grant({ grant_type: "refresh_token", ...this.#shown() });
    } catch (error) {
      if (isTheEnd(error)) return null;
      throw error;
    }
  }

  forget(): void {
    this.#refreshToken = null;
  }

  #shown(): Form {
    return this.#refreshToken === null ? {} : { refresh_token: this.#refreshToken };
  }
}

function isTheEnd(error: unknown): boolean {
  return error instanceof RuncastError && SIGNED_OUT.has(error.code ?? "");
}
