// An execution as the events after its snapshot leave it. Pure.

import type { KnownEvent } from "../api/index.js";
import type { FeedEvent, FeedExecution } from "../feed/index.js";
import { isKnown } from "../known_events.js";

type Change = Partial<FeedExecution>;

/** Returns the execution after one more event; one that the snapshot holds already changes nothing. */
export function folded(execution: FeedExecution, event: FeedEvent): FeedExecution {
  if (event.seq <= execution.last_seq) return execution;
  const change = isKnown(event) ? changeBy(execution, event) : {};
  return { ...execution, ...change, last_seq: event.seq, attempt: event.attempt };
}

function changeBy(execution: FeedExecution, event: KnownEvent): Change {
  switch (event.kind) {
    case "execution.queued":
    case "execution.resumed":
      return { state: "queued" };
    case "execution.retrying":
      return { state: "queued", run_at: event.data.next_at };
    case "execution.started":
      return { state: "running", started_at: execution.started_at ?? event.at };
    case "execution.waiting":
      return { state: "waiting" };
    case "execution.succeeded":
      return { ...endedAt(event.at), state: "succeeded", result: event.data.result };
    case "execution.failed":
      return { ...endedAt(event.at), state: "failed", error: event.data.error };
    case "execution.cancelled":
      return { ...endedAt(event.at), state: "cancelled" };
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
