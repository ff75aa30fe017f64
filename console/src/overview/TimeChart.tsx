// One chart of the overview, drawn by uPlot. What it shows in sum stands in words beside it.
import { useCallback, useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { colourOf } from "../ui/colour.ts";
import { countAxis, timeAxis, timeScale, valueAxis } from "../ui/plot/axes.ts";
import { loneDots } from "../ui/plot/dots.ts";
import { usePlot } from "../ui/plot/usePlot.ts";
import { lengthOf } from "../ui/time.ts";
import type { Line, Plotted } from "./series.ts";

const HEIGHT = 160;

export function TimeChart(plotted: Plotted) {
  const latest = useRef(plotted);
  const draw = useCallback((box: HTMLElement) => {
    const shown = latest.current;
    return new uPlot(optionsOf(shown, box.clientWidth), dataOf(shown), box);
  }, []);
  const { box, plot } = usePlot(draw);
  useEffect(() => {
    latest.current = plotted;
    plot.current?.setData(dataOf(plotted));
  }, [plot, plotted]);
  return <div ref={box} aria-hidden="true" />;
}

function dataOf({ times, lines }: Plotted): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

function optionsOf({ look, unit, lines }: Plotted, width: number): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { x: timeScale(), y: { range: (_, _min, max) => [0, Math.max(max * 1.1, 1)] } },
    axes: [timeAxis(), unit === "seconds" ? valueAxis(lengthOf) : countAxis()],
    series: [{}, ...lines.map((line) => seriesOf(line, look))],
  };
}

function seriesOf({ name, colour }: Line, look: Plotted["look"]): uPlot.Series {
  const drawn = colourOf(colour);
  const common = { label: name, stroke: drawn };
  if (look === "lines") return { ...common, width: 1.5, spanGaps: true, points: loneDots(drawn) };
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
  const points = { show: false };
  return { ...common, width: 0, fill: drawn, points, ...(bars && { paths: bars }) };
}
