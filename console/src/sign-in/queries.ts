// What the pages of the sign-in ask the server before anybody is signed in.
import { queryOptions } from "@tanstack/react-query";

import { keptCode } from "../fragments.ts";
import { api, queries } from "../runcast.ts";

/** Who may register, whether letters are sent, whether the first administrator is still to come. */
export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: ({ signal }) => api.getSignInOptions({ signal }),
  staleTime: 60_000,
  retry: false,
});

export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async ({ signal }) => (await api.listProviders({ signal })).items,
  staleTime: Infinity,
});

/** What the code of an invitation is good for. */
export function invitationQuery(code: string) {
  return queryOptions({
    queryKey: ["invitation", code],
    queryFn: ({ signal }) => api.previewInvitation({ body: { code }, signal }),
    enabled: code !== "",
    staleTime: 60_000,
    retry: false,
  });
}

/** Nobody waits longer for what a page would rather know before it is drawn. */
const PATIENCE_MS = 1000;

/** So that nothing moves when it comes, and nothing is in the way of a sign-in when it does not. */
export async function fetchFirst(): Promise<void> {
  const code = keptCode("invite");
  const asked = [
    queries.prefetchQuery(optionsQuery),
    queries.prefetchQuery({ ...providersQuery, retry: false }),
    code === "" ? undefined : queries.prefetchQuery(invitationQuery(code)),
  ];
  await Promise.race([Promise.all(asked), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
}
