// An access token: until when it is used, and whose it is. Pure.

import type { Tokens } from "../api/index.js";

/** Moments are milliseconds since 1970, by the clock of this machine. */
export interface AccessToken {
  readonly value: string;
  readonly issuedAt: number;
  readonly renewAt: number;
  readonly expiresAt: number;
}

const EARLY_MS = 30_000;

/** Counted from the receipt, so that a clock that is wrong does no harm. */
export function accessToken(tokens: Tokens, receivedAt: number): AccessToken {
  const lifetime = tokens.expires_in * 1000;
  const expiresAt = receivedAt + lifetime;
  const renewAt = expiresAt - Math.min(EARLY_MS, lifetime / 4);
  return { value: tokens.access_token, issuedAt: receivedAt, renewAt, expiresAt };
}

/**
 * The id of the user whose a token is, as its claim `sub` says, or null for who cannot be told from it.
 * Nothing is granted by that: it keeps what one person asked for from being sent as another.
 */
export function subjectOf(token: string): string | null {
  const [, claims = ""] = token.split(".");
  try {
    const { sub } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof sub === "string" ? sub : null;
  } catch {
    return null;
  }
}

export function isSamePerson(one: string | null, other: string | null): boolean {
  return whose(one) === whose(other);
}

function whose(token: string | null): string | null {
  return token === null ? null : subjectOf(token);
}

/** A token that a program was given: it is used until it is refused. */
export function givenToken(value: string): AccessToken {
  return { value, issuedAt: 0, renewAt: Infinity, expiresAt: Infinity };
}
