// What a call of the API throws. Each has a name of its own, because `instanceof` fails where a page
// holds two copies of this package. What feeds throw stands in feed/errors.ts.

import type { FieldProblem, TokenProblem } from "./api/index.js";
import type { PasskeyJson } from "./auth/passkeys.js";

/** The server refused, or failed (a status of 500 and above). */
export class RuncastError extends Error {
  override readonly name: string = "RuncastError";
  /** A few words that are the same for all refusals of a kind. */
  readonly title: string;
  /** For people: what happened. */
  readonly detail: string;
  /** For programs; null where something between answered, and not the server. */
  readonly code: string | null;
  /** Where the body or the query breaks its rules. */
  readonly errors: readonly FieldProblem[];

  constructor(
    readonly status: number,
    readonly problem: Partial<TokenProblem>,
    /** Seconds after which the same may be asked again, where the server said so. */
    readonly retryAfter: number | null = null,
  ) {
    const title = problem.title ?? `HTTP ${status}`;
    const detail = problem.detail ?? problem.error_description ?? title;
    super(detail);
    this.title = title;
    this.detail = detail;
    this.code = problem.code ?? problem.error ?? null;
    this.errors = problem.errors ?? [];
  }
}

/** No answer came: whether the request was carried out is not known. */
export class Unreachable extends Error {
  override readonly name: string = "Unreachable";

  constructor(cause: unknown, message = "The server cannot be reached.") {
    super(message, { cause });
  }
}

/** No answer came in time. */
export class TimedOut extends Unreachable {
  override readonly name = "TimedOut";

  constructor(cause: unknown) {
    super(cause, "The server did not answer in time.");
  }
}

/** What may be shown as a second factor. */
export type FactorMethod = "otp" | "recovery" | "passkey";

/** The password is right and not enough: `auth.finishLogin` goes on with `token`. */
export class SecondFactorRequired extends RuncastError {
  override readonly name = "SecondFactorRequired";

  /** Stands for the password, for five minutes. */
  get token(): string {
    return this.problem.mfa_token ?? "";
  }

  get methods(): readonly FactorMethod[] {
    return (this.problem.methods ?? []) as FactorMethod[];
  }

  /** What `askPasskey` is handed, where a passkey may be shown. */
  get passkey(): PasskeyJson | null {
    return this.problem.passkey ?? null;
  }
}
