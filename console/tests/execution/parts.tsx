// A part of the page of an execution in a test: drawn alone, after events and over a server of made-up answers.
import "../frame/browser.ts";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { createRuncast, type Execution } from "runcast";
import type { ReactNode } from "react";

import { AccessContext } from "../../src/execution/access.ts";
import { ExecutionModel } from "../../src/execution/live/execution_model.ts";
import { LiveExecution } from "../../src/execution/live/live_execution.ts";
import { ModelContext } from "../../src/execution/live/useModel.ts";
import type { FeedEvent } from "../../src/execution/record/feed_event.ts";

const AT = "2026-01-01T00:00:00Z";

export const EXECUTION = {
  id: "e1",
  handler: "sweep",
  handler_version: null,
  state: "failed",
  input: {},
  item_id: null,
  owner_id: "u1",
  team_id: null,
  parent_id: null,
  retry_of: null,
  priority: 0,
  run_at: AT,
  created_at: AT,
  finished_at: null,
} as Execution;

export interface Around {
  readonly events?: readonly FeedEvent[];
  /** Answers the requests of the part. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

const refuse = () => Promise.reject(new TypeError("no network"));

export function drawPart(part: ReactNode, { events = [], fetch = refuse }: Around): void {
  const runcast = createRuncast({ baseUrl: "http://server.invalid", token: "rck_1", fetch });
  const access = { executionId: EXECUTION.id, runcast, mayAct: true, isShared: false };
  const model = new ExecutionModel(new LiveExecution(async function* () {}));
  for (const event of events) model.record.apply(event);
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(["execution", EXECUTION.id], EXECUTION);
  const history = createMemoryHistory({ initialEntries: ["/"] });
  render(
    <QueryClientProvider client={queries}>
      <RouterContextProvider router={createRouter({ routeTree: createRootRoute(), history })}>
        <AccessContext value={access}>
          <ModelContext value={model}>{part}</ModelContext>
        </AccessContext>
      </RouterContextProvider>
    </QueryClientProvider>,
  );
}
