// Points that come while somebody looks closer at some of the time: the chart stays there, until a double
// click shows all again.
import type uPlot from "uplot";

/** Show other points: all of them, or those of the time that is looked at. */
export function showData(plot: uPlot, data: uPlot.AlignedData): void {
  const part = zoomOf(plot);
  plot.setData(data, part === null);
  if (part !== null) plot.setScale("x", part);
}

/** The time that is looked at, in seconds since 1970; null where it is all. */
export function zoomOf({ data: [times], scales }: uPlot): { min: number; max: number } | null {
  const { min, max } = scales["x"] ?? {};
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined || min == null || max == null) return null;
  return min > first || max < last ? { min, max } : null;
}
