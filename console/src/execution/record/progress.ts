// How far an execution is, how fast it goes and when it may be done. The rate is the middle one of
// many over a sliding window, so that one long pause or one jump does not spoil it; there is none
// where nothing can be known.
import { numberOrNull, textOrNull, timeOf, type FeedEvent } from "./feed_event.ts";
import { ProgressSamples, type Sample } from "./progress_samples.ts";
import type { Superseded } from "./superseded.ts";

const WINDOW_SHARE = 0.25;
const SHORTEST_WINDOW = 20_000;
const SAMPLES = 24;
const SHORTEST_SPAN = 1_000;
const STALLED_FACTOR = 5;
const STALLED_AFTER = 15_000;

export interface Progress extends Sample {
  readonly index: number;
}

export interface Pace {
  /** What is done in a second. */
  readonly rate: number | null;
  /** Milliseconds until all is done. */
  readonly left: number | null;
}

export const UNKNOWN: Pace = { rate: null, left: null };

export class ProgressStore {
  #samples = new ProgressSamples();

  append(event: FeedEvent): void {
    const done = numberOrNull(event.data["done"]);
    if (done === null) return;
    this.#samples = this.#samples.held();
    this.#samples.push(event.seq, {
      done,
      total: numberOrNull(event.data["total"]),
      message: textOrNull(event.data["message"]),
      at: timeOf(event.at),
    });
  }

  /** The last progress that counts as of a moment; null if there was none yet. */
  at(asOf: number, superseded: Superseded): Progress | null {
    const { seqs } = this.#samples;
    let index = seqs.countUpTo(asOf) - 1;
    while (index >= 0 && superseded.covers(seqs.at(index), asOf)) index -= 1;
    return index < 0 ? null : { ...this.#samples.at(index), index };
  }

  /** The pace at a progress, as seen at a time. */
  paceAt(progress: Progress, now: number): Pace {
    const indexes = this.#window(progress.index);
    const first = indexes[0] ?? progress.index;
    const span = progress.at - this.#samples.times.at(first);
    if (indexes.length < 3 || span < SHORTEST_SPAN) return UNKNOWN;
    const silence = now - progress.at;
    const usual = span / (progress.index - first);
    if (silence > Math.max(STALLED_AFTER, STALLED_FACTOR * usual)) return UNKNOWN;
    return paceOf(middle(this.#rates(indexes)), progress, silence);
  }

  /** Some samples of the window before one, that one the last; none from before the work fell back. */
  #window(last: number): number[] {
    const { times, done } = this.#samples;
    const end = times.at(last);
    const length = Math.max(SHORTEST_WINDOW, (end - times.at(0)) * WINDOW_SHARE);
    const first = Math.min(times.countUpTo(end - length), last);
    const stride = Math.max(1, Math.ceil((last - first) / SAMPLES));
    const indexes: number[] = [];
    for (let index = last; index >= first; index -= stride) {
      const next = indexes.at(-1);
      if (next !== undefined && done.at(index) > done.at(next)) break;
      indexes.push(index);
    }
    return indexes.toReversed();
  }

  #rates(indexes: readonly number[]): number[] {
    const { times, done } = this.#samples;
    const rates: number[] = [];
    indexes.forEach((from, at) => {
      for (const to of indexes.slice(at + 1)) {
        const span = times.at(to) - times.at(from);
        if (span > 0) rates.push((done.at(to) - done.at(from)) / span);
      }
    });
    return rates;
  }
}

function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}

function paceOf(perMillisecond: number, progress: Progress, silence: number): Pace {
  if (!(perMillisecond > 0)) return UNKNOWN;
  const rate = perMillisecond * 1000;
  if (progress.total === null || progress.total < progress.done) return { rate, left: null };
  const left = (progress.total - progress.done) / perMillisecond - silence;
  return { rate, left: Math.max(0, left) };
}
