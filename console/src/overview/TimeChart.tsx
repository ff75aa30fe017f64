// One chart of the overview, drawn by uPlot. What it shows in sum stands in words beside it.
import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { onThemeChange } from "../execution/charts/theme.ts";
import { colourOf } from "../ui/colour.ts";
import { lengthOf } from "../ui/time.ts";
import type { Line, Plotted } from "./series.ts";

const HEIGHT = 160;

export function TimeChart(plotted: Plotted) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(plotted);
  useEffect(() => {
    latest.current = plotted;
    plot.current?.setData(dataOf(plotted));
  }, [plotted]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      const shown = latest.current;
      plot.current = new uPlot(optionsOf(shown, element.clientWidth), dataOf(shown), element);
    };
    draw();
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    const leave = onThemeChange(draw);
    return () => {
      leave();
      observer.disconnect();
      plot.current?.destroy();
    };
  }, []);
  return <div ref={box} aria-hidden="true" />;
}

function dataOf({ times, lines }: Plotted): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

function optionsOf({ look, unit, lines }: Plotted, width: number): uPlot.Options {
  const grid = { stroke: colourOf("--border"), width: 1 };
  const axis = { stroke: colourOf("--text-muted"), font: "11px system-ui, sans-serif", grid };
  const words = unit === "seconds" ? lengthOf : String;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_, _min, max) => [0, Math.max(max * 1.1, 1)] } },
    axes: [
      { ...axis, ticks: grid },
      { ...axis, ticks: grid, size: 56, values: (_, ticks) => ticks.map(words) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, look))],
  };
}

function seriesOf({ name, colour }: Line, look: Plotted["look"]): uPlot.Series {
  const drawn = colourOf(colour);
  const common = { label: name, stroke: drawn, points: { show: false } };
  if (look === "lines") return { ...common, width: 1.5, spanGaps: true };
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
  return { ...common, width: 0, fill: drawn, ...(bars && { paths: bars }) };
}
