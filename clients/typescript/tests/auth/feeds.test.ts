// What the end of a feed does to who is signed in: what a refresh does not cure signs out every tab,
// once; whatever else ends or breaks a feed signs out nobody.

import { beforeEach, describe, expect, test } from "vitest";

import { type Runcast, WatchRefused, WatchSignedOut } from "../../src/index.js";
import { FakeSocket } from "../conformance/wires.js";
import { FakeServer, problem, unreachable } from "../tools/fake_server.js";
import { browser, type Browser } from "../tools/tabs.js";

const FEED = "/api/executions/e1/events";
const TOKEN = "/api/auth/token";
const EXPIRED = { status: "signed-out", user: null, reason: "expired" };

let server: FakeServer;
let tabs: Browser;
let seen: string[];

beforeEach(() => {
  server = new FakeServer();
  tabs = browser(server);
  seen = [];
});

async function twoTabs(): Promise<[Runcast, Runcast]> {
  const opened: [Runcast, Runcast] = [await tabs.openSignedIn(), await tabs.openSignedIn()];
  for (const { auth } of opened) auth.subscribe(({ status }) => seen.push(status));
  return opened;
}

function refused(): Response {
  return problem(401, "invalid_token");
}

function over(): Response {
  return new Response(null, { status: 204 });
}

/** How a feed ends: with an error, or with null. */
async function endOf(tab: Runcast, token?: string | null): Promise<unknown> {
  try {
    for await (const event of tab.watch("e1", { transport: "sse", token })) void event;
    return null;
  } catch (error) {
    return error;
  }
}

describe("a feed that is refused", () => {
  test("goes on with a new token where there is one", async () => {
    const [one, other] = await twoTabs();
    server.answer(FEED, refused, over);
    expect(await endOf(one)).toBeNull();
    expect([one.auth.status, other.auth.status, seen]).toEqual(["signed-in", "signed-in", []]);
  });

  test("signs out every tab once where the session has ended, however many there are", async () => {
    const [one, other] = await twoTabs();
    server.endSession();
    server.answer(FEED, ...Array.from({ length: 10 }, () => refused));
    const before = server.count(TOKEN);
    const ends = await Promise.all(Array.from({ length: 10 }, () => endOf(one)));
    expect(ends.every((end) => end instanceof WatchSignedOut)).toBe(true);
    expect([one.auth.getState(), other.auth.getState()]).toEqual([EXPIRED, EXPIRED]);
    expect(seen).toEqual(["signed-out", "signed-out"]);
    expect(server.count(TOKEN)).toBe(before + 1);
  });

  test("signs out every tab once where it is refused with the new token too", async () => {
    const [one, other] = await twoTabs();
    server.answer(FEED, refused, refused, refused, refused);
    expect(await Promise.all([endOf(one), endOf(one)])).toEqual([
      expect.any(WatchSignedOut),
      expect.any(WatchSignedOut),
    ]);
    expect([one.auth.getState(), other.auth.getState()]).toEqual([EXPIRED, EXPIRED]);
    expect(seen).toEqual(["signed-out", "signed-out"]);
  });

  test("does so over a socket that is closed with 4401 as well", async () => {
    class Refusing extends FakeSocket {
      constructor() {
        super();
        queueMicrotask(() => this.tell("open", {}));
      }

      override send(): void {
        queueMicrotask(() => this.end(4401, "no longer good"));
      }
    }
    server.rememberAda();
    const [one, other] = [tabs.open({ WebSocket: Refusing }), await tabs.openSignedIn()];
    await one.auth.restore();
    await expect(one.watch("e1", { transport: "websocket" }).next()).rejects.toThrow(
      WatchSignedOut,
    );
    expect([one.auth.getState(), other.auth.getState()]).toEqual([EXPIRED, EXPIRED]);
  });
});

test.each([403, 404])("a feed that is refused with %i signs nobody out", async (status) => {
  const [one] = await twoTabs();
  server.answer(FEED, () => problem(status, "no"));
  expect(await endOf(one)).toBeInstanceOf(WatchRefused);
  expect([one.auth.status, seen]).toEqual(["signed-in", []]);
});

test.each([
  ["the feed", FEED],
  ["the refresh", TOKEN],
])("a network and a server that fail %s sign nobody out", async (_, path) => {
  const [one] = await twoTabs();
  if (path === TOKEN) server.answer(FEED, refused);
  server.answer(path, unreachable, () => problem(503, "unavailable"));
  server.answer(FEED, over);
  expect(await endOf(one)).toBeNull();
  expect([one.auth.status, seen]).toEqual(["signed-in", []]);
});

test.each(["rcw_share", "rck_key", null])(
  "a feed under %s that is refused is no business of who is signed in",
  async (token) => {
    const [one] = await twoTabs();
    const before = server.count(TOKEN);
    server.answer(FEED, refused, refused);
    expect(await endOf(one, token)).toBeInstanceOf(WatchSignedOut);
    expect([one.auth.status, seen, server.count(TOKEN)]).toEqual(["signed-in", [], before]);
  },
);
