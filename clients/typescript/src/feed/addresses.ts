// The addresses of a feed. No token ever stands in one.

import type { Transport } from "./connections.js";
import type { After } from "./cursor.js";

/** The absolute address of a path of the server; a page may leave the base out. */
export function addressOf(baseUrl: string, path: string): URL {
  return new URL(baseUrl.replace(/\/+$/, "") + path, globalThis.location?.href);
}

export function feedAddress(
  baseUrl: string,
  executionId: string,
  after: After,
  transport: Transport,
): URL {
  const id = encodeURIComponent(executionId);
  const path = transport === "sse" ? `/api/executions/${id}/events` : `/ws/${id}`;
  const url = addressOf(baseUrl, path);
  url.searchParams.set("after", String(after));
  if (transport === "websocket") url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
