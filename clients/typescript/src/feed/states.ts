// What an execution's state is after each kind of event. Pure.

import type { State } from "./frames.js";

const STATE_AFTER: ReadonlyMap<string, State> = new Map([
  ["execution.queued", "queued"],
  ["execution.started", "running"],
  ["execution.waiting", "waiting"],
  ["execution.resumed", "queued"],
  ["execution.retrying", "queued"],
  ["execution.succeeded", "succeeded"],
  ["execution.failed", "failed"],
  ["execution.cancelled", "cancelled"],
]);

/** The state that an event of this kind leads to; undefined where it changes none. */
export function stateAfter(kind: string): State | undefined {
  return STATE_AFTER.get(kind);
}
