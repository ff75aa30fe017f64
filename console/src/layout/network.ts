// Whether the server can be reached: what the browser says, and what the last requests met.
import { onlineManager, type QueryClient } from "@tanstack/react-query";

import { codeOf, statusOf } from "../problem.ts";

type Listener = (isReached: boolean) => void;

/** Calls the listener with whether the server was reached, as often as that shows. */
export function watchNetwork(queries: QueryClient, listener: Listener): () => void {
  const stopQueries = queries.getQueryCache().subscribe(({ type, query }) => {
    if (type !== "updated") return;
    const failure = query.state.fetchFailureReason;
    if (failure !== null) listener(isAnswered(failure));
    else if (query.state.status === "success" && query.state.fetchStatus === "idle") listener(true);
  });
  const stopOnline = onlineManager.subscribe((isOnline) => !isOnline && listener(false));
  return () => {
    stopQueries();
    stopOnline();
  };
}

const BETWEEN = new Set([502, 503, 504]);

/** An error without a status is one that nobody answered with; these, without a code, a proxy's. */
function isAnswered(failure: Error): boolean {
  const status = statusOf(failure);
  return status !== undefined && !(BETWEEN.has(status) && !codeOf(failure));
}

/** Asks now and then whether the server is back, and calls the listener once when it is. */
export function waitForServer(
  ask: () => Promise<unknown>,
  everyMs: number,
  listener: () => void,
): () => void {
  let isOver = false;
  const stop = () => {
    isOver = true;
    clearInterval(timer);
  };
  const look = async () => {
    try {
      await ask();
    } catch {
      return;
    }
    if (isOver) return;
    stop();
    listener();
  };
  const timer = setInterval(() => void look(), everyMs);
  return stop;
}
