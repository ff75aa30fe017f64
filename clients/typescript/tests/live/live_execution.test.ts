// What is shown of an execution while somebody looks at it.

import { beforeEach, expect, test } from "vitest";

import { LiveExecution, UNSEEN } from "../../src/live/live_execution.js";
import { event, EXECUTION, FakeWatch } from "../tools/fake_watch.js";

const MOST = 3;

let watches: FakeWatch[];
let live: LiveExecution;

beforeEach(() => {
  watches = [];
  live = new LiveExecution((options) => {
    const watch = new FakeWatch(options);
    watches.push(watch);
    return watch.asWatch;
  }, MOST);
});

function lookedAt(): FakeWatch {
  live.subscribe(() => undefined);
  const watch = watches.at(-1);
  if (watch === undefined) throw new Error("nothing is watched");
  return watch;
}

test("it is watched from the first observer to the last", () => {
  const leaving = [live.subscribe(() => undefined), live.subscribe(() => undefined)];
  expect(watches.length).toBe(1);
  leaving[0]?.();
  expect(watches[0]?.closed).toBe(false);
  leaving[1]?.();
  expect(watches[0]?.closed).toBe(true);
  expect(live.watch).toBeNull();
});

test("who comes back later begins anew", async () => {
  const leave = live.subscribe(() => undefined);
  watches[0]?.hello(EXECUTION);
  leave();
  live.subscribe(() => undefined);
  expect(live.getSnapshot()).toEqual(UNSEEN);
  watches[0]?.live();
  expect(live.getSnapshot()).toEqual(UNSEEN);
});

test("the snapshot is shown, and events go on from it", async () => {
  const watch = lookedAt();
  watch.hello({ ...EXECUTION, last_seq: 2, state: "running" });
  await watch.say(event(1, "execution.queued"), event(2, "execution.started"));
  expect(live.getSnapshot().execution?.state).toBe("running");
  await watch.say(event(3, "execution.succeeded", { result: 7 }));
  expect(live.getSnapshot().execution).toMatchObject({ state: "succeeded", result: 7 });
  expect(live.getSnapshot().events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("the snapshot of the next connection takes the place of the first", async () => {
  const watch = lookedAt();
  watch.hello(EXECUTION);
  await watch.say(event(2, "execution.started"));
  watch.hello({ ...EXECUTION, last_seq: 9, state: "waiting" });
  expect(live.getSnapshot().execution?.state).toBe("waiting");
  await watch.say(event(3, "execution.succeeded", { result: 7 }));
  expect(live.getSnapshot().execution?.state).toBe("waiting");
});

test("no more events are kept than were asked for, and it tells how many are not", async () => {
  const watch = lookedAt();
  watch.hello(EXECUTION);
  await watch.say(event(1), event(2));
  await watch.say(event(3), event(4), event(5));
  const { events, dropped } = live.getSnapshot();
  expect([events.map(({ seq }) => seq), dropped]).toEqual([[3, 4, 5], 2]);
});

test("gaps and the state of the connection are told", () => {
  const watch = lookedAt();
  watch.gap(1, 9);
  watch.live();
  expect(live.getSnapshot()).toMatchObject({
    gaps: [{ first: 1, last: 9 }],
    status: { phase: "live" },
  });
});

test("each change is a new snapshot, and observers are told of it", async () => {
  const seen: unknown[] = [];
  live.subscribe(() => seen.push(live.getSnapshot()));
  watches[0]?.live();
  await watches[0]?.say(event(1));
  expect(new Set(seen).size).toBe(2);
});
