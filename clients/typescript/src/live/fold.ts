// An execution as the events after its snapshot leave it. Pure.

import type { KnownEvent } from "../api/index.js";
import { type FeedEvent, type FeedExecution, stateAfter } from "../feed/index.js";
import { isKnown } from "../known_events.js";

type Change = Partial<FeedExecution>;

/** Returns the execution after one more event; one that the snapshot holds already changes nothing. */
export function folded(execution: FeedExecution, event: FeedEvent): FeedExecution {
  if (event.seq <= execution.last_seq) return execution;
  const change = isKnown(event) ? changeBy(execution, event) : {};
  return { ...execution, ...change, last_seq: event.seq, attempt: event.attempt };
}

function changeBy(execution: FeedExecution, event: KnownEvent): Change {
  const state = stateAfter(event.kind);
  return { ...(state !== undefined && { state }), ...told(execution, event) };
}

/** What an event says beside the state. */
function told(execution: FeedExecution, event: KnownEvent): Change {
  switch (event.kind) {
    case "execution.retrying":
      return { run_at: event.data.next_at };
    case "execution.started":
      return { started_at: execution.started_at ?? event.at };
    case "execution.succeeded":
      return { ...endedAt(event.at), result: event.data.result };
    case "execution.failed":
      return { ...endedAt(event.at), error: event.data.error };
    case "execution.cancelled":
      return endedAt(event.at);
    case "progress":
      return { progress: event.data };
    default:
      return { open_questions: execution.open_questions + opened(event) };
  }
}

function endedAt(at: string): Change {
  return { finished_at: at, open_questions: 0 };
}

/** How many questions more are open. */
function opened(event: KnownEvent): number {
  if (event.kind === "question") return 1;
  if (event.kind === "answer") return -1;
  return event.kind === "step.failed" && event.data.of === "question" ? -1 : 0;
}
