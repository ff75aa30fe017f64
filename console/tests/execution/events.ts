// Events as a server would send them, for tests: numbered one after the other, a second apart.
import type { FeedEvent } from "../../src/execution/record/feed_event.ts";

export const START = Date.parse("2026-01-01T00:00:00Z");

export interface Said {
  readonly at?: number;
  readonly attempt?: number;
  readonly step?: string | null;
}

/** Makes events; `at` is in seconds after the start of the log. */
export class Script {
  #seq = 0;

  get last(): number {
    return this.#seq;
  }

  event(kind: string, data: Record<string, unknown> = {}, said: Said = {}): FeedEvent {
    this.#seq += 1;
    const at = new Date(START + (said.at ?? this.#seq) * 1000).toISOString();
    return { seq: this.#seq, kind, at, attempt: said.attempt ?? 1, step: said.step ?? null, data };
  }

  log(message: string, level = "info", fields: Record<string, unknown> = {}): FeedEvent {
    return this.event("log", { level, message, fields });
  }

  output(text: string, stream = "stdout"): FeedEvent {
    return this.event("output", { stream, text });
  }

  skip(count: number): void {
    this.#seq += count;
  }
}
