// The one Runcast of this page: the client, and the cache of what it fetched.
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { statusOf } from "./problem.ts";
import { makeRuncast } from "./temporary_runcast.ts";

export const runcast = makeRuncast();

/** Every call of the API, typed: `api.listItems({ query: { limit: 50 } })`. A refusal is thrown. */
export const api = runcast.api;

let restoring: Promise<unknown> | undefined;

/** Waits until it is known whether somebody is signed in: asked once, when the page is opened. */
export async function restored(): Promise<void> {
  restoring ??= runcast.auth.restore();
  await restoring;
}

const MOST_TRIES = 3;

export const queries = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
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
