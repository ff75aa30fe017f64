// An execution that is watched for as long as somebody looks at it: what is shown of it, as a store.

import type {
  FeedEvent,
  FeedExecution,
  FeedStatus,
  Gap,
  Watch,
  WatchOptions,
} from "../feed/index.js";
import { folded } from "./fold.js";
import { Observers } from "./observers.js";

export interface ExecutionView {
  /** The execution as far as the feed has told it; null before the first word. */
  readonly execution: FeedExecution | null;
  /** The latest events, in order; no more than were asked for. */
  readonly events: readonly FeedEvent[];
  /** Events that are not among them any more. */
  readonly dropped: number;
  /** Events that the server has no more. */
  readonly gaps: readonly Gap[];
  /** Where the connection stands. */
  readonly status: FeedStatus;
}

export type WatchIt = (options: WatchOptions) => Watch;

export const UNSEEN: ExecutionView = {
  execution: null,
  events: [],
  dropped: 0,
  gaps: [],
  status: { phase: "connecting" },
};

export class LiveExecution {
  readonly #watchIt: WatchIt;
  readonly #most: number;
  readonly #observers = new Observers();
  #view = UNSEEN;
  #snapshot: FeedExecution | null = null;
  #watch: Watch | null = null;

  constructor(watchIt: WatchIt, most: number) {
    this.#watchIt = watchIt;
    this.#most = most;
  }

  readonly getSnapshot = (): ExecutionView => this.#view;

  /** Watches from the first observer on, until the last has gone. */
  readonly subscribe = (observer: () => void): (() => void) => {
    const leave = this.#observers.add(observer);
    if (this.#watch === null) this.#begin();
    return () => {
      leave();
      if (this.#observers.isEmpty) this.#end();
    };
  };

  /** Sends commands; null while nobody looks. */
  get watch(): Watch | null {
    return this.#watch;
  }

  #begin(): void {
    this.#view = UNSEEN;
    const watch = this.#watchIt({
      onGap: (gap) => this.#show(watch, { gaps: [...this.#view.gaps, gap] }),
      onStatus: (status) => this.#show(watch, { status }),
    });
    this.#watch = watch;
    void this.#follow(watch);
  }

  #end(): void {
    const watch = this.#watch;
    this.#watch = null;
    watch?.close();
  }

  async #follow(watch: Watch): Promise<void> {
    try {
      for await (const batch of watch.batches()) this.#take(watch, batch);
    } catch {
      // The status tells what ended the watch.
    }
  }

  #take(watch: Watch, batch: readonly FeedEvent[]): void {
    const all = [...this.#view.events, ...batch];
    const events = all.slice(-this.#most);
    const dropped = this.#view.dropped + all.length - events.length;
    this.#show(watch, { events, dropped }, batch);
  }

  #show(watch: Watch, change: Partial<ExecutionView>, batch: readonly FeedEvent[] = []): void {
    if (watch !== this.#watch) return;
    const before = this.#greeted(watch) ?? this.#view.execution;
    const execution = before === null ? null : batch.reduce(folded, before);
    this.#view = { ...this.#view, ...change, execution };
    this.#observers.tell();
  }

  /** Each connection begins with a snapshot, which holds all that came before it. */
  #greeted(watch: Watch): FeedExecution | null {
    if (watch.execution === this.#snapshot) return null;
    this.#snapshot = watch.execution;
    return this.#snapshot;
  }
}
