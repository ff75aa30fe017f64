// Signing in by each way, signing out, and finding out at the page's start who is signed in.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createRuncast, SecondFactorRequired } from "../../src/index.js";
import { ADA, BASE_URL, FakeServer, problem, unreachable } from "../tools/fake_server.js";
import { browser, type Browser } from "../tools/tabs.js";

const TOKEN = "/api/auth/token";
const LOGOUT = "/api/auth/logout";
const PASSWORD = { email: "ada@example.com", password: "right" };
const NOBODY = { status: "signed-out", user: null, reason: null };

let server: FakeServer;
let tabs: Browser;

beforeEach(() => {
  server = new FakeServer();
  tabs = browser(server);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the page's start", () => {
  test("finds out by one refresh who is signed in", async () => {
    server.rememberAda();
    const tab = tabs.open();
    expect(tab.auth.getState()).toEqual({ status: "restoring", user: null, reason: null });
    await Promise.all([tab.auth.restore(), tab.auth.restore(), tab.api.listItems()]);
    expect(tab.auth.getState()).toEqual({ status: "signed-in", user: ADA, reason: null });
    expect(server.count(TOKEN)).toBe(1);
    expect(server.asked[0]?.form).toEqual({ grant_type: "refresh_token", cookie: "true" });
  });

  test("finds out that nobody is, and tells no other tab to leave", async () => {
    const other = await tabs.openSignedIn();
    server.cookie = null;
    const tab = tabs.open();
    await tab.auth.restore();
    expect(tab.auth.getState()).toEqual(NOBODY);
    expect(other.auth.status).toBe("signed-in");
    server.rememberAda();
    await other.auth.renew((await other.auth.token()) ?? "");
    expect(await tab.auth.token()).toBeNull();
  });

  test("asks nobody where the browser holds no sign of a session", async () => {
    server.rememberAda();
    vi.stubGlobal("document", { cookie: "theme=dark; not_runcast_signed_in=1" });
    const tab = tabs.open();
    await tab.auth.restore();
    expect([tab.auth.getState(), server.asked]).toEqual([NOBODY, []]);
    await tab.auth.login(PASSWORD);
    server.expireTokens();
    await tab.api.listItems();
    expect(tab.auth.user).toEqual(ADA);
  });

  test("asks where the browser holds one", async () => {
    server.rememberAda();
    vi.stubGlobal("document", { cookie: "theme=dark; runcast_signed_in=1" });
    const tab = tabs.open();
    await tab.auth.restore();
    expect(tab.auth.user).toEqual(ADA);
  });

  test("knows nothing while the server cannot say, and asks again", async () => {
    server.rememberAda();
    server.answer(TOKEN, unreachable);
    const tab = tabs.open();
    await expect(tab.auth.restore()).rejects.toMatchObject({ name: "Unreachable" });
    expect(tab.auth.status).toBe("restoring");
    await tab.auth.restore();
    expect(tab.auth.user).toEqual(ADA);
  });

  test("does not rotate again where only the user is still to be asked for", async () => {
    server.rememberAda();
    server.answer("/api/auth/me", () => problem(503, "unavailable"));
    const tab = tabs.open();
    await expect(tab.auth.restore()).rejects.toMatchObject({ status: 503 });
    await tab.auth.restore();
    expect([tab.auth.status, server.count(TOKEN)]).toEqual(["signed-in", 1]);
  });
});

test("a token that is refused at the page's start is renewed as at any other time", async () => {
  server.rememberAda();
  server.answer("/api/auth/me", () => problem(503, "unavailable"));
  const tab = tabs.open();
  await expect(tab.auth.restore()).rejects.toMatchObject({ status: 503 });
  server.expireTokens();
  await tab.auth.restore();
  expect([tab.auth.status, server.count(TOKEN)]).toEqual(["signed-in", 2]);
});

test("a session that ends during the page's start is over, and no failure", async () => {
  server.rememberAda();
  server.answer("/api/auth/me", () => problem(503, "unavailable"));
  const tab = tabs.open();
  await expect(tab.auth.restore()).rejects.toMatchObject({ status: 503 });
  server.endSession();
  await tab.auth.restore();
  expect(tab.auth.getState()).toEqual({ ...NOBODY, reason: "expired" });
});

describe("a password", () => {
  test("signs in every tab", async () => {
    const [one, other] = [tabs.open(), tabs.open()];
    await Promise.all([one.auth.restore(), other.auth.restore()]);
    expect(await one.auth.login(PASSWORD)).toEqual(ADA);
    expect(other.auth.getState()).toEqual({ status: "signed-in", user: ADA, reason: null });
    expect(await other.auth.token()).toBe(await one.auth.token());
    expect(server.asked.at(-2)?.form).toEqual({
      grant_type: "password",
      username: PASSWORD.email,
      password: PASSWORD.password,
      cookie: "true",
    });
  });

  test("that is wrong leaves things as they were", async () => {
    const tab = tabs.open();
    await tab.auth.restore();
    const wrong = tab.auth.login({ ...PASSWORD, password: "wrong" });
    await expect(wrong).rejects.toMatchObject({ code: "invalid_grant", status: 400 });
    expect(tab.auth.getState()).toEqual(NOBODY);
  });

  test("that needs a second factor says what may be shown, and goes on from there", async () => {
    const tab = tabs.open();
    await tab.auth.restore();
    server.answer(TOKEN, () =>
      problem(400, "mfa_required", {
        error: "mfa_required",
        mfa_token: "rco_1",
        methods: ["otp", "passkey"],
        passkey: { challenge: "abc" },
      }),
    );
    const error = await tab.auth.login(PASSWORD).catch((reason: unknown) => reason);
    if (!(error instanceof SecondFactorRequired)) throw error;
    expect(error.token).toBe("rco_1");
    expect(error.methods).toEqual(["otp", "passkey"]);
    expect(error.passkey).toEqual({ challenge: "abc" });
    await tab.auth.finishLogin(error.token, { otp: "123456" });
    expect(tab.auth.user).toEqual(ADA);
    expect(server.asked.at(-2)?.form).toEqual({
      grant_type: "urn:runcast:params:oauth:grant-type:mfa",
      mfa_token: "rco_1",
      otp: "123456",
      cookie: "true",
    });
  });

  test.each([
    [{ recoveryCode: "abcd" }, { recovery_code: "abcd" }],
    [{ passkey: { id: "x" } }, { passkey: '{"id":"x"}' }],
  ])("is followed by %j", async (factor, sent) => {
    const tab = tabs.open();
    await tab.auth.finishLogin("rco_1", factor);
    expect(server.asked[0]?.form).toMatchObject(sent);
  });
});

test("a passkey signs in by itself", async () => {
  const options = { challenge: "abc" };
  server.answer("/api/auth/passkey-challenges", () =>
    Response.json({ code: "rco_2", options, expires_in: 300 }),
  );
  vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON: (json: unknown) => json });
  vi.stubGlobal("navigator", {
    credentials: {
      get: (asked: { publicKey: unknown }) =>
        Promise.resolve({ toJSON: () => ({ id: "key", for: asked.publicKey }) }),
    },
  });
  const tab = tabs.open();
  await tab.auth.loginWithPasskey();
  const form = server.asked.find(({ path }) => path === TOKEN)?.form ?? {};
  expect(form["grant_type"]).toBe("urn:runcast:params:oauth:grant-type:passkey");
  expect(form["code"]).toBe("rco_2");
  expect(JSON.parse(form["passkey"] ?? "")).toEqual({ id: "key", for: options });
  expect(tab.auth.user).toEqual(ADA);
});

test("a provider is where the page is led, and it comes back to where it was", () => {
  const gone: string[] = [];
  const tab = tabs.open({ go: (address) => void gone.push(address) });
  tab.auth.loginWith("my idp", { next: "/items?a=1" });
  tab.auth.loginWith("github");
  expect(gone).toEqual([
    `${BASE_URL}/api/auth/oauth/my%20idp?return_to=%2Fitems%3Fa%3D1`,
    `${BASE_URL}/api/auth/oauth/github?return_to=%2F`,
  ]);
});

describe("signing out", () => {
  test("ends the session and tells every tab", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    await one.auth.logout();
    const left = { status: "signed-out", user: null, reason: "logged-out" };
    expect([one.auth.getState(), other.auth.getState()]).toEqual([left, left]);
    expect(await other.auth.token()).toBeNull();
    expect(server.count(LOGOUT)).toBe(1);
  });

  test("of a session that has ended is as good", async () => {
    const tab = await tabs.openSignedIn();
    server.expireTokens();
    await tab.auth.logout();
    expect(tab.auth.getState().reason).toBe("logged-out");
  });

  test("that the server did not hear of is no sign-out", async () => {
    const tab = await tabs.openSignedIn();
    server.answer(LOGOUT, unreachable);
    await expect(tab.auth.logout()).rejects.toMatchObject({ name: "Unreachable" });
    expect(tab.auth.status).toBe("signed-in");
  });

  test("keeps refreshes waiting, so that none brings the cookie back", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    const old = (await other.auth.token()) ?? "";
    const before = server.count(TOKEN);
    server.answer(LOGOUT, async () => {
      const renewing = other.auth.renew(old);
      await Promise.race([renewing, new Promise((resolve) => setImmediate(resolve))]);
      expect(server.count(TOKEN)).toBe(before);
      server.endSession();
      return new Response(null, { status: 204 });
    });
    await one.auth.logout();
    expect(await other.auth.token()).toBeNull();
  });

  test("is not undone by what another tab renewed in the meantime", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    const old = (await other.auth.token()) ?? "";
    await Promise.all([one.auth.logout(), other.auth.renew(old)]);
    expect([one.auth.status, other.auth.status]).toEqual(["signed-out", "signed-out"]);
  });
});

test("a changed account is asked for again", async () => {
  const tab = await tabs.openSignedIn();
  server.answer("/api/auth/me", () => Response.json({ ...ADA, name: "Countess" }));
  await tab.auth.reloadUser();
  expect(tab.auth.user?.name).toBe("Countess");
  server.expireTokens();
  expect(await tab.auth.reloadUser()).toEqual(ADA);
});

test("an answer about who has left in the meantime brings nobody back", async () => {
  const tab = await tabs.openSignedIn();
  server.answer("/api/auth/me", async () => {
    await tab.auth.logout();
    return Response.json(ADA);
  });
  await tab.auth.reloadUser();
  expect(tab.auth.user).toBeNull();
});

describe("a program", () => {
  test("keeps the refresh token in memory and sends it itself", async () => {
    const runcast = createRuncast({ baseUrl: BASE_URL, storage: "memory", fetch: server.fetch });
    expect(runcast.auth.getState()).toEqual(NOBODY);
    await runcast.auth.login(PASSWORD);
    server.expireTokens();
    await runcast.api.listItems();
    expect(server.asked.filter(({ path }) => path === TOKEN).map(({ form }) => form)).toEqual([
      { grant_type: "password", username: PASSWORD.email, password: PASSWORD.password },
      { grant_type: "refresh_token", refresh_token: "rcr_1" },
    ]);
  });

  test("shares a sign-in with no other program of the process", async () => {
    const options = { baseUrl: BASE_URL, storage: "memory", fetch: server.fetch } as const;
    const [one, other] = [createRuncast(options), createRuncast(options)];
    await one.auth.login(PASSWORD);
    expect(other.auth.getState()).toEqual(NOBODY);
  });

  test("acts by the key that it is given, until that is refused", async () => {
    server.good.add("rck_1");
    const runcast = createRuncast({ baseUrl: BASE_URL, token: "rck_1", fetch: server.fetch });
    expect(runcast.auth.status).toBe("signed-in");
    await runcast.api.listItems();
    server.expireTokens();
    await expect(runcast.api.listItems()).rejects.toMatchObject({ status: 401 });
    expect(runcast.auth.getState()).toEqual({ ...NOBODY, reason: "expired" });
    expect(server.count(TOKEN)).toBe(0);
  });

  test("forgets a key without ending anybody's session", async () => {
    const runcast = createRuncast({ baseUrl: BASE_URL, token: "rck_1", fetch: server.fetch });
    await runcast.auth.logout();
    expect([runcast.auth.status, server.asked]).toEqual(["signed-out", []]);
  });
});
