// Many tabs at once, under chance: slow news, slow and failing refreshes, tokens that expire at any
// moment. Whatever happens, one refreshes at a time, and nobody is signed out by it.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Fetch } from "../../src/answers.js";
import { subjectOf } from "../../src/auth/access_token.js";
import type { Runcast } from "../../src/index.js";
import { ADA, BOB, FakeServer, problem, unreachable } from "../tools/fake_server.js";
import { slowChannels } from "../tools/slow_channel.js";
import { browser } from "../tools/tabs.js";

const TOKEN = "/api/auth/token";
const TABS = 4;
const ROUNDS = 12;
const SEEDS = Array.from({ length: 100 }, (_, at) => at + 1);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Numbers from 0 to 1, the same for each seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A server that takes its time, and notes how many refreshes it had to do with at once, and what was
 * sent as somebody else than who asked for it.
 */
function slowly(server: FakeServer, random: () => number) {
  const seen = { now: 0, most: 0, mistaken: 0 };
  const fetch: Fetch = async (request) => {
    if (isMistaken(request)) seen.mistaken += 1;
    const refreshes = request.url.endsWith(TOKEN) ? 1 : 0;
    seen.now += refreshes;
    seen.most = Math.max(seen.most, seen.now);
    try {
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      return await server.fetch(request);
    } finally {
      seen.now -= refreshes;
    }
  };
  return { fetch, seen };
}

/** The search says who asks, as far as the page knew. */
function isMistaken({ url, headers }: Request): boolean {
  const asker = new URL(url).searchParams.get("q");
  const token = headers.get("Authorization");
  return asker !== null && token !== null && subjectOf(token) !== asker;
}

type Happening = (tab: Runcast) => Promise<unknown>;

const request: Happening = (tab) => {
  const { user } = tab.auth;
  return tab.api.listItems(user === null ? {} : { query: { q: user.id } });
};

function happenings(server: FakeServer): Record<string, Happening> {
  const requestAfter =
    (work: () => void): Happening =>
    (tab) => {
      work();
      return request(tab);
    };
  return {
    request,
    expiry: requestAfter(() => server.expireTokens()),
    silence: requestAfter(() => server.answer(TOKEN, unreachable)),
    failure: requestAfter(() => server.answer(TOKEN, unavailable)),
    leaving: (tab) => tab.auth.logout(),
    coming: (tab) => tab.auth.login({ email: ADA.email, password: "right" }),
    another: (tab) => tab.auth.login({ email: BOB.email, password: "right" }),
    provider: (tab) => {
      server.returnFromProvider(server.person === ADA ? BOB : ADA);
      return request(tab);
    },
  };
}

function unavailable(): Response {
  return problem(503, "unavailable");
}

/** Lets things happen in all tabs at once, again and again, and returns the tabs and what was seen. */
async function storm(seed: number, names: readonly string[]) {
  const random = chance(seed);
  const server = new FakeServer();
  server.rememberAda();
  const { fetch, seen } = slowly(server, random);
  const { open } = browser(server);
  const channel = slowChannels(() => random() * 150);
  const tabs = Array.from({ length: TABS }, () => open({ fetch, channel: channel() }));
  const all = happenings(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    await settled(tabs.map((tab) => all[names[Math.floor(random() * names.length)] ?? ""]?.(tab)));
  }
  server.instead.clear();
  const last = await settled(tabs.map((tab) => tab.api.listItems()));
  return { tabs, seen, last };
}

async function settled(all: readonly unknown[]) {
  const outcomes = Promise.allSettled(all);
  await vi.runAllTimersAsync();
  return (await outcomes).map(({ status }) => status);
}

const WEATHER = ["request", "request", "expiry", "silence", "failure"];
const CROWD = ["request", "expiry", "silence", "leaving", "coming", "coming"];

const CHANGES = ["request", "request", "expiry", "coming", "another", "provider", "leaving"];

test.each(SEEDS)("no failure signs anybody out, by seed %i", async (seed) => {
  const { tabs, seen, last } = await storm(seed, WEATHER);
  expect(last).toEqual(tabs.map(() => "fulfilled"));
  expect(tabs.map(({ auth }) => auth.status)).toEqual(tabs.map(() => "signed-in"));
  expect(seen.most).toBe(1);
});

test.each(SEEDS)("tabs agree, whoever comes and leaves, by seed %i", async (seed) => {
  const { tabs, seen, last } = await storm(seed, CROWD);
  expect(new Set(tabs.map(({ auth }) => auth.status)).size).toBe(1);
  expect(new Set(last).size).toBe(1);
  expect(seen.most).toBe(1);
});

test.each(SEEDS)(
  "nobody acts as somebody else, whoever the cookie is of, by seed %i",
  async (seed) => {
    const { tabs, seen } = await storm(seed, CHANGES);
    expect(seen.mistaken).toBe(0);
    for (const { auth } of tabs) {
      const token = await auth.token();
      expect(token === null ? undefined : subjectOf(token)).toBe(auth.user?.id);
    }
  },
);
