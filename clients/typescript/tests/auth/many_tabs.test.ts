// Many tabs at once, under chance: slow news, slow and failing refreshes, tokens that expire at any
// moment. Whatever happens, one refreshes at a time, and nobody is signed out by it.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Fetch } from "../../src/answers.js";
import type { Runcast } from "../../src/index.js";
import { FakeServer, problem, unreachable } from "../tools/fake_server.js";
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

/** A server that takes its time, and notes how many refreshes it had to do with at once. */
function slowly(server: FakeServer, random: () => number) {
  const seen = { now: 0, most: 0 };
  const fetch: Fetch = async (request) => {
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

type Happening = (tab: Runcast) => Promise<unknown>;

const request: Happening = (tab) => tab.api.listItems();

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
    coming: (tab) => tab.auth.login({ email: "ada@example.com", password: "right" }),
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
