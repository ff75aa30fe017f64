// What the pages of administration fetch of one account.
import { queryOptions } from "@tanstack/react-query";

import { api } from "../runcast.ts";

export const userQuery = (userId: string) =>
  queryOptions({
    queryKey: ["users", "one", userId],
    queryFn: ({ signal }) => api.getUser({ path: { user_id: userId }, signal }),
  });
