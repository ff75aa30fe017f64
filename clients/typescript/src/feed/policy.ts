// What to do when a connection ends: the policy that close codes carry. Pure. The codes are read by
// range, so that one never seen before is obeyed as well.

export const DONE = 1000;
export const BROKEN = 1006;
export const UNAUTHENTICATED = 4401;
export const NO_SIGN_OF_LIFE = 4508;
export const TOO_MANY = 4529;

/**
 * `done`: the feed is at its end. `renew`: come back with another credential, or sign in.
 * `never`: the same request will never be accepted. `come_back`: connect again from the cursor.
 */
export type Verdict = "done" | "renew" | "never" | "come_back";

export function verdict(code: number): Verdict {
  if (code === DONE) return "done";
  if (code === UNAUTHENTICATED) return "renew";
  return code >= 4400 && code <= 4499 ? "never" : "come_back";
}

const LATER = new Set([408, 425, 429]);

/**
 * The close code that says the same as an HTTP status on the way to a feed: 4xx are final as 44xx
 * are, but for the three that ask to come back later; the rest comes back.
 */
export function closeCodeOf(status: number): number {
  if (LATER.has(status)) return 4100 + status;
  return status >= 400 && status <= 499 ? 4000 + status : BROKEN;
}
