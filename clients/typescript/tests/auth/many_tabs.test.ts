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
const SEEDS = Array.from({ length: 40 }, (_, at) => at + 1);

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

/** One of the things that happen in a tab, or to it. */
function happen(server: FakeServer, tab: Runcast, random: () => number): Promise<unknown> {
  const chosen = random();
  if (chosen < 0.2) server.expireTokens();
  else if (chosen < 0.3) server.answer(TOKEN, unreachable);
  else if (chosen < 0.4) server.answer(TOKEN, () => problem(503, "unavailable"));
  return tab.api.listItems();
}

test.each(SEEDS)("seed %i", async (seed) => {
  const random = chance(seed);
  const server = new FakeServer();
  server.rememberAda();
  const { fetch, seen } = slowly(server, random);
  const { open } = browser(server);
  const channel = slowChannels(() => random() * 150);
  const tabs = Array.from({ length: TABS }, () => open({ fetch, channel: channel() }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const all = Promise.allSettled(tabs.map((tab) => happen(server, tab, random)));
    await vi.runAllTimersAsync();
    await all;
  }
  server.instead.clear();
  const last = Promise.all(tabs.map((tab) => tab.api.listItems()));
  await vi.runAllTimersAsync();
  await expect(last).resolves.toHaveLength(TABS);
  expect(tabs.map(({ auth }) => auth.status)).toEqual(tabs.map(() => "signed-in"));
  expect(seen.most).toBe(1);
});
