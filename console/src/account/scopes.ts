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
