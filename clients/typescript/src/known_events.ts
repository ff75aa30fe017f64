// The kinds of events that Runcast writes itself; all others are a handler's own.

import type { ExecutionEvent, KnownEvent } from "./api/index.js";

const KINDS = {
  "execution.queued": true,
  "execution.started": true,
  "execution.waiting": true,
  "execution.resumed": true,
  "execution.retrying": true,
  "execution.superseded": true,
  "execution.succeeded": true,
  "execution.failed": true,
  "execution.cancelled": true,
  "cancel.requested": true,
  question: true,
  answer: true,
  signal: true,
  "child.started": true,
  "step.started": true,
  "step.succeeded": true,
  "step.failed": true,
  progress: true,
  log: true,
  output: true,
  metric: true,
} as const satisfies Readonly<Record<KnownEvent["kind"], true>>;

/** Tells an event of Runcast's own, whose `kind` then says what its `data` are. */
export function isKnown(event: Readonly<ExecutionEvent>): event is KnownEvent {
  return Object.hasOwn(KINDS, event.kind);
}
