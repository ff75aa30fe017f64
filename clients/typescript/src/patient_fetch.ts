// Requests that came too often: the server has not begun with them, so they are sent again when it
// said, if that is soon.

import { type Fetch, retryAfter } from "./answers.js";
import { systemClock } from "./feed/clock.js";

/** So many times one request is sent again. */
const AGAIN = 2;
/** Who guesses at passwords is not helped, and who mistypes theirs is told at once. */
const SIGNING_IN = "/api/auth/";

/** Returns a fetch that waits out a 429 whose `Retry-After` is at most so many milliseconds. */
export function patientFetch(send: Fetch, patience: number): Fetch {
  return async (request) => {
    if (new URL(request.url).pathname.includes(SIGNING_IN)) return send(request);
    for (let left = AGAIN; left > 0; left -= 1) {
      // A body can be read once only.
      const answer = await send(request.clone());
      const wait = waitAfter(answer, patience);
      if (wait === null) return answer;
      await systemClock.sleep(wait, request.signal);
    }
    return send(request);
  };
}

/** Milliseconds; null where it is not to be sent again. */
function waitAfter(answer: Response, patience: number): number | null {
  const seconds = answer.status === 429 ? retryAfter(answer) : null;
  return seconds !== null && seconds * 1000 <= patience ? seconds * 1000 : null;
}
