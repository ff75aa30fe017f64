import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { ADA, findings, INVITED, open, pageOf, queries, serve, SIGNED_IN } from "./pages.tsx";

const AT = "2026-01-01T12:00:00Z";
const TEAM = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b62",
  name: "Science",
  role: "owner",
  created_at: AT,
};
const SESSION = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b63",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
  address: "127.0.0.1",
  created_at: AT,
  last_used_at: AT,
  expires_at: AT,
  current: true,
};
const KEY = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b64",
  name: "Laptop",
  hint: "rck_abc",
  scopes: ["app", "items:read"],
  created_at: AT,
  expires_at: null,
  last_used_at: null,
};
const ENTRY = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b65",
  at: AT,
  action: "session.refused",
  user_id: ADA.id,
  session_id: null,
  key_id: null,
  address: "127.0.0.1",
  user_agent: "",
  subject: `user ${ADA.id}`,
  details: {},
  names: {},
};
const WORKER = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b66",
  name: "vm:1",
  version: "0.2.0",
  concurrency: 100,
  running: 3,
  handlers: [{ name: "sweep", version: null }],
  started_at: AT,
  seen_at: AT,
  live: true,
};

const SERVER = {
  ...SIGNED_IN,
  "GET /api/auth/factors": {
    has_password: true,
    totp_confirmed_at: AT,
    recovery_codes: 9,
    passkeys: [
      { id: "1", name: "Phone", synced: true, backed_up: true, created_at: AT, last_used_at: null },
    ],
  },
  "GET /api/auth/identities": pageOf(),
  "GET /api/auth/oauth": pageOf({ name: "acme", title: "Acme" }),
  "GET /api/auth/sessions": pageOf(SESSION),
  "GET /api/auth/keys": pageOf(KEY),
  "GET /api/auth/activity": pageOf(ENTRY),
  "GET /api/teams": pageOf(TEAM),
  [`GET /api/teams/${TEAM.id}`]: TEAM,
  [`GET /api/teams/${TEAM.id}/members`]: pageOf({ ...ADA, role: "owner" }),
  "GET /api/invitations": pageOf(),
  "GET /api/users": pageOf({ ...ADA, disabled_at: null }),
  [`GET /api/users/${ADA.id}`]: { ...ADA, disabled_at: null },
  [`GET /api/users/${ADA.id}/sessions`]: pageOf(SESSION),
  "GET /api/audit": pageOf(ENTRY),
  "GET /api/workers": pageOf(WORKER),
};

afterEach(() => {
  cleanup();
  queries.clear();
  vi.unstubAllGlobals();
});

test.each([
  ["/account", "Verified"],
  ["/account?part=security", "Phone"],
  ["/account?part=sessions", "Firefox on Linux"],
  ["/account?part=keys", "Laptop"],
  ["/account?part=activity", "Failed sign-in"],
  ["/teams", "Science"],
  [`/teams/${TEAM.id}`, "Open invitations"],
  ["/admin/users", "ada@example.com"],
  [`/admin/users/${ADA.id}`, "Firefox on Linux"],
  ["/admin/audit", "Failed sign-in"],
  ["/admin/workers", "vm:1"],
])("%s shows what there is, and axe finds nothing", async (address, words) => {
  serve(SERVER);
  open(address);
  const main = await screen.findByRole("main");
  expect((await within(main).findAllByText(words)).length).toBeGreaterThan(0);
  expect(await findings()).toEqual([]);
});

test("an address that leads nowhere says so", async () => {
  serve(SERVER);
  open("/nowhere");
  expect(await screen.findByRole("heading", { name: "No such page" })).toBeTruthy();
  expect(await findings()).toEqual([]);
});

test("the page is named after what it shows", async () => {
  serve(SERVER);
  open(`/teams/${TEAM.id}`);
  await screen.findByRole("heading", { name: /Science/ });
  expect(document.title).toBe("Science · Runcast");
});

test("a key is made for what was ticked, and its text is shown once", async () => {
  const asked = serve({ ...SERVER, "POST /api/auth/keys": { ...KEY, key: "rck_secret" } });
  open("/account?part=keys");
  await userEvent.click(await screen.findByRole("button", { name: "New key" }));
  await userEvent.type(await screen.findByLabelText("Name"), "CI");
  await userEvent.click(screen.getByRole("checkbox", { name: /Watch/ }));
  await userEvent.click(screen.getByRole("button", { name: "Make the key" }));
  expect(await screen.findByLabelText("API key")).toHaveProperty("value", "rck_secret");
  const sent = asked.find(({ method, url }) => method === "POST" && url.endsWith("/keys"));
  expect(await sent?.json()).toMatchObject({ name: "CI", scopes: ["executions:watch"] });
  await userEvent.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByLabelText("API key")).toBeNull();
});

test("nothing is done before it is confirmed", async () => {
  const asked = serve({ ...SERVER, [`DELETE /api/auth/keys/${KEY.id}`]: {} });
  open("/account?part=keys");
  await userEvent.click(await screen.findByRole("button", { name: "Delete Laptop" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Delete the key" });
  expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Delete" }));
  await screen.findByText("The key is deleted");
  expect(asked.some(({ method }) => method === "DELETE")).toBe(true);
});

test.each(["https://evil.example/", "//evil.example/", "/\\evil.example"])(
  "a sign-in link cannot lead who is signed in away to %s",
  async (next) => {
    serve(SERVER);
    const page = open(`/sign-in?next=${encodeURIComponent(next)}`);
    await screen.findByRole("main");
    expect(page.path()).toBe("/");
    expect(location.href).toBe("http://localhost:3000/");
  },
);

test("what asks for a proof goes on by itself once it is given", async () => {
  serve(SERVER);
  const answer = globalThis.fetch;
  let isProved = false;
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname;
    if (path === "/api/auth/prove") isProved = true;
    if (path === "/api/auth/prove") return new Response(null, { status: 204 });
    if (path !== "/api/auth/factors/totp") return answer(request);
    if (isProved) return new Response(null, { status: 204 });
    return Response.json({ status: 403, code: "proof_required" }, { status: 403 });
  });
  open("/account?part=security");
  const app = await screen.findByRole("region", { name: "Authenticator app" });
  await userEvent.click(within(app).getByRole("button", { name: "Remove" }));
  const asking = await screen.findByRole("alertdialog");
  await userEvent.click(within(asking).getByRole("button", { name: "Remove" }));
  const proof = await screen.findByRole("dialog", { name: "Prove that it is you" });
  await userEvent.type(
    await within(proof).findByLabelText("Password", { selector: "input" }),
    "the password",
  );
  await userEvent.click(within(proof).getByRole("button", { name: "Go on" }));
  expect(await screen.findByText("The authenticator app is removed")).toBeTruthy();
});

test("who is invited under another address is told so, and may sign out", async () => {
  serve({ ...INVITED, ...SIGNED_IN });
  open("/#invite=rci_1");
  await screen.findByText("You are signed in as ada@example.com");
  expect(screen.getByRole("button", { name: "Sign out" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Accept" })).toBeNull();
});
