// What the pages fetch of what can run.
import { queryOptions } from "@tanstack/react-query";
import type { Handler } from "runcast";

import { api } from "./runcast.ts";

export const handlersQuery = queryOptions({
  queryKey: ["handlers"],
  queryFn: async ({ signal }): Promise<Handler[]> => (await api.listHandlers({ signal })).items,
  staleTime: 30_000,
});
