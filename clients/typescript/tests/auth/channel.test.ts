// What tabs tell each other arrives at the others and not at oneself.

import { afterEach, describe, expect, test, vi } from "vitest";

import { browserChannel, type Channel, type News, processChannel } from "../../src/auth/channel.js";

const LEFT: News = { type: "signed-out", reason: "logged-out", at: 0 };
const open: Channel[] = [];

afterEach(() => {
  for (const channel of open.splice(0)) channel.close();
});

function opened(channel: Channel): { channel: Channel; heard: News[] } {
  const heard: News[] = [];
  channel.listen((news) => heard.push(news));
  open.push(channel);
  return { channel, heard };
}

describe.each([
  ["the browser's", (name: string) => browserChannel(new BroadcastChannel(name))],
  ["the process's", processChannel],
])("%s channel", (kind, make) => {
  test("carries what one tab says to the others", async () => {
    const [one, other] = [opened(make(kind)), opened(make(kind))];
    const elsewhere = opened(make(`${kind} elsewhere`));
    one.channel.post(LEFT);
    await vi.waitFor(() => expect(other.heard).toEqual([LEFT]));
    expect([one.heard, elsewhere.heard]).toEqual([[], []]);
  });

  test("carries nothing to a tab that was closed", async () => {
    const [one, other, witness] = [opened(make(kind)), opened(make(kind)), opened(make(kind))];
    other.channel.close();
    one.channel.post(LEFT);
    await vi.waitFor(() => expect(witness.heard).toEqual([LEFT]));
    expect(other.heard).toEqual([]);
  });
});
