// One connection while it lasts: heartbeats, wake-ups, slow readers, credentials that expire.

import { expect, test } from "vitest";

import type { Credentials } from "../../src/auth/credentials.js";
import { PROBE_MS } from "../../src/feed/held_connection.js";
import { hello, type Step } from "../conformance/cases.js";
import { Bench, END, held, range } from "./bench.js";

const PING = { expect: { type: "ping" } };
const PONG = { send: { type: "pong" } };

test("a wake-up asks a socket for a sign of life, and one that gives it is kept", async () => {
  const { wait, pass } = held();
  const bench = new Bench([
    { after: "0", script: [{ hello: 1 }, PING, PONG, { wait }, { events: [1] }, ...END] },
  ]);
  bench.clock.holdsWaits = true;
  const running = bench.program.run(bench.feeds.watch("e1", { onStatus: bench.onStatus }));
  await bench.settled();
  bench.wakeUps.wake();
  const probe = await bench.clock.waits.at(0);
  await bench.settled();
  probe.pass();
  await bench.settled();
  pass();
  await bench.found(running);
  expect([probe.ms, bench.phases]).toEqual([PROBE_MS, ["connecting", "catching_up", "ended"]]);
});

test("a socket that stays silent after a wake-up is left", async () => {
  const bench = new Bench([
    { after: "0", script: [{ hello: 1 }, { events: [1] }, PING] },
    { after: "1", script: [{ hello: 2 }, { events: [2] }, ...END] },
  ]);
  const running = bench.program.run(bench.feeds.watch("e1"));
  await bench.program.seqs.until(1);
  bench.wakeUps.wake();
  expect(await bench.found(running)).toMatchObject({ seqs: [1, 2] });
  expect(bench.clock.delays).toEqual([PROBE_MS / 1000, 0.1]);
});

test("a stream that has not spoken for longer than a heartbeat is left at a wake-up", async () => {
  const bench = new Bench([
    { after: "0", script: [{ hello: 1 }, { events: [1] }] },
    { after: "1", script: [{ hello: 2 }, { events: [2] }, ...END] },
  ]);
  const running = bench.program.run(bench.feeds.watch("e1", { transport: "sse" }));
  await bench.program.seqs.until(1);
  bench.wakeUps.wake();
  await bench.settled();
  expect(bench.server.unplayed).toBe(1);
  bench.clock.jump(60_000);
  bench.wakeUps.wake();
  expect(await bench.found(running)).toMatchObject({ seqs: [1, 2] });
});

test("a frame of a type not known is a sign of life", async () => {
  const turns = [0, 1, 2, 3].map(() => held());
  const silence = turns.flatMap(({ wait }) => [
    { send: { type: "weather" } },
    { wait },
    { tick: 1 },
  ]);
  const bench = new Bench([{ after: "0", script: [{ hello: 0 }, ...silence, ...END] }]);
  const running = bench.program.run(bench.feeds.watch("e1"));
  for (const turn of turns) {
    await bench.settled();
    turn.pass();
  }
  expect(await bench.found(running)).toMatchObject({ outcome: "ended" });
  expect(bench.clock.delays).toEqual([]);
});

/** A feed that has brought more than is held of it, and whose reader has stopped at the first. */
async function stalled(script: Step[]) {
  const head = [{ hello: 30_000 }, { events: [1] }, { events: range(2, 20_001) }];
  const rest = [{ events: range(20_002, 30_000) }, ...END];
  const { wait, pass } = held();
  const bench = new Bench([{ after: "0", script: [...head, { wait }, ...script, ...rest] }]);
  const watch = bench.feeds.watch("e1");
  await watch.next();
  await bench.settled();
  pass();
  return { bench, watch };
}

test("heartbeats are as long as the hello says, from the hello on", async () => {
  const greeting = { send: { ...hello(0), heartbeat: 5 } };
  const bench = new Bench([{ after: "0", script: [greeting] }]);
  bench.clock.holdsWaits = true;
  const watch = bench.feeds.watch("e1");
  const next = watch.next();
  expect(await bench.found(bench.clock.waits.at(0))).toMatchObject({ ms: 5_000 });
  watch.close();
  expect(await next).toMatchObject({ done: true });
});

test("a slow reader is not read for, and shows life by itself", async () => {
  const reading = held();
  const alive = [{ tick: 1 }, PING, { tick: 1 }, PING, { tick: 1 }, PING];
  const more = { events: [20_002] };
  const { bench, watch } = await stalled([...alive, more, { wait: reading.wait }]);
  await bench.settled();
  expect(watch.known).toBe(20_001);
  reading.pass();
  const found = await bench.found(bench.program.run(watch));
  expect(found).toMatchObject({ seqs: range(2, 30_000), outcome: "ended" });
});

test("a command is answered past a reader who does not read", async () => {
  const ack = { send: { type: "ack", id: "$c", seq: 7 } };
  const sent = { expect: { type: "cancel", id: "$c" } };
  const { bench, watch } = await stalled([sent, { events: [20_002] }, ack]);
  expect(await bench.found(watch.cancel())).toBe(7);
  watch.close();
});

test("a credential that expires is renewed while the feed goes on, if it can be", async () => {
  const asked: string[] = [];
  const credentials: Credentials = {
    token: async () => "a1",
    renew: async (rejected) => {
      asked.push(rejected);
      if (asked.length === 1) throw new Error("the server cannot be asked");
      return "a2";
    },
    refuse: () => undefined,
  };
  const expiring = { send: { type: "auth_expiring", expires_in: 60 } };
  const renewed = { expect: { type: "auth", token: "a2" } };
  const bench = new Bench(
    [
      { after: "0", token: "a1", script: [{ hello: 0 }, expiring] },
      {
        after: "0",
        token: "a1",
        script: [{ hello: 0 }, expiring, renewed, expiring, renewed, ...END],
      },
    ],
    credentials,
  );
  await bench.found(bench.program.run(bench.feeds.watch("e1")));
  expect([asked, bench.clock.delays]).toEqual([["a1", "a1", "a2"], [0.1]]);
});
