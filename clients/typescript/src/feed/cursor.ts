// The position of a watch in a log, and the proof that nothing before it is missing. Pure.

import type { FeedEvent } from "./frames.js";

/** Where a watch begins: behind this seq, 0 for the start, or behind whatever is there now. */
export type After = number | "latest";

/** The feed skipped something that it had not told: this connection cannot be trusted. */
export class Hole extends Error {
  override readonly name = "Hole";
}

/** Everything up to it has been handed on; null until a watch of the latest has begun. */
export type Cursor = number | null;

export interface Gap {
  /** The first event that was pruned. */
  readonly first: number;
  /** The last one, included. */
  readonly last: number;
}

export function cursorAt(after: After): Cursor {
  return after === "latest" ? null : after;
}

export function afterOf(cursor: Cursor): After {
  return cursor ?? "latest";
}

/** The cursor behind the events, those of them that were new, and the hole that stopped them. */
export interface Taken {
  readonly cursor: number;
  readonly fresh: readonly FeedEvent[];
  readonly hole: Hole | null;
}

export function takeEvents(cursor: Cursor, events: readonly FeedEvent[]): Taken {
  let known = begun(cursor);
  const fresh: FeedEvent[] = [];
  for (const event of events) {
    if (event.seq <= known) continue;
    if (event.seq > known + 1) return { cursor: known, fresh, hole: skipped(event.seq, known) };
    fresh.push(event);
    known = event.seq;
  }
  return { cursor: known, fresh, hole: null };
}

/** The part of a gap that lies ahead of the cursor; null for one that is known from before. */
export function takeGap(cursor: Cursor, gap: Gap): Gap | null {
  const known = begun(cursor);
  if (gap.first > known + 1) throw new Hole(`a gap from ${gap.first} came after ${known}`);
  return gap.last > known ? { first: Math.max(gap.first, known + 1), last: gap.last } : null;
}

/** Throws Hole if the feed claims to have sent everything up to `seq` and has not. */
export function assertReached(cursor: Cursor, seq: number): void {
  const known = begun(cursor);
  if (known < seq) throw new Hole(`the feed is said to have reached ${seq} after ${known}`);
}

function begun(cursor: Cursor): number {
  if (cursor === null) throw new Hole("the feed began without a hello");
  return cursor;
}

function skipped(seq: number, known: number): Hole {
  return new Hole(`event ${seq} came after ${known}`);
}
