// What came of an execution, as of the moment that is shown.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Execution } from "runcast";

import { useAccess } from "../access.ts";
import { executionQuery } from "../execution_query.ts";
import { useShown } from "../live/useModel.ts";
import { isFinal } from "../record/journal.ts";

export interface ShownEnd {
  readonly hasResult: boolean;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const NOTHING: ShownEnd = { hasResult: false, result: null, error: null };

/** Result and error as of the moment that is shown; they are fetched whole once there is one. */
export function useEnd(execution: Execution): ShownEnd {
  const change = useShown((model) => model.journal.stateAt(model.asOf));
  const isLast = useShown((model) => model.replay === null);
  const { executionId, runcast } = useAccess();
  const isOver = change !== null && isFinal(change.state);
  const query = useQuery(executionQuery(runcast, executionId));
  const { refetch } = query;
  const isOld = isOver && execution.finished_at === null;
  useEffect(() => {
    if (isOld) void refetch({ cancelRefetch: false });
  }, [isOld, refetch]);
  const isShown = isOver || (isLast && execution.finished_at !== null);
  if (!isShown || execution.finished_at === null) return NOTHING;
  return {
    hasResult: execution.state === "succeeded",
    result: execution.result,
    error: execution.error,
  };
}
