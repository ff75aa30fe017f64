// The one Runcast of this page: the client, and the cache of what it fetched.
import { QueryClient } from "@tanstack/react-query";
import { createRuncast } from "runcast";

import { statusOf } from "./problem.ts";
import { askForProof, proving } from "./proof.ts";

export const runcast = createRuncast({
  fetch: proving((request) => fetch(request), askForProof),
});

/** Every call of the API, typed: `api.listItems({ query: { limit: 50 } })`. A refusal is thrown. */
export const api = runcast.api;

const MOST_TRIES = 3;

export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: mayTryAgain },
    mutations: { retry: false },
  },
});

/** What the server refused stays refused; what it could not do, or did not hear, is asked again. */
function mayTryAgain(failures: number, error: unknown): boolean {
  const status = statusOf(error);
  const isRefusal = status !== undefined && status >= 400 && status < 500;
  return !isRefusal && failures < MOST_TRIES;
}
