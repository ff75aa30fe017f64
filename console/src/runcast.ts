// The one Runcast of this page: the client, and the cache of what it fetched.
import { QueryClient } from "@tanstack/react-query";
import { boundedFetch, createRuncast, TIMEOUT_MS } from "runcast";

import { keptData } from "./kept_data.ts";
import { statusOf } from "./problem.ts";
import { askForProof, proving } from "./proof.ts";

// The bound is on what the server takes, not on how long a person takes to prove who they are.
const sending = boundedFetch((request) => fetch(request), TIMEOUT_MS);

export const runcast = createRuncast({ fetch: proving(sending, askForProof), timeout: null });

/** Every call of the API, typed: `api.listItems({ query: { limit: 50 } })`. A refusal is thrown. */
export const api = runcast.api;

const MOST_TRIES = 3;

// A browser without a network still reaches a server on its own machine, so that nothing waits for its word.
const networkMode = "always";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode,
      refetchOnReconnect: true,
      staleTime: 10_000,
      retry: mayTryAgain,
      structuralSharing: keptData,
    },
    mutations: { networkMode, retry: false },
  },
});

/** What the server refused stays refused; what it could not do, or did not hear, is asked again. */
function mayTryAgain(failures: number, error: unknown): boolean {
  const status = statusOf(error);
  const isRefusal = status !== undefined && status >= 400 && status < 500;
  return !isRefusal && failures < MOST_TRIES;
}
