// What more than one page fetches of what administrators alone see.
import { queryOptions } from "@tanstack/react-query";

import { api } from "../runcast.ts";

export const userQuery = (userId: string) =>
  queryOptions({
    queryKey: ["users", "one", userId],
    queryFn: ({ signal }) => api.getUser({ path: { user_id: userId }, signal }),
  });

const WORKERS_EVERY_MS = 5000;

export const workersQuery = queryOptions({
  queryKey: ["workers"],
  queryFn: async ({ signal }) => (await api.listWorkers({ signal })).items,
  refetchInterval: WORKERS_EVERY_MS,
});
