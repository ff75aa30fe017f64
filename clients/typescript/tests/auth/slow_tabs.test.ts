// Between browsers' tabs news takes its time: who had to wait for the lock waits for that too.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Channel } from "../../src/auth/channel.js";
import { FakeServer, unreachable } from "../tools/fake_server.js";
import { slowChannels } from "../tools/slow_channel.js";
import { browser, type Browser } from "../tools/tabs.js";

const TOKEN = "/api/auth/token";
const ON_ITS_WAY_MS = 50;

let server: FakeServer;
let tabs: Browser;
let channel: () => Channel;

beforeEach(() => {
  vi.useFakeTimers();
  channel = slowChannels(() => ON_ITS_WAY_MS);
  server = new FakeServer();
  server.rememberAda();
  tabs = browser(server);
});

afterEach(() => {
  vi.useRealTimers();
});

async function twoTabs() {
  const one = tabs.open({ channel: channel() });
  const other = tabs.open({ channel: channel() });
  const restored = Promise.all([one.auth.restore(), other.auth.restore()]);
  await vi.runAllTimersAsync();
  await restored;
  return { one, other };
}

test("two tabs that need a refresh at once make one", async () => {
  const { one, other } = await twoTabs();
  const before = server.count(TOKEN);
  server.expireTokens();
  const listed = Promise.all([one.api.listItems(), other.api.listItems()]);
  await vi.runAllTimersAsync();
  await listed;
  expect(server.count(TOKEN)).toBe(before + 1);
});

test("a tab tries by itself when the one before it had no luck", async () => {
  const { one, other } = await twoTabs();
  const before = server.count(TOKEN);
  server.expireTokens();
  server.answer(TOKEN, unreachable);
  const listed = Promise.allSettled([one.api.listItems(), other.api.listItems()]);
  await vi.runAllTimersAsync();
  expect((await listed).map((each) => each.status)).toEqual(["rejected", "fulfilled"]);
  expect(server.count(TOKEN)).toBe(before + 2);
});
