// What an API key may be made for, in words.
import type { Scope } from "runcast";

export const SCOPES: readonly { id: Scope; label: string; description: string }[] = [
  { id: "items:read", label: "Read items", description: "List and read items." },
  { id: "items:write", label: "Write items", description: "Make, change and delete items." },
  {
    id: "executions:read",
    label: "Read executions",
    description: "List and read executions, handlers and figures.",
  },
  { id: "executions:start", label: "Start", description: "Start and retry executions." },
  {
    id: "executions:watch",
    label: "Watch",
    description: "Read logs, and follow them live.",
  },
  {
    id: "executions:act",
    label: "Act",
    description: "Answer questions, send signals, cancel, share.",
  },
  { id: "app", label: "Application", description: "The application's own routes and sockets." },
];

/** What a program needs that starts executions and follows them to their end. */
export const START_AND_WATCH: readonly Scope[] = [
  "executions:start",
  "executions:read",
  "executions:watch",
];

export function scopeLabel(id: string): string {
  return SCOPES.find((scope) => scope.id === id)?.label ?? id;
}

const READS: readonly (readonly [Scope, path: string])[] = [
  ["executions:read", "/api/executions?limit=5"],
  ["items:read", "/api/items?limit=5"],
];

/** A line that shows that the key works; null for one that may read nothing. */
export function exampleOf(key: string, scopes: readonly string[]): string | null {
  const read = READS.find(([scope]) => scopes.includes(scope));
  if (read === undefined) return null;
  return `curl -H 'Authorization: Bearer ${key}' '${window.location.origin}${read[1]}'`;
}
