import { describe, expect, test } from "vitest";

import {
  LONGEST_PAUSE,
  replayFrom,
  seek,
  tick,
  toggle,
  type Course,
  type Replay,
} from "../../src/execution/record/replay.ts";

function courseOf(...times: number[]): Course {
  return {
    firstTime: times[0] ?? 0,
    lastTime: times.at(-1) ?? 0,
    nextTimeAfter: (time) => times.find((each) => each > time) ?? null,
  };
}

function playing(time: number, more: Partial<Replay> = {}): Replay {
  return { ...replayFrom(time), isPlaying: true, ...more };
}

const COURSE = courseOf(0, 1_000, 2_000, 100_000, 101_000);

describe("a replay", () => {
  test("goes as fast as it happened, or so many times faster", () => {
    expect(tick(playing(100), 16, COURSE).time).toBe(116);
    expect(tick(playing(100, { speed: 8 }), 16, COURSE).time).toBe(228);
  });

  test("does not move while it is paused", () => {
    expect(tick(replayFrom(100), 16, COURSE)).toEqual(replayFrom(100));
  });

  test("skips a long pause, but for its last moment", () => {
    const after = tick(playing(2_000), 16, COURSE);
    expect(after.time).toBe(100_000 - LONGEST_PAUSE);
    expect(tick(after, 16, COURSE).time).toBe(after.time + 16);
    expect(tick(playing(2_000, { skipsPauses: false }), 16, COURSE).time).toBe(2_016);
  });

  test("stops at the end, and begins anew from there", () => {
    const ended = tick(playing(100_990), 16, COURSE);
    expect(ended).toMatchObject({ time: 101_000, isPlaying: false });
    expect(toggle(ended, COURSE)).toMatchObject({ time: 0, isPlaying: true });
  });

  test("can be paused and gone on with", () => {
    const paused = toggle(playing(500), COURSE);
    expect(paused).toMatchObject({ time: 500, isPlaying: false });
    expect(toggle(paused, COURSE)).toMatchObject({ time: 500, isPlaying: true });
  });

  test("stays within the log", () => {
    expect(seek(replayFrom(0), -5, COURSE).time).toBe(0);
    expect(seek(replayFrom(0), 1e9, COURSE).time).toBe(101_000);
    expect(seek(replayFrom(0), 500, COURSE).time).toBe(500);
  });
});
