// Whether the server can be reached: what the browser says, and what the last requests met.
import { onlineManager, type QueryClient } from "@tanstack/react-query";

import { statusOf } from "../problem.ts";

/** Calls the listener with whether the server was reached, whenever that changes. */
export function watchNetwork(
  queries: QueryClient,
  listener: (isReached: boolean) => void,
): () => void {
  const stopQueries = queries.getQueryCache().subscribe(({ type, query }) => {
    if (type !== "updated") return;
    if (query.state.fetchFailureReason !== null)
      listener(wasReached(query.state.fetchFailureReason));
    else if (query.state.status === "success") listener(true);
  });
  const stopOnline = onlineManager.subscribe(listener);
  return () => {
    stopQueries();
    stopOnline();
  };
}

/** An error without a status is one that no server answered with. */
function wasReached(error: unknown): boolean {
  return statusOf(error) !== undefined;
}
