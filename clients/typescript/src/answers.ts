// Sending a request, and telling its answer: a good one, a refusal, or none at all.

import type { TokenProblem } from "./api/index.js";
import { RuncastError, SecondFactorRequired, TimedOut, Unreachable } from "./errors.js";

export type Fetch = (request: Request) => Promise<Response>;

/** The fetch of the platform, found anew each time, because what watches a page replaces it. */
export const platformFetch: Fetch = (request) => globalThis.fetch(request);

/** Returns whatever answer came. Throws Unreachable, TimedOut, and what the request was called off with. */
export async function answerOf(send: Fetch, request: Request): Promise<Response> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    // A time that is over is no change of mind.
    if (isTimeUp(request.signal)) throw new TimedOut(error);
    if (request.signal.aborted) throw error;
    throw new Unreachable(error);
  }
}

function isTimeUp({ reason }: AbortSignal): boolean {
  return (reason as Error | undefined)?.name === "TimeoutError";
}

/** Returns the answer if it is a good one. Throws RuncastError. */
export async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = await problemOf(response);
  const Kind = problem.code === "mfa_required" ? SecondFactorRequired : RuncastError;
  throw new Kind(response.status, problem, retryAfter(response));
}

/** Something between may have answered in HTML. */
async function problemOf(response: Response): Promise<Partial<TokenProblem>> {
  try {
    return Object(await response.json()) as Partial<TokenProblem>;
  } catch {
    return {};
  }
}

/** Seconds; the header's other form, a date, is not what Runcast sends. */
export function retryAfter(response: Response): number | null {
  const header = response.headers.get("retry-after") ?? "";
  return /^\d+$/.test(header) ? Number(header) : null;
}
