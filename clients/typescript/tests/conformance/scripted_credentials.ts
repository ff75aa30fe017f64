// The credentials of a case: a fixed token, or a pair that is renewed as the case's token endpoint
// says. How a real one asks that endpoint is the business of the tests of signing in.

import type { Credentials } from "../../src/auth/credentials.js";
import type { Case, Refresh } from "./cases.js";

export class ScriptedCredentials implements Credentials {
  readonly #answers: Refresh[];
  #access: string | null;
  #refresh: string | null;

  constructor({ credential, refreshes = [] }: Case) {
    const given = credential ?? { static: null };
    this.#access = "access" in given ? given.access : given.static;
    this.#refresh = "refresh" in given ? given.refresh : null;
    this.#answers = [...refreshes];
  }

  /** How many refreshes of the case never came. */
  get unasked(): number {
    return this.#answers.length;
  }

  async token(): Promise<string | null> {
    return this.#access;
  }

  /** The watch tells its program by itself. */
  refuse(): void {}

  async renew(rejected: string): Promise<string | null> {
    if (this.#refresh === null) return null;
    if (rejected !== this.#access) return this.#access;
    const answer = this.#answers.shift();
    if (answer?.expect !== this.#refresh) throw new Error(`a refresh with ${this.#refresh}`);
    if (answer.error === "invalid_grant") return null;
    if (answer.status !== undefined) throw new Error(`${answer.status} ${answer.error}`);
    this.#access = answer.access ?? null;
    this.#refresh = answer.refresh ?? null;
    return this.#access;
  }
}
