// What the pages fetch of what can run.
import { queryOptions } from "@tanstack/react-query";
import type { HandlerOut } from "runcast";

import { api } from "../runcast.ts";

export const handlersQuery = queryOptions({
  queryKey: ["handlers"],
  queryFn: async ({ signal }): Promise<HandlerOut[]> => (await api.listHandlers({ signal })).items,
  staleTime: 30_000,
});
