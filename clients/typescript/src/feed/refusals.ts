// What an HTTP answer that is no success says, in the feed's own terms.

import { Closed } from "./connections.js";
import { closeCodeOf } from "./policy.js";

export interface Refusal {
  readonly closed: Closed;
  /** For programs. */
  readonly code: string;
  /** For people. */
  readonly detail: string;
}

/** Reads a refusal, whatever its body is: something between may have answered in HTML. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const problem = await documentOf(response);
  const detail = problem.detail ?? problem.title ?? `HTTP ${response.status}`;
  const closed = new Closed(closeCodeOf(response.status), detail, retryAfter(response));
  return { closed, code: problem.code ?? "refused", detail };
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
}

async function documentOf(response: Response): Promise<Problem> {
  try {
    return Object(await response.json()) as Problem;
  } catch {
    return {};
  }
}

/** In milliseconds; the header's other form, a date, is not what Runcast sends. */
function retryAfter(response: Response): number {
  const header = response.headers.get("retry-after") ?? "";
  return /^\d+$/.test(header) ? Number(header) * 1000 : 0;
}
