import { describe, expect, test } from "vitest";

import { ExecutionModel } from "../../src/execution/live/execution_model.ts";
import type { Frames } from "../../src/execution/live/frames.ts";
import { LiveExecution, type WatchOptions } from "../../src/execution/live/live_execution.ts";
import type { FeedEvent } from "../../src/execution/record/feed_event.ts";
import { Script, START } from "./events.ts";

/** A screen whose frames are drawn when a test says so. */
class FakeFrames implements Frames {
  time = 0;
  rests = 0;
  #waiting: ((time: number) => void)[] = [];

  now(): number {
    return this.time;
  }

  next(callback: (time: number) => void): void {
    this.#waiting.push(callback);
  }

  rest(): Promise<void> {
    this.rests += 1;
    return Promise.resolve();
  }

  draw(milliseconds = 16): void {
    this.time += milliseconds;
    const due = this.#waiting;
    this.#waiting = [];
    for (const callback of due) callback(this.time);
  }
}

type Batches = (options: WatchOptions) => AsyncGenerator<readonly FeedEvent[]>;

async function followed(
  open: Batches,
  clock = new FakeFrames(),
): Promise<[LiveExecution, FakeFrames]> {
  const live = new LiveExecution(open, clock);
  await live.follow(new AbortController().signal);
  return [live, clock];
}

function logs(count: number): FeedEvent[] {
  const script = new Script();
  return Array.from({ length: count }, (_, index) => script.log(`line ${index}`));
}

describe("a live execution", () => {
  test("knows since when its server is lost, until it is there again", async () => {
    const seen: (number | null)[] = [];
    const holder: { live?: LiveExecution } = {};
    const note = () => seen.push(holder.live?.lostAt ?? null);
    const waiting = { phase: "waiting", until: 0, code: 1006, reason: "" } as const;
    holder.live = new LiveExecution(async function* ({ onStatus }) {
      onStatus(waiting);
      note();
      onStatus({ phase: "live" });
      onStatus(waiting);
      onStatus({ phase: "connecting" });
      note();
      onStatus({ phase: "catching_up", behind: 0 });
      note();
      yield logs(1);
    }, new FakeFrames());
    await holder.live.follow(new AbortController().signal);
    expect(seen).toEqual([null, expect.any(Number), null]);
  });

  test("is lost from its end on, where it was there and is refused", async () => {
    const [live] = await followed(async function* ({ onStatus }) {
      onStatus({ phase: "live" });
      onStatus({ phase: "connecting" });
      yield logs(1);
      throw new Error("refused");
    });
    expect(live.lostAt).toEqual(expect.any(Number));
    expect(live.failure).toMatchObject({ message: "refused" });
  });

  test("files all events, and tells of them once a frame", async () => {
    const clock = new FakeFrames();
    let told = 0;
    const live = new LiveExecution(async function* () {
      yield logs(1_000);
    }, clock);
    live.subscribe(() => (told += 1));
    await live.follow(new AbortController().signal);
    expect(live.record.lastSeq).toBe(1_000);
    expect(told).toBe(0);
    clock.draw();
    clock.draw();
    expect(told).toBe(1);
  });

  test("lets the page breathe between slices of work", async () => {
    const clock = new FakeFrames();
    clock.now = () => (clock.time += 1);
    await followed(async function* () {
      yield logs(100);
    }, clock);
    expect(clock.rests).toBeGreaterThan(8);
  });

  test("comes back from where it stands", async () => {
    const asked: number[] = [];
    const [live] = await followed(async function* ({ after }) {
      asked.push(after);
      yield logs(3);
    });
    await live.follow(new AbortController().signal);
    expect(asked).toEqual([0, 3]);
    expect(live.record.log.end).toBe(3);
  });

  test("counts down how far it is behind", async () => {
    const [live] = await followed(async function* ({ onStatus }) {
      onStatus({ phase: "catching_up", behind: 10 });
      yield logs(4);
    });
    expect(live.behind).toBe(6);
  });

  test("tells of events that were pruned, and of an end that is a failure", async () => {
    const [live] = await followed(async function* ({ onGap }) {
      onGap({ first: 1, last: 2 });
      yield logs(4).slice(2);
      throw new Error("refused");
    });
    expect(live.record.gaps).toEqual([{ first: 1, last: 2 }]);
    expect(live.status).toMatchObject({ phase: "ended", error: { message: "refused" } });
  });

  test("takes nothing after it was left", async () => {
    const leaving = new AbortController();
    const live = new LiveExecution(async function* () {
      yield logs(2);
      leaving.abort();
      yield logs(5);
    }, new FakeFrames());
    await live.follow(leaving.signal);
    expect(live.record.lastSeq).toBe(2);
  });
});

async function modelOf(count: number): Promise<[ExecutionModel, FakeFrames]> {
  const [live, clock] = await followed(async function* () {
    yield logs(count);
  });
  const model = new ExecutionModel(live, clock);
  model.subscribe(() => undefined);
  return [model, clock];
}

describe("the moment that is shown", () => {
  test("is now, until somebody goes to another, and now again after that", async () => {
    const [model] = await modelOf(10);
    expect(model.asOf).toBe(Infinity);
    model.seekTime(START + 4_500);
    expect(model.asOf).toBe(4);
    expect(model.now).toBe(START + 4_500);
    model.goLive();
    expect(model.asOf).toBe(Infinity);
  });

  test("can be one event of several at the same time", async () => {
    const script = new Script();
    const [live] = await followed(async function* () {
      yield [1, 2, 3].map(() => script.event("log", { message: "x" }, { at: 7 }));
    });
    const model = new ExecutionModel(live, new FakeFrames());
    const seen: number[] = [];
    model.subscribe(() => seen.push(model.asOf));
    model.seekSeq(2);
    model.setSpeed(8);
    model.seekSeq(99);
    expect(seen).toEqual([2, 2, 3]);
  });

  test("moves with the frames while it plays, and stops at the end", async () => {
    const [model, clock] = await modelOf(3);
    model.togglePlaying();
    model.setSpeed(8);
    clock.draw();
    clock.draw(100);
    expect(model.now).toBe(START + 1_800);
    expect(model.asOf).toBe(1);
    clock.draw(200);
    expect(model.asOf).toBe(3);
    expect(model.replay?.isPlaying).toBe(false);
  });

  test("stays where it is while new events come", async () => {
    const [model] = await modelOf(10);
    model.seekSeq(5);
    const script = new Script();
    script.skip(10);
    model.record.apply(script.log("new"));
    expect(model.asOf).toBe(5);
  });
});
