// Requests whose answers tell that the server is there.

import type { Fetch } from "./answers.js";

/** Returns a fetch that calls back at each answer of a server that can do what it is asked. */
export function tellingFetch(send: Fetch, onAnswer: () => void): Fetch {
  return async (request) => {
    const answer = await send(request);
    // A proxy answers 502 for a server that is down.
    if (answer.status < 500 && answer.status !== 429) onAnswer();
    return answer;
  };
}
