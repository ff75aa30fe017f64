import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { findings, INVITED, open, queries, serve, SIGNED_OUT } from "./pages.tsx";

/** A server that says what a sign-in can offer. */
function offering(options: Record<string, unknown>) {
  const said = { registration: "open", sends_letters: true, awaits_administrator: false };
  return { ...SIGNED_OUT, "GET /api/auth/options": { ...said, ...options } };
}

function refusing(status: number, code: string) {
  return () => Response.json({ status, code, title: "Refused", detail: "no" }, { status });
}

async function fillIn(email?: string): Promise<void> {
  const field = await screen.findByLabelText("Email address");
  if (email !== undefined) await userEvent.type(field, email);
  await userEvent.type(screen.getByLabelText("Password"), "a good password");
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
}

function registrations(asked: Request[]): Request[] {
  return asked.filter(({ url }) => url.endsWith("/register"));
}

afterEach(() => {
  cleanup();
  queries.clear();
  sessionStorage.clear();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("who is signed out comes to the sign-in, which knows where to go on", async () => {
  serve(SIGNED_OUT);
  const page = open("/executions?state=failed");
  await screen.findByRole("heading", { name: "Sign in to Runcast" });
  expect(page.path()).toBe("/sign-in?next=%2Fexecutions%3Fstate%3Dfailed");
  expect(await screen.findByRole("button", { name: "Continue with Acme" })).toBeTruthy();
  expect(await findings()).toEqual([]);
});

test("a refused password is told, and nothing is lost", async () => {
  serve(SIGNED_OUT);
  open("/sign-in");
  const email = await screen.findByLabelText("Email address");
  await userEvent.type(email, "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toContain("That did not sign you in");
  expect(email).toHaveProperty("value", "ada@example.com");
  expect(await findings()).toEqual([]);
});

test("the focus goes along from page to page, and from step to step", async () => {
  serve({ ...offering({}), "POST /api/auth/reset": {} });
  open("/sign-in");
  await userEvent.click(await screen.findByRole("link", { name: "Forgot your password?" }));
  const heading = await screen.findByRole("heading", { name: "Choose a new password" });
  await waitFor(() => expect(document.activeElement).toBe(heading));
  await userEvent.type(screen.getByLabelText("Email address"), "ada@example.com");
  await userEvent.click(screen.getByRole("button", { name: "Send the letter" }));
  const sent = await screen.findByRole("heading", { name: "Look into your mail" });
  await waitFor(() => expect(document.activeElement).toBe(sent));
});

test("the second factor is asked for where the account has one", async () => {
  serve(SIGNED_OUT);
  open("/sign-in");
  await userEvent.type(await screen.findByLabelText("Email address"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "right");
  vi.stubGlobal("fetch", async () =>
    Response.json(
      { status: 400, code: "mfa_required", mfa_token: "rco_1", methods: ["otp", "recovery"] },
      { status: 400 },
    ),
  );
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  const code = await screen.findByLabelText("Code of your authenticator app");
  await waitFor(() => expect(document.activeElement).toBe(code));
  await userEvent.click(screen.getByRole("button", { name: "Use a recovery code" }));
  expect(screen.getByLabelText("Recovery code")).toBeTruthy();
  expect(await findings()).toEqual([]);
});

test("a setup link leads to the first account, filled in, and leaves the address", async () => {
  serve(SIGNED_OUT);
  const page = open("/#setup=rcs_1");
  await screen.findByRole("heading", { name: "Set up Runcast" });
  expect(page.path()).toBe("/register");
  expect(screen.getByLabelText("Setup token")).toHaveProperty("value", "rcs_1");
  expect(await findings()).toEqual([]);
});

test("a server that waits for its administrator says where the setup token is, and takes the link", async () => {
  serve(offering({ registration: "closed", awaits_administrator: true }));
  open("/sign-in");
  const token = await screen.findByLabelText("Setup token");
  expect(screen.getByText(/printed a link with a setup token/)).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Create an account" })).toBeNull();
  expect(await findings()).toEqual([]);
  await userEvent.type(token, "http://127.0.0.1:8000/#setup=rcs_1");
  await userEvent.click(screen.getByRole("button", { name: "Set up Runcast" }));
  await screen.findByRole("heading", { name: "Set up Runcast" });
  expect(screen.getByLabelText("Setup token")).toHaveProperty("value", "rcs_1");
});

test("where nobody else may register, who comes to set up has the field for the token", async () => {
  serve(offering({ registration: "closed", awaits_administrator: true }));
  open("/register");
  await screen.findByRole("heading", { name: "Set up Runcast" });
  expect(screen.getByLabelText("Setup token")).toHaveProperty("required", true);
});

test("a setup link that was used says so", async () => {
  serve(offering({ registration: "closed" }));
  open("/#setup=rcs_1");
  await screen.findByText("The setup token is not good any more");
  expect(screen.queryByLabelText("Setup token")).toBeNull();
});

test("a setup token that the server refuses is forgotten, and is not asked for again", async () => {
  const asked = serve({
    ...offering({ awaits_administrator: true }),
    "POST /api/auth/register": refusing(403, "forbidden"),
  });
  open("/#setup=rcs_wrong");
  const token = await screen.findByLabelText("Setup token");
  expect(token).toHaveProperty("required", true);
  await fillIn("ada@example.com");
  await screen.findByRole("heading", { name: "Create an account" });
  expect([sessionStorage.length, token]).toMatchObject([0, { required: false }]);
  await userEvent.clear(token);
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
  await waitFor(() => expect(registrations(asked)).toHaveLength(2));
  expect(await registrations(asked)[1]?.json()).toMatchObject({ setup_token: null });
});

test("an invitation that has ended when the account is to be made is told and forgotten", async () => {
  let isOver = false;
  const refuse = refusing(422, "code_refused");
  const preview = INVITED["POST /api/auth/invitations/preview"];
  const asked = serve({
    ...INVITED,
    "POST /api/auth/invitations/preview": () => (isOver ? refuse() : preview),
    "POST /api/auth/register": refuse,
  });
  open("/#invite=rci_1");
  await userEvent.click(await screen.findByRole("link", { name: "Create an account" }));
  await screen.findByDisplayValue("bob@example.com");
  isOver = true;
  await fillIn();
  await screen.findByText("This invitation is not good any more");
  expect(sessionStorage.length).toBe(0);
  await fillIn("new@example.com");
  await waitFor(() => expect(registrations(asked)).toHaveLength(2));
  expect(await registrations(asked)[1]?.json()).toMatchObject({ invite: null });
});

test.each([
  ["open", "", true],
  ["invite", "", false],
  ["invite", "rci_1", true],
  ["closed", "rci_1", false],
])(
  "registration that is %s, with the invitation '%s': an account is offered: %s",
  async (registration, code, isOffered) => {
    serve(offering({ registration }));
    sessionStorage.setItem("runcast.code.invite", code);
    open("/sign-in");
    await screen.findByRole("heading", { name: "Sign in to Runcast" });
    expect(screen.queryByRole("link", { name: "Create an account" }) !== null).toBe(isOffered);
  },
);

test("where no account can be made, the page for it has no form", async () => {
  serve(offering({ registration: "invite" }));
  open("/register");
  await screen.findByText("This server takes no new accounts");
  expect(screen.queryByLabelText("Email address")).toBeNull();
  expect(await findings()).toEqual([]);
});

test("where no letters are sent, a forgotten password is a matter for an administrator", async () => {
  serve(offering({ sends_letters: false }));
  open("/sign-in");
  await screen.findByText(/Ask an administrator to set a new one/);
  expect(screen.queryByRole("link", { name: "Forgot your password?" })).toBeNull();
  cleanup();
  open("/reset");
  await screen.findByText("This server sends no letters");
  expect(await findings()).toEqual([]);
});

test("a server that does not say what it offers is waited for a moment, and signs in all the same", async () => {
  serve(SIGNED_OUT);
  const answer = fetch;
  vi.stubGlobal("fetch", (request: Request) =>
    request.url.endsWith("/options") ? new Promise(() => undefined) : answer(request),
  );
  open("/sign-in");
  await screen.findByRole("heading", { name: "Sign in to Runcast" }, { timeout: 3000 });
  expect(screen.getByRole("link", { name: "Create an account" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Forgot your password?" })).toBeTruthy();
});

test("where addresses are verified first, registering ends at the letter", async () => {
  serve({ ...SIGNED_OUT, "POST /api/auth/register": { detail: "A letter to that address." } });
  open("/register");
  await userEvent.type(await screen.findByLabelText("Email address"), "bob@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "a good password");
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
  await screen.findByRole("heading", { name: "Look into your mail" });
  expect(screen.getByText("A letter to that address.")).toBeTruthy();
});

test("an invitation's code goes with the account that is made by it, once", async () => {
  const asked = serve({ ...INVITED, "POST /api/auth/register": { detail: "Look." } });
  open("/#invite=rci_1");
  await userEvent.click(await screen.findByRole("link", { name: "Create an account" }));
  const email = await screen.findByLabelText("Email address");
  expect(email).toMatchObject({ value: "bob@example.com", readOnly: true });
  await userEvent.type(screen.getByLabelText("Password"), "a good password");
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
  await screen.findByRole("heading", { name: "Look into your mail" });
  const sent = asked.find(({ url }) => url.endsWith("/register"));
  const named = { email: "bob@example.com", invite: "rci_1", setup_token: null };
  expect(await sent?.json()).toMatchObject(named);
  expect(sessionStorage.length).toBe(0);
});

test("a provider's refusal is told in words", async () => {
  serve(SIGNED_OUT);
  open("/sign-in#error=account_exists");
  expect((await screen.findByRole("alert")).textContent).toContain("already has an account");
});

test("a reset link asks for the new password and sends it with the code", async () => {
  const asked = serve({ ...SIGNED_OUT, "POST /api/auth/reset/confirm": {} });
  const page = open("/#reset=rco_9");
  await userEvent.type(
    await screen.findByLabelText("New password", { selector: "input" }),
    "a good new password",
  );
  await userEvent.click(screen.getByRole("button", { name: "Set the password" }));
  await waitFor(() => expect(page.path()).toBe("/sign-in"));
  const sent = asked.find(({ url }) => url.endsWith("/reset/confirm"));
  expect(await sent?.json()).toEqual({ code: "rco_9", password: "a good new password" });
  expect(sessionStorage.length).toBe(0);
});

test("an invitation says what it is to, and lets one choose between an account and a new one", async () => {
  serve(INVITED);
  const page = open("/#invite=rci_1");
  await screen.findByRole("heading", { name: "You are invited" });
  expect(screen.getByText("Ada invites you to Crew as operator.")).toBeTruthy();
  expect(screen.getByText(/is for bob@example.com/)).toBeTruthy();
  expect(await findings()).toEqual([]);
  await userEvent.click(screen.getByRole("link", { name: "I have an account" }));
  await waitFor(() => expect(page.path()).toBe("/sign-in?next=%2Finvitation"));
  expect(await screen.findByLabelText("Email address")).toHaveProperty("value", "bob@example.com");
});

test("an invitation that has ended says so at once, and is forgotten", async () => {
  serve(SIGNED_OUT);
  const answer = fetch;
  const refusal = { status: 422, code: "code_refused", title: "Refused", detail: "no" };
  vi.stubGlobal("fetch", (request: Request) =>
    request.url.endsWith("/preview")
      ? Promise.resolve(Response.json(refusal, { status: 422 }))
      : answer(request),
  );
  open("/#invite=rci_1");
  await screen.findByText("This invitation is not good any more");
  expect(sessionStorage.length).toBe(0);
  expect(await findings()).toEqual([]);
});

test.each([
  ["/reset", "Choose a new password"],
  ["/verify", "Verify your address"],
  ["/invitation", "Invitation"],
  ["/register", "Create an account"],
])("%s has nothing that axe finds", async (address, heading) => {
  serve(SIGNED_OUT);
  open(address);
  await screen.findByRole("heading", { name: heading });
  expect(await findings()).toEqual([]);
});

test("a server that does not answer is told, outside the frame and in words", async () => {
  // React tells of what its boundary has caught.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { runcast } = await import("../../src/runcast.ts");
  vi.spyOn(runcast.auth, "restore").mockRejectedValueOnce(new TypeError("Failed to fetch"));
  open("/");
  await screen.findByRole("heading", { name: "This page did not open" });
  expect(screen.getByRole("alert").textContent).toContain("The server cannot be reached");
  expect(await findings()).toEqual([]);
});
