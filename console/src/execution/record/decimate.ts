// What of a series a chart of some width can show: the lowest and the highest of each bucket, as they
// came, so that no peak is lost, however many points there are.
import { BLOCK, type Series } from "./series.ts";
import type { Superseded } from "./superseded.ts";

/** What a chart draws: times in milliseconds, and a value for each; a null breaks the line. */
export interface Points {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
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
