// Every conformance case, against a fake server in process that plays its script.

import { expect, test } from "vitest";

import { Feeds } from "../../src/feed/index.js";
import { loadCases } from "./cases.js";
import { FakeClock } from "./fake_clock.js";
import { FakeServer } from "./fake_server.js";
import { Program } from "./program.js";
import { ScriptedCredentials } from "./scripted_credentials.js";

test.for(loadCases())("$title", async ({ plan, transport }) => {
  const program = new Program();
  const clock = new FakeClock();
  const server = new FakeServer(plan, program, clock);
  const credentials = new ScriptedCredentials(plan);
  const feeds = new Feeds({
    baseUrl: "http://runcast.test",
    credentials,
    WebSocket: server.Socket,
    fetch: server.fetch,
    clock,
    random: () => 1,
    wakeUps: { listen: () => () => undefined },
  });
  const onGap = plan.gaps === "accept" ? program.onGap : undefined;
  const watch = feeds.watch("e1", { after: plan.after, transport, onGap });
  const found = await Promise.race([program.run(watch), server.failed]);
  watch.close();
  expect({ ...found, delays: clock.delays }).toMatchObject(plan.expected);
  expect([server.unplayed, credentials.unasked]).toEqual([0, 0]);
});
