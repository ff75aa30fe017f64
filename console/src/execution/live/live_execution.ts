// One execution as its feed tells it: what has come is filed at once, a few milliseconds at a go, and
// whoever shows it is told once a frame, however many events that were.
import type { FeedStatus, Gap, OnGap } from "runcast";

import { ExecutionRecord } from "../record/execution_record.ts";
import type { FeedEvent } from "../record/feed_event.ts";
import { frames, type Frames } from "./frames.ts";

export interface WatchOptions {
  readonly after: number;
  readonly signal: AbortSignal;
  readonly onGap: OnGap;
  readonly onStatus: (status: FeedStatus) => void;
}

/** What brings events: a watch of the client, or a test. */
export type OpenFeed = (options: WatchOptions) => AsyncIterable<readonly FeedEvent[]>;

const SLICE_MS = 8;
/** What streams is drawn thirty times a second; while much is still to come, less often. */
const LIVE_MS = 30;
const BACKLOG_MS = 150;
const BACKLOG = 1_000;

export class LiveExecution {
  readonly record = new ExecutionRecord();
  readonly #open: OpenFeed;
  readonly #frames: Frames;
  readonly #listeners = new Set<() => void>();
  #status: FeedStatus = { phase: "connecting" };
  #lostAt: number | null = null;
  #target = 0;
  #sliceEnd = 0;
  #isTold = true;
  #lastTold = -Infinity;
  #signal: AbortSignal | null = null;

  constructor(open: OpenFeed, clock: Frames = frames) {
    this.#open = open;
    this.#frames = clock;
  }

  get status(): FeedStatus {
    return this.#status;
  }

  /** What the feed ended with, where it did not end well. */
  get failure(): Error | null {
    return this.#status.phase === "ended" ? this.#status.error : null;
  }

  /** Since when nothing new can come, in milliseconds since 1970; null while the feed is well. */
  get lostAt(): number | null {
    return this.#lostAt;
  }

  /** How many events of the backlog are still to come. */
  get behind(): number {
    return Math.max(0, this.#target - this.record.lastSeq);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follow the feed from where the record stands, until it ends or the signal says so. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const options: WatchOptions = {
      after: this.record.lastSeq,
      signal,
      onGap: (gap) => this.#addGap(gap),
      onStatus: (status) => this.#setStatus(status, signal),
    };
    try {
      for await (const batch of this.#open(options)) await this.#file(batch, signal);
    } catch (error) {
      this.#setStatus({ phase: "ended", error: asError(error) }, signal);
    }
  }

  /** Try again, after the feed has ended with an error. */
  async again(): Promise<void> {
    if (this.#signal === null || this.failure === null) return;
    this.#setStatus({ phase: "connecting" }, this.#signal);
    await this.follow(this.#signal);
  }

  async #file(batch: readonly FeedEvent[], signal: AbortSignal): Promise<void> {
    for (const event of batch) {
      if (signal.aborted) return;
      if (this.#frames.now() > this.#sliceEnd) await this.#rest();
      this.record.apply(event);
      this.#tellSoon();
    }
  }

  async #rest(): Promise<void> {
    await this.#frames.rest();
    this.#sliceEnd = this.#frames.now() + SLICE_MS;
  }

  #addGap(gap: Gap): void {
    this.record.addGap(gap);
    this.#tellSoon();
  }

  #setStatus(status: FeedStatus, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (status.phase === "catching_up") this.#target = this.record.lastSeq + status.behind;
    this.#lostAt = lostSince(this.#lostAt, this.#status, status);
    this.#status = status;
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#frames.next(this.#tell);
  }

  readonly #tell = (time: number): void => {
    const pause = this.behind > BACKLOG ? BACKLOG_MS : LIVE_MS;
    if (time - this.#lastTold < pause) {
      this.#frames.next(this.#tell);
      return;
    }
    this.#lastTold = time;
    this.#isTold = true;
    for (const listener of this.#listeners) listener();
  };
}

/** What was never there is not lost; what was is lost until it is there again. */
function lostSince(lostAt: number | null, before: FeedStatus, now: FeedStatus): number | null {
  if (isThere(now) || (now.phase === "ended" && now.error === null)) return null;
  return lostAt ?? (isThere(before) ? Date.now() : null);
}

function isThere({ phase }: FeedStatus): boolean {
  return phase === "catching_up" || phase === "live";
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
