import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import "./browser.ts";
import { runcast } from "../../src/runcast.ts";
import { ADA, open, pageOf, queries, serve } from "./pages.tsx";

const BOB = { ...ADA, id: "019b7603-5a00-7000-8000-0c9f4d2a7b62", email: "bob@example.com" };
const AS_BOB = { email: BOB.email, password: "right" };

let current: typeof ADA;
let asked: Request[];

function tokens() {
  const access_token = `e30.${btoa(JSON.stringify({ sub: current.id }))}.sig`;
  return { access_token, token_type: "bearer", expires_in: 300 };
}

beforeEach(async () => {
  current = ADA;
  asked = serve({
    "POST /api/auth/token": tokens,
    "GET /api/auth/me": () => current,
    "GET /api/handlers": pageOf(),
    "GET /api/teams": pageOf(),
  });
});

afterEach(() => {
  cleanup();
  queries.clear();
  vi.unstubAllGlobals();
});

test.each([
  ["signs in", () => runcast.auth.login(AS_BOB)],
  [
    "comes back from a provider",
    async () => runcast.auth.renew((await runcast.auth.token()) ?? ""),
  ],
])("where somebody else %s, what was typed is not saved as theirs", async (_, happen) => {
  await runcast.auth.login({ email: ADA.email, password: "right" });
  open("/items/new");
  const name = await screen.findByLabelText("Name");
  await userEvent.type(name, "Ada's");
  current = BOB;
  await happen();
  await screen.findByText(/Another tab signed in as bob@example.com/);
  await waitFor(() => expect(runcast.auth.user?.id).toBe(BOB.id));
  expect(name.isConnected).toBe(false);
  expect(await screen.findByLabelText("Name")).toHaveProperty("value", "");
  expect(asked.some(({ method, url }) => method === "POST" && url.endsWith("/items"))).toBe(false);
});

test("where the same person signs in again, what was typed stays", async () => {
  await runcast.auth.login({ email: ADA.email, password: "right" });
  open("/items/new");
  await userEvent.type(await screen.findByLabelText("Name"), "Ada's");
  await runcast.auth.login({ email: ADA.email, password: "right" });
  expect(screen.getByLabelText("Name")).toHaveProperty("value", "Ada's");
});
