// One execution watched: an iterator over its events that outlives every connection.

import { type Head, commandId } from "./commands.js";
import type { Gap } from "./cursor.js";
import { EventsPruned, WatchClosed } from "./errors.js";
import type { FeedLoop } from "./feed_loop.js";
import type { Entry, Follower } from "./follower.js";
import type { Command, FeedEvent, FeedExecution, State } from "./frames.js";
import type { OnStatus } from "./status.js";

export type OnGap = (gap: Gap) => void;

export interface WatchParts {
  readonly loop: FeedLoop;
  readonly follower: Follower;
  readonly observe: OnStatus;
  readonly onGap: OnGap | null;
  readonly signal: AbortSignal | null;
}

type Batch = readonly FeedEvent[];
const OVER = { done: true, value: undefined } as const;

/**
 * Every event behind the cursor once, in order, until the execution has ended.
 *
 * Iterating yields events and connects at the first step; `batches()` yields them as they arrived,
 * many in one array under load. It throws EventsPruned where events can no longer be had (iterate
 * again to go on behind them), or calls `onGap` instead; WatchRefused where the server says never
 * to come back; WatchSignedOut where only a sign-in helps. Any other break is mended; `onStatus`
 * tells of it. Leaving the loop, `close()` and the signal end the watch, which is no error and
 * cancels nothing.
 */
export class Watch implements AsyncIterableIterator<FeedEvent> {
  readonly #parts: WatchParts;
  readonly #leaving = new AbortController();
  #started = false;
  #closed = false;
  #batch: Batch = [];
  #next = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const { signal } = parts;
    if (signal?.aborted) this.close();
    else signal?.addEventListener("abort", () => this.close(), { signal: this.#leaving.signal });
  }

  /** The execution as the last hello showed it; null before the first. */
  get execution(): FeedExecution | null {
    return this.#parts.follower.execution;
  }

  /** Its state as far as the feed has told it; null before the first hello. */
  get state(): State | null {
    return this.#parts.follower.state;
  }

  /** Events that this watch is behind, as the server last said; 0 when caught up. */
  get lag(): number {
    return this.#parts.follower.lag;
  }

  /** The seq up to which everything has arrived; null before the hello of a latest. */
  get known(): number | null {
    return this.#parts.follower.known;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<FeedEvent, undefined>> {
    while (this.#next === this.#batch.length) {
      const batch = await this.#nextBatch();
      if (batch === null) return OVER;
      this.#batch = batch;
      this.#next = 0;
    }
    const value = this.#batch[this.#next] as FeedEvent;
    this.#next += 1;
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<FeedEvent, undefined>> {
    this.close();
    return OVER;
  }

  /** The events as they arrived, never an empty array. */
  batches(): AsyncIterableIterator<Batch, undefined> {
    const batches: AsyncIterableIterator<Batch, undefined> = {
      next: async () => {
        const value = this.#rest() ?? (await this.#nextBatch());
        return value === null ? OVER : { done: false, value };
      },
      return: async () => {
        this.close();
        return OVER;
      },
      [Symbol.asyncIterator]: () => batches,
    };
    return batches;
  }

  /** Answers an open question. Sent and throws as `cancel`. */
  answer(question: string, value: unknown, id: string = commandId()): Promise<Head> {
    return this.#command({ type: "answer", id, question, value });
  }

  /** Sends a signal. Sent and throws as `cancel`. */
  signal(name: string, data: unknown = null, id: string = commandId()): Promise<Head> {
    return this.#command({ type: "signal", id, name, data });
  }

  /**
   * Asks for the cancel of the execution; returns the log's head after it. It is sent again under
   * the same id until the server has answered, whatever breaks. Throws CommandRefused, and
   * WatchClosed if the watch ends first.
   */
  cancel(id: string = commandId()): Promise<Head> {
    return this.#command({ type: "cancel", id });
  }

  /** Leaves the feed; safe to call at any time and twice. */
  close(): void {
    this.#rest();
    this.#parts.loop.entries.clear();
    this.#end(null);
  }

  async #command(frame: Command): Promise<Head> {
    this.#start();
    if (this.#closed) throw new WatchClosed("the watch has ended");
    return this.#parts.loop.entries.urgently(() => this.#parts.loop.command(frame));
  }

  /** Takes what iterating by events has left of a batch. */
  #rest(): Batch | null {
    const rest = this.#batch.slice(this.#next);
    this.#batch = [];
    this.#next = 0;
    return rest.length > 0 ? rest : null;
  }

  async #nextBatch(): Promise<Batch | null> {
    this.#start();
    for (;;) {
      const entry = await this.#parts.loop.entries.get();
      if (entry === null || isBatch(entry)) return entry;
      this.#tell(entry);
    }
  }

  #tell(gap: Gap): void {
    const { onGap } = this.#parts;
    if (onGap === null) throw new EventsPruned(gap.first, gap.last);
    onGap(gap);
  }

  #start(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      await this.#parts.loop.run(this.#leaving.signal);
      this.#end(null);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leaving.abort();
    this.#parts.loop.entries.close(error);
    this.#parts.loop.commands.fail(error ?? new WatchClosed("the watch has ended"));
    this.#parts.observe({ phase: "ended", error });
  }
}

function isBatch(entry: Entry): entry is Batch {
  return "length" in entry;
}
