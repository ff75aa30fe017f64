// Playing a log again as it happened. Pure: a position in time, a speed, and where the next tick of a
// clock leads; long pauses can be skipped.

export const SPEEDS = [1, 2, 4, 8, 16, 32, 64] as const;
export type Speed = (typeof SPEEDS)[number];

/** A pause that would last longer than this while it is played, in milliseconds, is cut to this. */
export const LONGEST_PAUSE = 1_500;

export interface Replay {
  readonly time: number;
  readonly speed: Speed;
  readonly isPlaying: boolean;
  readonly skipsPauses: boolean;
}

/** What of a record a replay moves over. */
export interface Course {
  readonly firstTime: number;
  readonly lastTime: number;
  nextTimeAfter(time: number): number | null;
}

export function replayFrom(time: number): Replay {
  return { time, speed: 1, isPlaying: false, skipsPauses: true };
}

/** Where a replay is after so many milliseconds of watching it; it stops at the end. */
export function tick(replay: Replay, elapsed: number, course: Course): Replay {
  if (!replay.isPlaying) return replay;
  const time = advanced(replay, elapsed, course);
  if (time >= course.lastTime) return { ...replay, time: course.lastTime, isPlaying: false };
  return { ...replay, time };
}

/** Go to a time; one outside the log is its nearest end. */
export function seek(replay: Replay, time: number, course: Course): Replay {
  return { ...replay, time: Math.min(course.lastTime, Math.max(course.firstTime, time)) };
}

/** Play or pause; what stands at the end begins anew. */
export function toggle(replay: Replay, course: Course): Replay {
  if (replay.isPlaying) return { ...replay, isPlaying: false };
  const time = replay.time >= course.lastTime ? course.firstTime : replay.time;
  return { ...replay, time, isPlaying: true };
}

function advanced(replay: Replay, elapsed: number, course: Course): number {
  const time = replay.time + elapsed * replay.speed;
  const next = course.nextTimeAfter(replay.time);
  if (!replay.skipsPauses || next === null) return time;
  const pause = LONGEST_PAUSE * replay.speed;
  return next - time > pause ? next - pause : time;
}
