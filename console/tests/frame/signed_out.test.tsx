import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { findings, open, queries, serve, SIGNED_OUT } from "./pages.tsx";

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
  const asked = serve({ ...SIGNED_OUT, "POST /api/auth/register": { detail: "Look." } });
  open("/#invite=rci_1");
  await userEvent.click(await screen.findByRole("link", { name: "Create an account" }));
  await userEvent.type(await screen.findByLabelText("Email address"), "bob@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "a good password");
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
  await screen.findByRole("heading", { name: "Look into your mail" });
  const sent = asked.find(({ url }) => url.endsWith("/register"));
  expect(await sent?.json()).toMatchObject({ invite: "rci_1", setup_token: null });
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

test("an invitation lets one choose between an account and a new one", async () => {
  serve(SIGNED_OUT);
  const page = open("/#invite=rci_1");
  await screen.findByRole("heading", { name: "You are invited to Runcast" });
  expect(await findings()).toEqual([]);
  await userEvent.click(screen.getByRole("link", { name: "I have an account" }));
  await waitFor(() => expect(page.path()).toBe("/sign-in?next=%2Finvitation"));
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
