import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { Actions } from "../../src/execution/actions/Actions.tsx";
import { SignalDialog } from "../../src/execution/actions/SignalDialog.tsx";
import { drawPart, EXECUTION } from "./parts.tsx";

vi.mock("../../src/useUser.ts", () => ({ useUser: () => ({ id: "u1", is_admin: false }) }));

afterEach(cleanup);

function refusal(status: number, code: string, detail: string): Response {
  return Response.json({ status, code, title: "", detail }, { status });
}

test("resuming that is refused says so below the buttons, until it is tried again", async () => {
  const answers = [refusal(403, "forbidden", "no"), refusal(409, "conflict", "it is gone")];
  const fetch = vi.fn(async () => answers.shift() ?? Promise.reject(new TypeError("no")));
  drawPart(<Actions execution={EXECUTION} />, { fetch });
  const user = userEvent.setup();
  const press = async () => user.click(await screen.findByRole("button", { name: "Resume" }));
  await press();
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("You may not do this");
  await press();
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("It is gone."));
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("a signal is sent again under its key, with other data under another, unread not at all", async () => {
  const keys: (string | null)[] = [];
  const fetch = async ({ headers }: Request) => {
    keys.push(headers.get("Idempotency-Key"));
    return Promise.reject(new TypeError("lost"));
  };
  drawPart(<SignalDialog onClose={vi.fn()} />, { fetch });
  const user = userEvent.setup();
  const data = await screen.findByRole("textbox", { name: "Data" });
  const send = async () => {
    await user.click(screen.getByRole("button", { name: "Send" }));
    await screen.findByText("The server cannot be reached");
  };
  await user.type(screen.getByRole("textbox", { name: "Name" }), "go");
  await send();
  await send();
  await user.clear(data);
  await user.type(data, "1,");
  await send();
  expect(document.activeElement).toBe(data);
  expect(keys).toHaveLength(2);
  await user.type(data, "{Backspace}");
  await send();
  expect(keys).toHaveLength(3);
  expect([keys[0] === keys[1], keys[1] === keys[2]]).toEqual([true, false]);
});
