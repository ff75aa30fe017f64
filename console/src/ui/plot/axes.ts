// How the axes of all charts look, in the theme of the moment.
import type uPlot from "uplot";

import { colourOf } from "../colour.ts";

const WIDTH = 56;
const MINUTE = 60;
const DAY = 86_400;

/** The scale of time: what has one moment alone stands in the middle of a minute. */
export function timeScale(): uPlot.Scale {
  return {
    time: true,
    range: ({ data: [moments] }, from, to) => {
      const [first] = moments;
      const isMoment = first !== undefined && first === moments.at(-1);
      return isMoment ? [first - MINUTE / 2, first + MINUTE / 2] : [from, to];
    },
  };
}

/** The axis of time, whose words are as short as the steps between them let them be. */
export function timeAxis(): uPlot.Axis {
  return {
    ...look(),
    values: (_, moments, _axis, _space, step) => moments.map((moment) => said(moment, step)),
  };
}

/** The axis of values, with their words. */
export function valueAxis(words: (value: number) => string): uPlot.Axis {
  return { ...look(), size: WIDTH, values: (_, ticks) => ticks.map(words) };
}

/** The same for what is counted: there are no halves. */
export function countAxis(): uPlot.Axis {
  return { ...valueAxis((value) => value.toLocaleString("en")), incrs: COUNTS };
}

const COUNTS = [1, 2, 5]
  .flatMap((digit) => Array.from({ length: 9 }, (_, power) => digit * 10 ** power))
  .toSorted((one, other) => one - other);

function look(): uPlot.Axis {
  const line = { stroke: colourOf("--border"), width: 1 };
  return {
    stroke: colourOf("--text-muted"),
    font: "11px system-ui, sans-serif",
    grid: line,
    ticks: line,
  };
}

const day = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** A moment, in seconds since 1970, as it is told where the next is `step` seconds on. */
export function said(moment: number, step: number): string {
  const format = step >= DAY ? day : step >= MINUTE ? minute : second;
  return format.format(moment * 1000);
}
