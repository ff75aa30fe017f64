// How a stream is opened: one request with the cursor and the token in its head.

import { addressOf, feedAddress } from "./addresses.js";
import { Closed, type Dial } from "./connections.js";
import { BROKEN, DONE } from "./policy.js";
import type { Post } from "./posted_commands.js";
import { refusalOf } from "./refusals.js";
import { StreamConnection } from "./stream_connection.js";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function streamDial(baseUrl: string, executionId: string, fetch: Fetch): Dial {
  return async (after, token, signal) => {
    const leaving = new AbortController();
    const leave = (): void => leaving.abort();
    const url = feedAddress(baseUrl, executionId, after, "sse");
    const headers = {
      Accept: "text/event-stream",
      ...bearer(token),
      ...(after !== "latest" && { "Last-Event-ID": String(after) }),
    };
    // The signal is for the opening alone; a stream that is open ends when it is left.
    signal.addEventListener("abort", leave, { once: true });
    const asked = fetch(url.href, { headers, cache: "no-store", signal: leaving.signal });
    const body = await bodyOf(await answered(asked));
    signal.removeEventListener("abort", leave);
    return new StreamConnection(body, leave, poster(baseUrl, executionId, fetch, token));
  };
}

async function answered(response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    throw new Closed(BROKEN, String(error));
  }
}

/** The stream, or what an answer without one means; 204 is the end of an ended log. */
async function bodyOf(response: Response): Promise<ReadableStream<Uint8Array>> {
  if (response.status === 200 && response.body !== null) return response.body;
  if (response.status === 204) throw new Closed(DONE);
  throw (await refusalOf(response)).closed;
}

function poster(baseUrl: string, executionId: string, fetch: Fetch, token: string | null): Post {
  const execution = `/api/executions/${encodeURIComponent(executionId)}`;
  return (path, key, body) =>
    fetch(addressOf(baseUrl, `${execution}/${path}`).href, {
      method: "POST",
      headers: { "Idempotency-Key": key, "Content-Type": "application/json", ...bearer(token) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}
