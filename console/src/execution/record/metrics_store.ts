// The metrics of an execution as series of points, and what of them a chart of some width can show:
// the lowest and the highest of each bucket, so that no peak is lost, however many points there are.
import { Column } from "./columns.ts";
import { numberOrNull, timeOf, fieldsOf, type FeedEvent } from "./feed_event.ts";
import type { Superseded } from "./superseded.ts";

const BLOCK = 256;

/** What a chart draws: times in milliseconds, and a value for each; a null breaks the line. */
export interface Points {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

export class Series {
  readonly seqs = new Column();
  readonly times = new Column();
  readonly values = new Column();
  readonly #lows = new Column();
  readonly #highs = new Column();
  #low = Infinity;
  #high = -Infinity;

  get length(): number {
    return this.seqs.length;
  }

  push(seq: number, at: number, value: number): void {
    this.seqs.push(seq);
    this.times.push(at);
    this.values.push(value);
    this.#low = Math.min(this.#low, value);
    this.#high = Math.max(this.#high, value);
    if (this.length % BLOCK === 0) this.#endBlock();
  }

  /** The last value as of a moment of the log. */
  lastAt(asOf: number): number | undefined {
    const count = this.seqs.countUpTo(asOf);
    return count === 0 ? undefined : this.values.at(count - 1);
  }

  /** The lowest and the highest of a range; whole blocks are not looked into. */
  extremes(from: number, to: number): [number, number] {
    let low = Infinity;
    let high = -Infinity;
    let at = from;
    while (at < to) {
      const isBlock = at % BLOCK === 0 && at + BLOCK <= to;
      low = Math.min(low, isBlock ? this.#lows.at(at / BLOCK) : this.values.at(at));
      high = Math.max(high, isBlock ? this.#highs.at(at / BLOCK) : this.values.at(at));
      at += isBlock ? BLOCK : 1;
    }
    return [low, high];
  }

  #endBlock(): void {
    this.#lows.push(this.#low);
    this.#highs.push(this.#high);
    this.#low = Infinity;
    this.#high = -Infinity;
  }
}

export class MetricsStore {
  readonly #series = new Map<string, Series>();

  get names(): readonly string[] {
    return [...this.#series.keys()];
  }

  append(event: FeedEvent): void {
    const at = timeOf(event.at);
    for (const [name, value] of Object.entries(fieldsOf(event.data["values"]))) {
      const number = numberOrNull(value);
      if (number !== null) this.#seriesOf(name).push(event.seq, at, number);
    }
  }

  get(name: string): Series | undefined {
    return this.#series.get(name);
  }

  /** The names of the series that had a point at a moment of the log. */
  namesAt(asOf: number): readonly string[] {
    return this.names.filter((name) => (this.#series.get(name)?.seqs.at(0) ?? Infinity) <= asOf);
  }

  #seriesOf(name: string): Series {
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const series = new Series();
    this.#series.set(name, series);
    return series;
  }
}

/** A series as of a moment in at most twice `buckets` points, without what counts no more. */
export function decimate(
  series: Series,
  buckets: number,
  asOf: number,
  superseded: Superseded,
): Points {
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const [from, to] of countingRuns(series, asOf, superseded)) {
    if (times.length > 0) pushPoint(times, values, series.times.at(from), null);
    addRun({ series, times, values }, from, to, buckets);
  }
  return { times, values };
}

interface Drawing {
  readonly series: Series;
  readonly times: number[];
  readonly values: (number | null)[];
}

function addRun(drawing: Drawing, from: number, to: number, buckets: number): void {
  const { series, times, values } = drawing;
  const size = bucketSize(to - from, buckets);
  for (let start = from; start < to; start += size) {
    const end = Math.min(start + size, to);
    const [low, high] = series.extremes(start, end);
    pushPoint(times, values, series.times.at(start), low);
    if (end - start > 1) pushPoint(times, values, series.times.at(end - 1), high);
  }
}

/** How many points a bucket holds: whole blocks where it holds many. */
function bucketSize(points: number, buckets: number): number {
  if (points <= buckets * 2) return 1;
  const size = Math.ceil(points / buckets);
  return size <= BLOCK ? size : Math.ceil(size / BLOCK) * BLOCK;
}

/** The ranges of points between those that were superseded. */
function countingRuns(series: Series, asOf: number, superseded: Superseded): [number, number][] {
  const end = series.seqs.countUpTo(asOf);
  const runs: [number, number][] = [];
  let start = 0;
  for (const range of superseded.rangesAt(asOf)) {
    const from = series.seqs.countUpTo(range.from - 1);
    if (from > start) runs.push([start, from]);
    start = Math.max(start, series.seqs.countUpTo(range.to));
  }
  if (end > start) runs.push([start, end]);
  return runs;
}

function pushPoint(
  times: number[],
  values: (number | null)[],
  time: number,
  value: number | null,
): void {
  times.push(time);
  values.push(value);
}
