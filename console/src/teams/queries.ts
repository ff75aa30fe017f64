// What the pages fetch of teams.
import { queryOptions } from "@tanstack/react-query";

import { api } from "../runcast.ts";

const MOST = 200;

/** The teams of which one is a member. */
export const teamsQuery = queryOptions({
  queryKey: ["teams"],
  queryFn: async ({ signal }) => (await api.listTeams({ query: { limit: MOST }, signal })).items,
});
