// The session by itself: whose news it follows, and what it forgets.

import { beforeEach, expect, test } from "vitest";

import { accessToken } from "../../src/auth/access_token.js";
import type { Channel, News } from "../../src/auth/channel.js";
import { processLocks } from "../../src/auth/locks.js";
import { type Replaced, Session } from "../../src/auth/session.js";
import { TokenEndpoint } from "../../src/auth/token_endpoint.js";
import { ADA, BASE_URL, FakeServer } from "../tools/fake_server.js";

const SOME_TOKENS = 25;

let server: FakeServer;
let endpoint: TokenEndpoint;
let session: Session;
let heard: (News | Replaced)[];
let now: number;
let say: (news: News) => void;

beforeEach(() => {
  server = new FakeServer();
  endpoint = new TokenEndpoint(server.fetch, BASE_URL, "memory");
  heard = [];
  now = 0;
  const channel: Channel = {
    post: () => undefined,
    listen: (listener) => {
      say = listener;
    },
    close: () => undefined,
  };
  const around = { endpoint, locks: processLocks(), channel, name: "here", now: () => now };
  session = new Session(around, (news) => heard.push(news));
});

function token(value: string) {
  return accessToken({ access_token: value, expires_in: 300 }, 0);
}

test("what another tab has renewed is taken over while it is not known who is signed in", async () => {
  say({ type: "renewed", token: token("theirs") });
  expect(await session.token()).toBe("theirs");
});

test("what another tab has renewed is not for who has signed out, or never was signed in", async () => {
  session.abandon();
  say({ type: "renewed", token: token("theirs") });
  session.begin(token("mine"), ADA);
  await session.leave(() => Promise.resolve());
  say({ type: "renewed", token: token("theirs") });
  expect(await session.token()).toBeNull();
  expect(heard.map(({ type }) => type)).toEqual(["signed-in", "signed-out"]);
});

test("what happened last counts, and not what is heard last", async () => {
  const later = accessToken({ access_token: "later", expires_in: 300 }, 2000);
  now = 3000;
  say({ type: "signed-in", token: later, user: ADA });
  say({ type: "signed-out", reason: "logged-out", at: 1000 });
  say({ type: "renewed", token: token("old") });
  expect(await session.token()).toBe("later");
  say({ type: "signed-out", reason: "logged-out", at: 2500 });
  say({ type: "signed-in", token: later, user: ADA });
  expect(await session.token()).toBeNull();
  expect(heard.map(({ type }) => type)).toEqual(["signed-in", "signed-out"]);
});

test("a token that was renewed before the news of its sign-in came is kept", async () => {
  const renewed = accessToken({ access_token: "renewed", expires_in: 300 }, 2000);
  now = 3000;
  say({ type: "renewed", token: renewed });
  say({ type: "signed-in", token: token("first"), user: ADA });
  expect(await session.token()).toBe("renewed");
});

test("who is out already is told no more", () => {
  session.begin(token("mine"), ADA);
  say({ type: "signed-out", reason: "expired", at: 0 });
  say({ type: "signed-out", reason: "expired", at: 0 });
  expect(heard.map(({ type }) => type)).toEqual(["signed-in", "signed-out"]);
});

test("a clock that was set back keeps nobody waiting", async () => {
  now = 9000;
  say({ type: "signed-out", reason: "logged-out", at: 9000 });
  now = 1000;
  say({ type: "signed-in", token: token("mine"), user: ADA });
  expect(await session.token()).toBe("mine");
});

test("a sign-out forgets the refresh token", async () => {
  session.begin(await session.grant({ grant_type: "password", password: "right" }), ADA);
  await session.leave(() => Promise.resolve());
  expect(await endpoint.refresh()).toBeNull();
  expect(server.count("/api/auth/token")).toBe(1);
});

test("tokens of long ago are not known again", async () => {
  session.begin(token("first"), ADA);
  for (let each = 0; each < SOME_TOKENS; each += 1) {
    say({ type: "renewed", token: token(`next ${each}`) });
  }
  expect(await session.renew("next 20")).toBe("next 24");
  expect(await session.renew("first")).toBeNull();
});

test("a token is renewed half a minute before its end, or a quarter of a short life", () => {
  expect(token("long")).toEqual({
    value: "long",
    issuedAt: 0,
    renewAt: 270_000,
    expiresAt: 300_000,
  });
  const short = accessToken({ access_token: "short", expires_in: 20 }, 1000);
  expect(short).toEqual({ value: "short", issuedAt: 1000, renewAt: 16_000, expiresAt: 21_000 });
});
