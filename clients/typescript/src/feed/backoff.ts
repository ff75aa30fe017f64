// How long to wait before coming back: full jitter up to a bound that doubles. Pure.

export const BASE_MS = 100;
export const CAP_MS = 30_000;

/** A number from 0 to 1. */
export type Random = () => number;

/** Milliseconds to wait before reconnect `attempt` (0, 1, …). */
export function backoffDelay(attempt: number, random: Random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16));
}
