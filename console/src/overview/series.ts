// The server's timeline as series of points, each chart with its sum in words.
import type { StatsTimeline } from "runcast";

import { lengthOf } from "../ui/time.ts";

type Bucket = StatsTimeline["buckets"][number];

export interface Line {
  readonly name: string;
  readonly colour: `--${string}`;
  /** Null where there is nothing to tell. */
  readonly values: readonly (number | null)[];
}

export interface Plotted {
  readonly title: string;
  readonly summary: string;
  /** Bars stand for what happened in a bucket, lines for what is measured. */
  readonly look: "bars" | "lines";
  readonly unit: "count" | "seconds";
  /** Where the buckets begin, in seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
}

/** What ended, by how: each line holds itself and those below, so that bars stand on each other. */
export function throughput({ buckets }: StatsTimeline): Plotted {
  const failed = sum(buckets, (bucket) => bucket.failed);
  return {
    title: "Ended",
    summary: `${String(sum(buckets, ended))} ended, ${String(failed)} failed`,
    look: "bars",
    unit: "count",
    times: timesOf(buckets),
    lines: [
      { name: "Succeeded", colour: "--success", values: buckets.map(ended) },
      { name: "Cancelled", colour: "--text-muted", values: buckets.map(lost) },
      { name: "Failed", colour: "--danger", values: buckets.map((bucket) => bucket.failed) },
    ],
  };
}

export function durations({ buckets }: StatsTimeline): Plotted {
  const last = buckets.findLast(({ p50 }) => p50 !== null);
  return {
    title: "Duration",
    summary: last?.p50 == null ? "nothing ended" : `half within ${lengthOf(last.p50)}`,
    look: "lines",
    unit: "seconds",
    times: timesOf(buckets),
    lines: [
      { name: "Half within", colour: "--chart-1", values: buckets.map(({ p50 }) => p50) },
      { name: "95 % within", colour: "--chart-2", values: buckets.map(({ p95 }) => p95) },
    ],
  };
}

export function queue({ buckets }: StatsTimeline): Plotted {
  return {
    title: "Queue",
    summary: `${String(buckets.at(-1)?.queued ?? 0)} queued now`,
    look: "lines",
    unit: "count",
    times: timesOf(buckets),
    lines: [{ name: "Queued", colour: "--chart-4", values: buckets.map(({ queued }) => queued) }],
  };
}

function ended({ succeeded, failed, cancelled }: Bucket): number {
  return succeeded + failed + cancelled;
}

function lost({ failed, cancelled }: Bucket): number {
  return failed + cancelled;
}

function timesOf(buckets: readonly Bucket[]): number[] {
  return buckets.map(({ at }) => Date.parse(at) / 1000);
}

function sum(buckets: readonly Bucket[], of: (bucket: Bucket) => number): number {
  return buckets.reduce((total, bucket) => total + of(bucket), 0);
}
