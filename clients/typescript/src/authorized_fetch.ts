// Requests under a credential: a 401 is cured by one renewal and one repeat, or it stays, and whoever
// was refused twice is signed out.

import { accepted, answerOf, type Fetch } from "./answers.js";
import type { Credentials } from "./auth/credentials.js";

const BEARER = "Bearer ";

/** Returns a fetch that throws what is no good answer; see `answers.ts`. */
export function authorizedFetch(send: Fetch, credentials: Credentials): Fetch {
  return async (request) => {
    const token = bearerOf(request);
    if (token === null) return accepted(await answerOf(send, request));
    // A body can be read once only.
    const repeat = request.clone();
    const answer = await answerOf(send, request);
    if (answer.status !== 401) return accepted(answer);
    const renewed = await credentials.renew(token);
    if (renewed === null) return accepted(answer);
    repeat.headers.set("Authorization", BEARER + renewed);
    const again = await answerOf(send, repeat);
    if (again.status === 401) credentials.refuse(renewed);
    return accepted(again);
  };
}

function bearerOf(request: Request): string | null {
  const header = request.headers.get("Authorization") ?? "";
  return header.startsWith(BEARER) ? header.slice(BEARER.length) : null;
}
