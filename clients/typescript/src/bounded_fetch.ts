// Requests that are given up once their answer has taken too long. Streams and files, which may take
// as long as they like, only have to begin in time.

import type { Fetch } from "./answers.js";
import { TimedOut } from "./errors.js";

/** How long a request may take where nothing else is said. */
export const TIMEOUT_MS = 30_000;

const JSON_TYPE = /^application\/([\w.-]+\+)?json\b/;

/** Returns a fetch that throws TimedOut after so many milliseconds; null for no such bound. */
export function boundedFetch(send: Fetch, timeout: number | null): Fetch {
  if (timeout === null) return send;
  return async (request) => {
    const leaving = following(request.signal);
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      leaving.abort();
    }, timeout);
    try {
      return await read(await send(new Request(request, { signal: leaving.signal })));
    } catch (error) {
      throw isOver ? new TimedOut(error) : error;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Whoever calls the request off ends a stream too, long after it began. */
function following(signal: AbortSignal): AbortController {
  const leaving = new AbortController();
  const leave = (): void => leaving.abort(signal.reason);
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return leaving;
}

/** A document has come once all of it has. */
async function read(response: Response): Promise<Response> {
  if (!JSON_TYPE.test(response.headers.get("content-type") ?? "")) return response;
  const body = await response.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, response);
}
