import "../frame/browser.ts";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from "@tanstack/react-router";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRuncast, type Execution } from "runcast";
import { afterEach, expect, test, vi } from "vitest";

import { AccessContext } from "../../src/execution/access.ts";
import { Actions } from "../../src/execution/actions/Actions.tsx";
import { ExecutionModel } from "../../src/execution/live/execution_model.ts";
import { LiveExecution } from "../../src/execution/live/live_execution.ts";
import { ModelContext } from "../../src/execution/live/useModel.ts";

const EXECUTION = {
  id: "e1",
  handler: "sweep",
  state: "failed",
  owner_id: "u1",
  team_id: null,
} as Execution;

vi.mock("../../src/layout/useUser.ts", () => ({ useUser: () => ({ id: "u1", is_admin: false }) }));

afterEach(cleanup);

function drawn(fetch: (request: Request) => Promise<Response>) {
  const access = {
    executionId: EXECUTION.id,
    runcast: createRuncast({ baseUrl: "http://server.invalid", token: "rck_1", fetch }),
    mayAct: true,
    isShared: false,
  };
  const model = new ExecutionModel(new LiveExecution(async function* () {}));
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(["execution", EXECUTION.id], EXECUTION);
  const history = createMemoryHistory({ initialEntries: ["/"] });
  render(
    <QueryClientProvider client={queries}>
      <RouterContextProvider router={createRouter({ routeTree: createRootRoute(), history })}>
        <AccessContext value={access}>
          <ModelContext value={model}>
            <Actions execution={EXECUTION} />
          </ModelContext>
        </AccessContext>
      </RouterContextProvider>
    </QueryClientProvider>,
  );
}

test("resuming that is refused says so below the buttons, until it is tried again", async () => {
  const answers = [
    Response.json({ status: 403, code: "forbidden", title: "", detail: "no" }, { status: 403 }),
    Response.json(
      { status: 409, code: "conflict", title: "Conflict", detail: "it is gone" },
      { status: 409 },
    ),
  ];
  const fetch = vi.fn(async () => answers.shift() ?? Promise.reject(new TypeError("no")));
  drawn(fetch);
  const user = userEvent.setup();
  const press = async () => user.click(await screen.findByRole("button", { name: "Resume" }));
  await press();
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("You may see this, but not change it");
  await press();
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("It is gone."));
  expect(fetch).toHaveBeenCalledTimes(2);
});
