// What the overview fetches, again and again while it is looked at.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { State } from "runcast";

import { api } from "../runcast.ts";
import type { OverviewSearch } from "./search.ts";

const EVERY_MS = 5_000;
const SHOWN = 8;

export function useStats({ team, everyone, period = "hour" }: OverviewSearch) {
  const whose = team === undefined ? { scope: scopeOf(everyone) } : { team_id: team };
  const query = { ...whose, period };
  return useQuery({
    queryKey: ["stats", query],
    queryFn: ({ signal }) => api.getStats({ query, signal }),
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

/** The newest executions in this state. */
export function useNewest(state: State, { team, everyone }: OverviewSearch) {
  const whose = team === undefined ? { everyone: everyone === "yes" } : { team_id: team };
  const query = { ...whose, state: [state], limit: SHOWN };
  return useQuery({
    queryKey: ["executions", query],
    queryFn: async ({ signal }) => (await api.listExecutions({ query, signal })).items,
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

function scopeOf(everyone: OverviewSearch["everyone"]): "all" | "own" {
  return everyone === "yes" ? "all" : "own";
}
