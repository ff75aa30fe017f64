// The loop: which way it goes, when it waits, and what wakes it.

import { expect, test, vi } from "vitest";

import type { Credentials } from "../../src/auth/credentials.js";
import type { Connection, Dial } from "../../src/feed/connections.js";
import { FeedLoop } from "../../src/feed/feed_loop.js";
import { fixedCredentials } from "../../src/feed/fixed_credentials.js";
import { Follower } from "../../src/feed/follower.js";
import { Gate } from "../../src/feed/gate.js";
import { BROKEN } from "../../src/feed/policy.js";
import { Transports } from "../../src/feed/transports.js";
import { Alarm } from "../../src/feed/wake_ups.js";
import { JITTER_MS } from "../../src/feed/waits.js";
import { FakeClock } from "../conformance/fake_clock.js";
import { Program } from "../conformance/program.js";
import { Bench, END, HandWakeUps } from "./bench.js";

test("sockets that fail while HTTP works make the feed a stream, at once", async () => {
  const bench = new Bench([
    { after: "0", transport: "websocket", script: [{ refuse: 502 }] },
    { after: "0", transport: "websocket", script: [{ refuse: 502 }] },
    { after: "0", transport: "sse", script: [{ hello: 2 }, { events: [1] }, { drop: true }] },
    { after: "1", transport: "sse", script: [{ hello: 2 }, { events: [2] }, ...END] },
  ]);
  const found = await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(found).toMatchObject({ seqs: [1, 2], outcome: "ended" });
  expect(bench.clock.delays).toEqual([0.1, 0.1]);
});

test("a socket that opens and never speaks counts as one that fails", async () => {
  const silent = { after: "0", transport: "websocket", script: [{ tick: 2 }] } as const;
  const stream = [{ hello: 1 }, { events: [1] }, ...END];
  const bench = new Bench([silent, silent, { after: "0", transport: "sse", script: stream }]);
  const found = await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(found).toMatchObject({ seqs: [1], outcome: "ended" });
});

test("a server that is down is no block: with the stream down too the waits go on", async () => {
  const down = { after: "0", script: [{ refuse: 502 }] };
  const up = { after: "0", script: [{ hello: 1 }, { events: [1] }, ...END] };
  const bench = new Bench([down, down, down, { ...up, transport: "websocket" }]);
  await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(bench.clock.delays).toEqual([0.1, 0.4]);
});

test("a code of the server's own says that sockets get through", async () => {
  const busy = { after: "0", script: [{ close: 4529 }] };
  const socket = { after: "0", script: [{ hello: 1 }, { events: [1] }, ...END] };
  const bench = new Bench([busy, busy, busy, { ...socket, transport: "websocket" }]);
  await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(bench.clock.delays).toEqual([0.1, 0.2, 0.4]);
});

test("what one watch learns of sockets the next one knows", async () => {
  const blocked = { after: "0", transport: "websocket", script: [{ refuse: 403 }] } as const;
  const stream = { after: "0", transport: "sse", script: [{ hello: 0 }, ...END] } as const;
  const bench = new Bench([blocked, blocked, stream, stream]);
  for await (const _ of bench.feeds.watch("e1"));
  await bench.found(bench.program.run(bench.feeds.watch("e1")));
});

test("a wake-up ends a wait", async () => {
  const bench = new Bench([
    { after: "0", script: [{ drop: true }] },
    { after: "0", script: [{ hello: 1 }, { events: [1] }, ...END] },
  ]);
  bench.clock.holdsWaits = true;
  const running = bench.program.run(bench.feeds.watch("e1", { onStatus: bench.onStatus }));
  await bench.clock.waits.at(0);
  expect(bench.statuses.at(-1)).toEqual({
    phase: "waiting",
    until: bench.clock.now() + 100,
    code: BROKEN,
    reason: "",
  });
  expect(bench.wakeUps.isListening).toBe(true);
  bench.wakeUps.wake();
  (await bench.clock.waits.at(1)).pass();
  expect(await bench.found(running)).toMatchObject({ seqs: [1] });
  expect(bench.wakeUps.isListening).toBe(false);
});

test("no wake-up ends a wait that the server asked for", async () => {
  const bench = new Bench([
    { after: "0", script: [{ refuse: 429, retry_after: 7 }] },
    { after: "0", script: [{ hello: 1 }, { events: [1] }, ...END] },
  ]);
  bench.clock.holdsWaits = true;
  const running = bench.program.run(bench.feeds.watch("e1", { transport: "sse" }));
  const wait = await bench.clock.waits.at(0);
  bench.wakeUps.wake();
  await bench.settled();
  expect([wait.ms, bench.server.unplayed]).toEqual([7_100, 1]);
  wait.pass();
  expect(await bench.found(running)).toMatchObject({ seqs: [1] });
});

test("an opening that hangs is given up at a wake-up, once it is no longer young", async () => {
  const bench = new Bench([
    { after: "0", script: [{ hang: true }] },
    { after: "0", script: [{ hello: 0 }, ...END] },
  ]);
  const running = bench.program.run(bench.feeds.watch("e1", { onStatus: bench.onStatus }));
  await bench.server.opened(1);
  bench.wakeUps.wake();
  await bench.settled();
  expect(bench.phases).toEqual(["connecting"]);
  bench.clock.jump(60_000);
  bench.wakeUps.wake();
  await bench.found(running);
  const again = ["waiting", "connecting", "catching_up", "ended"];
  expect(bench.phases).toEqual(["connecting", ...again]);
});

test("the statuses tell the whole way", async () => {
  const caughtUp = { send: { type: "caught_up", seq: 2 } };
  const bench = new Bench([
    {
      after: "0",
      script: [{ hello: 2 }, { events: [1, 2] }, caughtUp, { close: 1012, reason: "soon" }],
    },
    { after: "2", script: [{ hello: 2 }, { send: { type: "lag", behind: 9 } }, ...END] },
  ]);
  await bench.found(bench.program.run(bench.feeds.watch("e1", { onStatus: bench.onStatus })));
  expect(bench.statuses).toEqual([
    { phase: "connecting" },
    { phase: "catching_up", behind: 2 },
    { phase: "live" },
    { phase: "waiting", until: 100, code: 1012, reason: "soon" },
    { phase: "connecting" },
    { phase: "catching_up", behind: 0 },
    { phase: "catching_up", behind: 9 },
    { phase: "ended", error: null },
  ]);
});

test("a connection that comes about after it was given up is closed", async () => {
  const clock = new FakeClock();
  const late = new Gate(false);
  const closed = new Gate(false);
  const connection = {
    transport: "sse",
    receive: vi.fn(),
    send: vi.fn(),
    close: () => closed.open(),
  };
  const dial: Dial = async () => {
    await late.wait();
    return connection as Connection;
  };
  const wakeUps = new HandWakeUps();
  const loop = new FeedLoop({
    follower: new Follower(0),
    credentials: fixedCredentials(null),
    dials: { websocket: dial, sse: dial },
    transports: new Transports("sse"),
    clock,
    random: () => 1,
    wakeUps,
    answers: new Alarm(),
    observe: () => undefined,
  });
  const leaving = new AbortController();
  const running = loop.run(leaving.signal);
  clock.holdsWaits = true;
  await new Promise(setImmediate);
  clock.jump(60_000);
  wakeUps.wake();
  await clock.waits.at(0);
  late.open();
  await closed.wait();
  leaving.abort(new Error("left"));
  await expect(running).rejects.toThrow("left");
});

function renewing(answers: string[]) {
  const asked: string[] = [];
  const refused: string[] = [];
  const credentials: Credentials = {
    token: async () => "now",
    renew: async (rejected) => {
      asked.push(rejected);
      return answers.shift() ?? null;
    },
    refuse: (token) => void refused.push(token),
  };
  return { asked, refused, credentials };
}

test("a renewal that brings the same token is none, and signs out", async () => {
  const { credentials } = renewing(["now"]);
  const bench = new Bench([{ after: "0", token: "now", script: [{ close: 4401 }] }], credentials);
  const found = await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(found).toMatchObject({ outcome: "signed_out" });
});

test("after a renewal the credentials are asked as before", async () => {
  const { asked, credentials } = renewing(["other"]);
  const connections = [
    { after: "0", token: "now", script: [{ close: 4401 }] },
    { after: "0", token: "other", script: [{ hello: 1 }, { drop: true }] },
    { after: "0", token: "now", script: [{ hello: 1 }, { events: [1] }, ...END] },
  ];
  const bench = new Bench(connections, credentials);
  await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(asked).toEqual(["now"]);
});

test("a renewed token that is refused as well is told of; one that did its work is renewed", async () => {
  const { asked, refused, credentials } = renewing(["b", "c"]);
  const connections = [
    { after: "0", token: "now", script: [{ hello: 1 }, { close: 4401 }] },
    { after: "0", token: "b", script: [{ hello: 1 }, { events: [1] }, { close: 4401 }] },
    { after: "1", token: "c", script: [{ close: 4401 }] },
  ];
  const bench = new Bench(connections, credentials);
  const found = await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect(found).toMatchObject({ outcome: "signed_out" });
  expect([asked, refused]).toEqual([["now", "b"], ["c"]]);
});

test("what another token is refused with is no business of who is signed in", async () => {
  const { asked, refused, credentials } = renewing(["b"]);
  const bench = new Bench([{ after: "0", token: "rcw_1", script: [{ close: 4401 }] }], credentials);
  const watch = bench.feeds.watch("e1", { token: "rcw_1" });
  expect(await bench.found(bench.program.run(watch))).toMatchObject({ outcome: "signed_out" });
  expect([asked, refused]).toEqual([[], []]);
});

const UP = [{ hello: 1 }, { events: [1] }, ...END];

test("an answer of the server ends a wait, and so does the greeting of another feed", async () => {
  const bench = new Bench([
    { after: "0", script: [{ drop: true }] },
    { after: "0", script: [{ drop: true }] },
    { after: "0", script: UP },
    { after: "0", script: UP },
  ]);
  bench.clock.holdsWaits = true;
  const running = [1, 2].map(() => new Program().run(bench.feeds.watch("e1")));
  await bench.clock.waits.at(1);
  bench.answers.ring();
  const jitters = [await bench.clock.waits.at(2), await bench.clock.waits.at(3)];
  expect(jitters.map(({ ms }) => ms)).toEqual([100, 100]);
  jitters[0]?.pass();
  await bench.server.opened(3);
  await bench.settled();
  expect(bench.server.unplayed).toBe(1);
  (await bench.clock.waits.at(4)).pass();
  expect(await bench.found(Promise.all(running))).toMatchObject([{ seqs: [1] }, { seqs: [1] }]);
});

test("a wake-up in the midst of an opening that fails is not forgotten", async () => {
  const broken = { after: "0", script: [{ hello: 1 }, { drop: true }] };
  const hung = { after: "0", script: [{ hang: true }] };
  const bench = new Bench([broken, broken, broken, hung, { after: "0", script: UP }]);
  const running = bench.program.run(bench.feeds.watch("e1"));
  await bench.server.opened(4);
  bench.clock.jump(3_600_000);
  bench.wakeUps.wake();
  await bench.found(running);
  expect(bench.clock.delays).toEqual([0.1, 0.2, 0.4, JITTER_MS / 1000]);
});
