// An access token, and until when it is used. Pure.

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

/** A token that a program was given: it is used until it is refused. */
export function givenToken(value: string): AccessToken {
  return { value, issuedAt: 0, renewAt: Infinity, expiresAt: Infinity };
}
