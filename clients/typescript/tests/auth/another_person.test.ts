// The cookie that tabs share becomes somebody else's: nothing that was begun as one person is sent as
// the other, and every tab says who is signed in now.

import { beforeEach, describe, expect, test } from "vitest";

import { isSamePerson, subjectOf } from "../../src/auth/access_token.js";
import type { AuthState, Runcast } from "../../src/index.js";
import { deferred } from "../tools/deferred.js";
import { ADA, BOB, FakeServer, problem, tokenOf } from "../tools/fake_server.js";
import { browser, type Browser } from "../tools/tabs.js";

const TOKEN = "/api/auth/token";
const ITEMS = "/api/items";
const ME = "/api/auth/me";
const AS_BOB = { email: BOB.email, password: "right" };
const REPLACED = { status: "signed-out", user: null, reason: "replaced" };
const BOBS = { status: "signed-in", user: BOB, reason: null };

let server: FakeServer;
let tabs: Browser;
let seen: AuthState[];

beforeEach(() => {
  server = new FakeServer();
  tabs = browser(server);
  seen = [];
});

/** A tab in which Ada is signed in, and whose turns are seen. */
async function adasTab(): Promise<Runcast> {
  const tab = await tabs.openSignedIn();
  tab.auth.subscribe((state) => seen.push(state));
  return tab;
}

function settled({ auth }: Runcast): Promise<void> {
  return auth.restore();
}

/** Who made items, by the tokens that were sent. */
function makers(): (string | null)[] {
  return server.asked
    .filter(({ path, method }) => path === ITEMS && method === "POST")
    .map(({ token }) => (token === null ? null : subjectOf(token)));
}

function make(tab: Runcast): Promise<unknown> {
  return tab.api.createItem({ body: { name: "Ada's" } });
}

describe("somebody else comes back from a provider in another tab", () => {
  test("and every tab turns to them, with nobody in between", async () => {
    const tab = await adasTab();
    server.returnFromProvider(BOB);
    const other = tabs.open();
    await other.auth.restore();
    await settled(tab);
    expect(seen).toEqual([REPLACED, BOBS]);
    expect(await tab.auth.token()).toBe(await other.auth.token());
  });

  test("and a request that finds out by its renewal fails, and is not sent as them", async () => {
    const tab = await adasTab();
    server.returnFromProvider(BOB);
    server.expireTokens();
    await expect(make(tab)).rejects.toMatchObject({ status: 401 });
    await settled(tab);
    expect([makers(), seen]).toEqual([[ADA.id], [REPLACED, BOBS]]);
  });

  test("and a request that waits for its token is not sent as them", async () => {
    let now = 0;
    server.rememberAda();
    const tab = tabs.open({ now: () => now });
    await tab.auth.restore();
    server.returnFromProvider(BOB);
    now = 280_000;
    await expect(make(tab)).rejects.toMatchObject({ code: "unauthenticated" });
    await settled(tab);
    expect([makers(), tab.auth.getState()]).toEqual([[null], BOBS]);
  });

  test("and until it is known who they are, requests are nobody's", async () => {
    const tab = await adasTab();
    const answered = deferred<Response>();
    server.returnFromProvider(BOB);
    server.answer(ME, () => answered.promise);
    await tab.auth.renew((await tab.auth.token()) ?? "");
    expect([tab.auth.getState(), await tab.auth.token()]).toEqual([REPLACED, null]);
    await expect(make(tab)).rejects.toMatchObject({ status: 401 });
    answered.resolve(Response.json(BOB));
    await settled(tab);
    expect([makers(), tab.auth.getState()]).toEqual([[null], BOBS]);
  });

  test("and a server that cannot say who they are is asked again by the next who wants to know", async () => {
    const tab = await adasTab();
    server.returnFromProvider(BOB);
    server.answer(ME, () => problem(503, "unavailable"));
    await tab.auth.renew((await tab.auth.token()) ?? "");
    await expect(settled(tab)).rejects.toMatchObject({ status: 503 });
    expect(tab.auth.getState()).toEqual(REPLACED);
    await settled(tab);
    expect(tab.auth.getState()).toEqual(BOBS);
  });

  test("while a page finds out who is signed in, which is them", async () => {
    server.rememberAda();
    const answered = deferred<Response>();
    server.answer(ME, () => answered.promise);
    const tab = tabs.open();
    tab.auth.subscribe((state) => seen.push(state));
    const restoring = tab.auth.restore();
    while (server.count(ME) === 0) await Promise.resolve();
    server.returnFromProvider(BOB);
    await tabs.open().auth.restore();
    answered.resolve(Response.json(ADA));
    await restoring;
    expect(seen).toEqual([BOBS]);
  });
});

describe("a password of somebody else in another tab", () => {
  test("turns every tab to them", async () => {
    const [tab, other] = [await adasTab(), await tabs.openSignedIn()];
    await other.auth.login(AS_BOB);
    expect(seen).toEqual([BOBS]);
    expect(await tab.auth.token()).toBe(await other.auth.token());
  });

  test("does not send as them what waits for a renewal", async () => {
    const [tab, other] = [await adasTab(), await tabs.openSignedIn()];
    server.expireTokens();
    const [made] = await Promise.allSettled([make(tab), other.auth.login(AS_BOB)]);
    await settled(tab);
    expect([made.status, makers(), tab.auth.user]).toEqual(["rejected", [ADA.id], BOB]);
  });
});

test("whoever signs in again in another tab disturbs nothing", async () => {
  const [tab, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
  const old = (await tab.auth.token()) ?? "";
  tab.auth.subscribe(({ status, user }, before) => {
    if (status !== before.status || user?.id !== before.user?.id) seen.push(tab.auth.getState());
  });
  const before = server.count(TOKEN);
  await other.auth.login({ email: ADA.email, password: "right" });
  expect(await tab.auth.renew(old)).toBe(await other.auth.token());
  expect([seen, server.count(TOKEN)]).toEqual([[], before + 1]);
});

test.each(["rck_1", "", "a.b.c", "a.!.c", `a.${btoa("null")}.c`, `a.${btoa('{"sub":1}')}.c`])(
  "of '%s' nobody can tell whose it is",
  (token) => {
    expect(subjectOf(token)).toBeNull();
  },
);

test("people are told apart by their tokens, however those are spelled", () => {
  const [one, two] = [tokenOf(ADA, "1"), tokenOf(ADA, "ÿ?>~")];
  expect(subjectOf(one)).toBe(ADA.id);
  expect(isSamePerson(one, two)).toBe(true);
  expect(isSamePerson(one, tokenOf(BOB, "1"))).toBe(false);
  expect(isSamePerson(one, null)).toBe(false);
});
