// What the pages fetch of teams.
import { queryOptions } from "@tanstack/react-query";

import { api } from "../runcast.ts";

const MOST = 200;

/** The teams of which one is a member. */
export const teamsQuery = queryOptions({
  queryKey: ["teams"],
  queryFn: async ({ signal }) => (await api.listTeams({ query: { limit: MOST }, signal })).items,
});

/** One team, with one's own role in it. */
export const teamQuery = (teamId: string) =>
  queryOptions({
    queryKey: ["teams", teamId],
    queryFn: ({ signal }) => api.getTeam({ path: { team_id: teamId }, signal }),
  });

export const membersKey = (teamId: string) => ["teams", teamId, "members"];

export const invitationsKey = (teamId: string | undefined) => ["invitations", teamId ?? "accounts"];
