// One refresh serves everybody, and only the server's word signs anybody out.

import { beforeEach, describe, expect, test } from "vitest";

import { RuncastError, Unreachable } from "../../src/index.js";
import { deferred } from "../tools/deferred.js";
import { FakeServer, problem, unreachable } from "../tools/fake_server.js";
import { browser, type Browser } from "../tools/tabs.js";

const TOKEN = "/api/auth/token";
const ITEMS = "/api/items";
const LOGOUT = "/api/auth/logout";

function invalidToken(): Response {
  return problem(401, "invalid_token");
}

let server: FakeServer;
let tabs: Browser;

beforeEach(() => {
  server = new FakeServer();
  tabs = browser(server);
});

describe("one refresh", () => {
  test("serves all requests of a tab that were refused at once", async () => {
    const tab = await tabs.openSignedIn();
    server.expireTokens();
    await Promise.all(Array.from({ length: 20 }, () => tab.api.listItems()));
    expect(server.count(TOKEN)).toBe(2);
    expect(server.count(ITEMS)).toBe(40);
  });

  test("serves two tabs whose requests were refused at once", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    server.expireTokens();
    const before = server.count(TOKEN);
    await Promise.all([one.api.listItems(), other.api.listItems(), one.api.getMe()]);
    expect(server.count(TOKEN)).toBe(before + 1);
    expect(await one.auth.token()).toBe(await other.auth.token());
  });

  test("serves feeds and requests alike", async () => {
    const tab = await tabs.openSignedIn();
    const rejected = (await tab.auth.token()) ?? "";
    server.expireTokens();
    const [renewed] = await Promise.all([
      tab.auth.renew(rejected),
      tab.auth.renew(rejected),
      tab.api.listItems(),
    ]);
    expect(server.count(TOKEN)).toBe(2);
    expect(await tab.auth.token()).toBe(renewed);
  });

  test("is not needed by who was refused with a token that has been replaced by now", async () => {
    const tab = await tabs.openSignedIn();
    const old = (await tab.auth.token()) ?? "";
    await tab.auth.renew(old);
    expect(await tab.auth.renew(old)).toBe(await tab.auth.token());
    expect(server.count(TOKEN)).toBe(2);
  });

  test("comes before the token expires", async () => {
    let now = 0;
    server.rememberAda();
    const tab = tabs.open({ now: () => now });
    const first = await tab.auth.token();
    now = 269_000;
    expect(await tab.auth.token()).toBe(first);
    now = 270_000;
    expect(await tab.auth.token()).not.toBe(first);
    expect(server.count(TOKEN)).toBe(2);
  });

  test("that another tab made is taken over without asking", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    const before = server.count(TOKEN);
    const renewed = await one.auth.renew((await one.auth.token()) ?? "");
    expect(await other.auth.token()).toBe(renewed);
    expect(server.count(TOKEN)).toBe(before + 1);
  });
});

describe("a request", () => {
  test("that is refused with 401 is repeated once, with its body", async () => {
    const tab = await tabs.openSignedIn();
    server.expireTokens();
    const bodies: string[] = [];
    const { fetch } = server;
    const spying = tabs.open({
      fetch: async (request) => {
        if (request.url.endsWith(ITEMS)) bodies.push(await request.clone().text());
        return fetch(request);
      },
    });
    await spying.auth.restore();
    server.expireTokens();
    await spying.api.createItem({ body: { name: "a" } });
    expect(bodies).toEqual(['{"name":"a"}', '{"name":"a"}']);
    tab.close();
  });

  test("that is refused again with the new token fails, and signs out every tab, once", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    const seen: string[] = [];
    for (const { auth } of [one, other]) auth.subscribe(({ status }) => seen.push(status));
    server.answer(ITEMS, invalidToken, invalidToken);
    await expect(one.api.listItems()).rejects.toMatchObject({ status: 401 });
    expect(server.count(ITEMS)).toBe(2);
    expect(seen).toEqual(["signed-out", "signed-out"]);
    expect(other.auth.getState()).toMatchObject({ user: null, reason: "expired" });
  });

  test("that is refused again ends the session, so that a reload signs nobody in", async () => {
    const tab = await tabs.openSignedIn();
    const left = deferred<null>();
    server.answer(LOGOUT, () => {
      server.endSession();
      left.resolve(null);
      return new Response(null, { status: 204 });
    });
    server.answer(ITEMS, invalidToken, invalidToken);
    await expect(tab.api.listItems()).rejects.toMatchObject({ status: 401 });
    await left.promise;
    const reloaded = tabs.open();
    await reloaded.auth.restore();
    expect([reloaded.auth.status, server.count(LOGOUT)]).toEqual(["signed-out", 1]);
  });

  test.each([invalidToken, unreachable])(
    "that is refused again signs out where the session cannot be ended, %#",
    async (answer) => {
      const tab = await tabs.openSignedIn();
      server.answer(LOGOUT, answer);
      server.answer(ITEMS, invalidToken, invalidToken);
      await expect(tab.api.listItems()).rejects.toMatchObject({ status: 401 });
      expect(tab.auth.getState().reason).toBe("expired");
      await tab.auth.login({ email: "ada@example.com", password: "right" });
      expect([tab.auth.status, server.count(LOGOUT)]).toEqual(["signed-in", 1]);
    },
  );

  test("whose new token has expired by then signs nobody out", async () => {
    let now = 0;
    server.rememberAda();
    const tab = tabs.open({ now: () => now });
    await tab.auth.restore();
    server.answer(ITEMS, invalidToken, () => {
      now = 3_600_000;
      return invalidToken();
    });
    await expect(tab.api.listItems()).rejects.toMatchObject({ status: 401 });
    expect(tab.auth.status).toBe("signed-in");
  });

  test("that is forbidden signs nobody out, and asks for no refresh", async () => {
    const tab = await tabs.openSignedIn();
    server.answer(ITEMS, () => problem(403, "forbidden"));
    await expect(tab.api.listItems()).rejects.toMatchObject({ status: 403, code: "forbidden" });
    expect([tab.auth.status, server.count(TOKEN)]).toEqual(["signed-in", 1]);
  });

  test("of nobody is sent without a token, and its 401 asks for no refresh", async () => {
    const tab = tabs.open();
    await tab.auth.restore();
    await expect(tab.api.listItems()).rejects.toMatchObject({ code: "unauthenticated" });
    expect(server.count(TOKEN)).toBe(1);
  });

  test("of an earlier sign-in is not repeated as somebody else", async () => {
    const tab = await tabs.openSignedIn();
    const old = (await tab.auth.token()) ?? "";
    await tab.auth.logout();
    await tab.auth.login({ email: "bob@example.com", password: "right" });
    expect(await tab.auth.renew(old)).toBeNull();
    expect(tab.auth.status).toBe("signed-in");
  });
});

describe("a refresh that the server refuses", () => {
  test("signs out once, in every tab", async () => {
    const [one, other] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
    const seen: string[] = [];
    one.auth.subscribe(({ status }) => seen.push(`one ${status}`));
    other.auth.subscribe(({ status }) => seen.push(`other ${status}`));
    const before = server.count(TOKEN);
    server.endSession();
    const refused = await Promise.allSettled([
      one.api.listItems(),
      one.api.getMe(),
      other.api.listItems(),
    ]);
    expect(refused.map((each) => each.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(seen.toSorted()).toEqual(["one signed-out", "other signed-out"]);
    expect(one.auth.getState()).toEqual({ status: "signed-out", user: null, reason: "expired" });
    expect(server.count(TOKEN)).toBe(before + 1);
  });

  test("leaves the request with the refusal that it met", async () => {
    const tab = await tabs.openSignedIn();
    server.endSession();
    const error: unknown = await tab.api.listItems().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RuncastError);
    expect(error).toMatchObject({ status: 401, code: "invalid_token" });
  });
});

describe.each([
  ["by the network", unreachable, "Unreachable"],
  ["with 503", () => problem(503, "unavailable"), "RuncastError"],
  ["with 429", () => problem(429, "too_many"), "RuncastError"],
  ["with 403", () => problem(403, "forbidden"), "RuncastError"],
  ["in HTML", () => new Response("<html>", { status: 502 }), "RuncastError"],
])("a refresh that fails %s", (_, fail, name) => {
  test("signs nobody out, and the next need asks again", async () => {
    const tab = await tabs.openSignedIn();
    server.expireTokens();
    server.answer(TOKEN, fail);
    await expect(tab.api.listItems()).rejects.toMatchObject({ name });
    expect(tab.auth.status).toBe("signed-in");
    await expect(tab.api.listItems()).resolves.toEqual({ items: [], next_cursor: null });
    expect(server.count(TOKEN)).toBe(3);
  });

  test("does no harm while the token is still good", async () => {
    let now = 0;
    server.rememberAda();
    const tab = tabs.open({ now: () => now });
    const first = await tab.auth.token();
    server.answer(TOKEN, fail);
    now = 280_000;
    expect(await tab.auth.token()).toBe(first);
    now = 300_000;
    expect(await tab.auth.token()).not.toBe(first);
  });
});

test("a request that cannot be sent is Unreachable, with the cause", async () => {
  const tab = await tabs.openSignedIn();
  server.answer(ITEMS, unreachable);
  const error: unknown = await tab.api.listItems().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Unreachable);
  expect((error as Unreachable).cause).toBeInstanceOf(TypeError);
});
