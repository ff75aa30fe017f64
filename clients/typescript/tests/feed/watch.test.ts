// A watch as a program holds it: by events, by batches, left early, cut short.

import { expect, test } from "vitest";

import { EventsPruned, WatchClosed, WatchRefused } from "../../src/feed/index.js";
import { Bench, END } from "./bench.js";
import { seqsOf } from "./frames_for_tests.js";

const LIVE = [{ hello: 5 }, { events: [1, 2] }, { events: [3] }, { events: [4, 5] }];

test("batches come as the frames did", async () => {
  const bench = new Bench([{ after: "0", script: [...LIVE, ...END] }]);
  const found: number[][] = [];
  for await (const batch of bench.feeds.watch("e1").batches()) found.push(seqsOf(batch));
  expect(found).toEqual([[1, 2], [3], [4, 5]]);
});

test("batches go on where events have stopped", async () => {
  const bench = new Bench([{ after: "0", script: [...LIVE, ...END] }]);
  const watch = bench.feeds.watch("e1");
  expect(await watch.next()).toMatchObject({ value: { seq: 1 } });
  const found: number[][] = [];
  for await (const batch of watch.batches()) found.push(seqsOf(batch));
  expect(found).toEqual([[2], [3], [4, 5]]);
});

test("leaving the loop leaves the feed, and the connection is closed", async () => {
  const bench = new Bench([{ after: "0", script: LIVE }]);
  const watch = bench.feeds.watch("e1", { onStatus: bench.onStatus });
  for await (const { seq } of watch) if (seq === 3) break;
  expect(await watch.next()).toEqual({ done: true, value: undefined });
  expect(bench.statuses.at(-1)).toEqual({ phase: "ended", error: null });
  await bench.found(bench.server.left());
});

test("leaving the loop over batches leaves the feed too", async () => {
  const bench = new Bench([{ after: "0", script: LIVE }]);
  for await (const batch of bench.feeds.watch("e1").batches()) if (batch.length === 1) break;
  await bench.found(bench.server.left());
});

test("the signal ends the watch without an error, and hands on nothing more", async () => {
  const bench = new Bench([{ after: "0", script: LIVE }]);
  const leaving = new AbortController();
  const { signal } = leaving;
  const found: number[] = [];
  for await (const { seq } of bench.feeds.watch("e1", { signal, onStatus: bench.onStatus })) {
    found.push(seq);
    await bench.settled();
    if (seq === 1) leaving.abort();
  }
  expect(found).toEqual([1]);
  await bench.found(bench.server.left());
  expect(bench.phases.filter((phase) => phase === "ended")).toEqual(["ended"]);
});

test("a signal that was given before the start keeps the watch from connecting", async () => {
  const bench = new Bench([]);
  const watch = bench.feeds.watch("e1", { signal: AbortSignal.abort() });
  expect(await watch.next()).toEqual({ done: true, value: undefined });
  await expect(watch.cancel()).rejects.toThrow(WatchClosed);
});

test("the signal ends a wait between connections", async () => {
  const bench = new Bench([{ after: "0", script: [{ drop: true }] }]);
  bench.clock.holdsWaits = true;
  const leaving = new AbortController();
  const next = bench.feeds.watch("e1", { signal: leaving.signal }).next();
  await bench.clock.waits.at(0);
  leaving.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test.each(["events", "batches"])(
  "iterating by %s goes on behind a gap that was told",
  async (by) => {
    const gap = { send: { type: "gap", from: 1, to: 4 } };
    const bench = new Bench([{ after: "0", script: [{ hello: 5 }, gap, { events: [5] }, ...END] }]);
    const watch = bench.feeds.watch("e1");
    const entries: AsyncIterator<unknown> = by === "events" ? watch : watch.batches();
    await expect(entries.next()).rejects.toThrow(new EventsPruned(1, 4));
    expect([await entries.next(), await entries.next()]).toMatchObject([
      { done: false },
      { done: true },
    ]);
  },
);

test("a refusal is told to who iterates, who commands and who observes", async () => {
  const script = [
    { wait: new Promise(setImmediate) },
    { close: 4404, reason: "no such execution" },
  ];
  const bench = new Bench([{ after: "0", script }]);
  const watch = bench.feeds.watch("e1", { onStatus: bench.onStatus });
  const refused = new WatchRefused(4404, "no such execution");
  const command = expect(watch.signal("go")).rejects.toThrow(refused);
  await expect(watch.next()).rejects.toThrow(refused);
  await command;
  expect(bench.statuses.at(-1)).toEqual({ phase: "ended", error: refused });
});

test("commands keep their order and their ids over a break, and ids may be one's own", async () => {
  const answer = { expect: { type: "answer", id: "mine", question: "q1", value: true } };
  const signal = { expect: { type: "signal", id: "$s", name: "go", data: null } };
  const acks = [
    { send: { type: "ack", id: "mine", seq: 8 } },
    { send: { type: "ack", id: "$s", seq: 9 } },
  ];
  const bench = new Bench([
    { after: "0", script: [{ hello: 0 }, answer, signal, { drop: true }] },
    { after: "0", script: [{ hello: 0 }, answer, signal, ...acks] },
  ]);
  const watch = bench.feeds.watch("e1");
  const answers = Promise.all([watch.answer("q1", true, "mine"), watch.signal("go")]);
  expect(await bench.found(answers)).toEqual([8, 9]);
  watch.close();
});

test("a watch tells what it knows of its execution", async () => {
  const bench = new Bench([{ after: "latest", script: [{ hello: 5 }, { events: [6] }, ...END] }]);
  const watch = bench.feeds.watch("e1", { after: "latest" });
  expect([watch.execution, watch.state, watch.known]).toEqual([null, null, null]);
  await watch.next();
  expect([watch.execution?.id, watch.known, watch.lag]).toEqual(["e1", 6, 0]);
  await watch.next();
  expect(watch.state).toBe("succeeded");
});

test("what an observer throws ends the watch with it", async () => {
  const bench = new Bench([{ after: "0", script: LIVE }]);
  const watch = bench.feeds.watch("e1", {
    onStatus: ({ phase }) => {
      if (phase === "catching_up") throw new Error("a broken observer");
    },
  });
  await expect(watch.next()).rejects.toThrow("a broken observer");
});
