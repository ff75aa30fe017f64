// One chart, drawn by uPlot: it is given new points a few times a second at most, and as many as it has
// room for.
import { useCallback, useEffect } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { colourOf } from "../../ui/colour.ts";
import { timeAxis, timeScale, valueAxis } from "../../ui/plot/axes.ts";
import { ChartFigure } from "../../ui/plot/ChartFigure.tsx";
import { loneDots } from "../../ui/plot/dots.ts";
import { usePlot } from "../../ui/plot/usePlot.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import { slowly } from "../live/slowly.ts";
import { useShown } from "../live/useModel.ts";
import { decimate, type Points } from "../record/decimate.ts";
import styles from "./Charts.module.css";
import { showData } from "./zoom.ts";

const HEIGHT = 180;
const SYNC = "runcast";
const COLOURS = [
  "--chart-1",
  "--chart-2",
  "--chart-3",
  "--chart-4",
  "--chart-5",
  "--chart-6",
] as const;

export interface ChartProps {
  name: string;
  index: number;
  model: ExecutionModel;
}

export function Chart({ name, index, model }: ChartProps) {
  const draw = useCallback(
    (box: HTMLElement) => {
      const drawn = new uPlot(optionsOf(name, index, box.clientWidth), [[], []], box);
      show(drawn, model, name);
      return drawn;
    },
    [name, index, model],
  );
  const { box, plot } = usePlot(draw);
  useEffect(
    () =>
      slowly(model, () => {
        if (plot.current !== null) show(plot.current, model, name);
      }),
    [plot, model, name],
  );
  const latest = useShown((shown) => shown.record.metrics.get(name)?.lastAt(shown.asOf));
  return (
    <ChartFigure name={name} summary={latest === undefined ? "" : said(latest)}>
      <div ref={box} className={styles["plot"]} />
    </ChartFigure>
  );
}

function show(plot: uPlot, model: ExecutionModel, name: string): void {
  const series = model.record.metrics.get(name);
  if (series === undefined) return;
  const buckets = Math.max(50, Math.floor(plot.width / 2));
  showData(plot, dataOf(decimate(series, buckets, model.asOf, model.record.superseded)));
}

function dataOf({ times, values }: Points): uPlot.AlignedData {
  return [times.map((time) => time / 1000), [...values]];
}

function optionsOf(name: string, index: number, width: number): uPlot.Options {
  const stroke = colourOf(COLOURS[index % COLOURS.length] ?? "--chart-1");
  return {
    width,
    height: HEIGHT,
    cursor: { sync: { key: SYNC }, drag: { x: true, y: false } },
    legend: { show: false },
    scales: { x: timeScale() },
    axes: [timeAxis(), valueAxis(said)],
    series: [{}, { label: name, stroke, width: 1.5, points: loneDots(stroke), spanGaps: false }],
  };
}

const large = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

function said(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(2);
  return (size >= 100_000 ? large : small).format(value);
}
