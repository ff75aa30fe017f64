// What the account page fetches of oneself.
import { queryOptions } from "@tanstack/react-query";

import { api } from "../runcast.ts";

export const factorsQuery = queryOptions({
  queryKey: ["factors"],
  queryFn: ({ signal }) => api.getFactors({ signal }),
});

export const identitiesQuery = queryOptions({
  queryKey: ["identities"],
  queryFn: async ({ signal }) => (await api.listIdentities({ signal })).items,
});
