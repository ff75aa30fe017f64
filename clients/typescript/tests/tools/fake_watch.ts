// A watch that a test tells what to say.

import type { Watch, WatchOptions } from "../../src/index.js";
import type { FeedEvent, FeedExecution } from "../../src/feed/index.js";

export const EXECUTION: FeedExecution = {
  id: "019b7603-7d80-7000-8000-3d3b2e6c1f5a",
  item_id: null,
  handler: "sweep",
  handler_version: null,
  state: "queued",
  input: {},
  result: null,
  error: null,
  progress: null,
  attempt: 0,
  last_seq: 1,
  open_questions: 0,
  team_id: null,
  retry_of: null,
  parent_id: null,
  priority: 0,
  run_at: "2026-01-01T00:00:00Z",
  created_at: "2026-01-01T00:00:00Z",
  started_at: null,
  finished_at: null,
};

export function event(seq: number, kind = "log", data: FeedEvent["data"] = {}): FeedEvent {
  return { seq, kind, at: `2026-01-01T00:00:${seq}Z`, attempt: 1, step: null, data };
}

type Batch = readonly FeedEvent[];

export class FakeWatch {
  execution: FeedExecution | null = null;
  closed = false;
  readonly sent: unknown[] = [];
  readonly #options: WatchOptions;
  #waiting: ((batch: Batch | null) => void) | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** What hooks take it for. */
  get asWatch(): Watch {
    return this as unknown as Watch;
  }

  hello(execution: FeedExecution): void {
    this.execution = execution;
    this.#options.onStatus?.({ phase: "catching_up", behind: 1 });
  }

  live(): void {
    this.#options.onStatus?.({ phase: "live" });
  }

  gap(first: number, last: number): void {
    this.#options.onGap?.({ first, last });
  }

  /** Resolves once the events have been taken. */
  async say(...batch: FeedEvent[]): Promise<void> {
    this.#waiting?.(batch);
    await new Promise((resolve) => setTimeout(resolve));
  }

  async *batches(): AsyncGenerator<Batch, undefined> {
    for (;;) {
      const batch = await new Promise<Batch | null>((resolve) => {
        this.#waiting = resolve;
      });
      if (batch === null) return;
      yield batch;
    }
  }

  close(): void {
    this.closed = true;
    this.#waiting?.(null);
  }

  answer(...said: unknown[]): Promise<number> {
    return this.#command("answer", said);
  }

  signal(...said: unknown[]): Promise<number> {
    return this.#command("signal", said);
  }

  cancel(): Promise<number> {
    return this.#command("cancel", []);
  }

  #command(name: string, said: readonly unknown[]): Promise<number> {
    this.sent.push([name, ...said]);
    return Promise.resolve(this.sent.length);
  }
}
