// The metrics of an execution as series of points, and what of them a chart of some width can show:
// the lowest and the highest of each bucket, as they came, so that no peak is lost, however many there are.
import { Column } from "./columns.ts";
import { numberOrNull, timeOf, fieldsOf, type FeedEvent } from "./feed_event.ts";
import type { Superseded } from "./superseded.ts";

const BLOCK = 256;
/** Beyond so many points only the lowest and the highest of each few are kept, of all but the latest. */
const MOST_POINTS = 1 << 19;
const THINNED = 4;

/** What a chart draws: times in milliseconds, and a value for each; a null breaks the line. */
export interface Points {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

export class Series {
  #seqs = new Column();
  #times = new Column();
  #values = new Column();
  #lows = new Column();
  #highs = new Column();
  readonly #most: number;

  constructor(most = MOST_POINTS) {
    this.#most = most;
  }

  get seqs(): Column {
    return this.#seqs;
  }

  get times(): Column {
    return this.#times;
  }

  get values(): Column {
    return this.#values;
  }

  get length(): number {
    return this.#seqs.length;
  }

  push(seq: number, at: number, value: number): void {
    if (this.length >= this.#most) this.#thin();
    this.#seqs.push(seq);
    this.#times.push(at);
    this.#values.push(value);
    if (this.length % BLOCK === 0) this.#endBlock();
  }

  /** The last value as of a moment of the log. */
  lastAt(asOf: number): number | undefined {
    const count = this.#seqs.countUpTo(asOf);
    return count === 0 ? undefined : this.#values.at(count - 1);
  }

  /** Where the lowest and the highest of a range are; whole blocks are not looked into. */
  extremes(from: number, to: number): [low: number, high: number] {
    let low = from;
    let high = from;
    let at = from;
    while (at < to) {
      const isBlock = at % BLOCK === 0 && at + BLOCK <= to;
      low = this.#lower(low, isBlock ? this.#lows.at(at / BLOCK) : at);
      high = this.#higher(high, isBlock ? this.#highs.at(at / BLOCK) : at);
      at += isBlock ? BLOCK : 1;
    }
    return [low, high];
  }

  #lower(one: number, other: number): number {
    return this.#values.at(other) < this.#values.at(one) ? other : one;
  }

  #higher(one: number, other: number): number {
    return this.#values.at(other) > this.#values.at(one) ? other : one;
  }

  #endBlock(): void {
    const [low, high] = this.extremes(this.length - BLOCK, this.length - 1);
    this.#lows.push(this.#lower(low, this.length - 1));
    this.#highs.push(this.#higher(high, this.length - 1));
  }

  /** Keep of every few points the lowest and the highest, and the latest few as they are. */
  #thin(): void {
    const thinned = new Series();
    const latest = this.length - THINNED;
    for (let from = 0; from < latest; from += THINNED) {
      const [low, high] = this.extremes(from, Math.min(from + THINNED, latest));
      thinned.#take(this, Math.min(low, high));
      if (low !== high) thinned.#take(this, Math.max(low, high));
    }
    for (let at = latest; at < this.length; at += 1) thinned.#take(this, at);
    this.#seqs = thinned.#seqs;
    this.#times = thinned.#times;
    this.#values = thinned.#values;
    this.#lows = thinned.#lows;
    this.#highs = thinned.#highs;
  }

  #take(from: Series, at: number): void {
    this.push(from.#seqs.at(at), from.#times.at(at), from.#values.at(at));
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
  const size = bucketSize(to - from, buckets - 1);
  let drawn = -1;
  for (let start = from; start < to; start += size) {
    const [low, high] = drawing.series.extremes(start, Math.min(start + size, to));
    drawn = Math.max(low, high);
    if (low !== high) addPoint(drawing, Math.min(low, high));
    addPoint(drawing, drawn);
  }
  // The line goes on to where the run ends.
  if (drawn < to - 1) addPoint(drawing, to - 1);
}

function addPoint({ series, times, values }: Drawing, at: number): void {
  pushPoint(times, values, series.times.at(at), series.values.at(at));
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
