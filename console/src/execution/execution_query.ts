// The execution as the server tells it over HTTP: what its log does not hold, such as its input.
import { queryOptions } from "@tanstack/react-query";
import type { Runcast } from "runcast";

export function executionQuery(runcast: Runcast, executionId: string) {
  return queryOptions({
    queryKey: ["execution", executionId],
    queryFn: ({ signal }) =>
      runcast.api.getExecution({ path: { execution_id: executionId }, signal }),
  });
}
