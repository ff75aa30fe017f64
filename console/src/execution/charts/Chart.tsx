// One chart, drawn by uPlot: it is given new points a few times a second at most, and as many as it has
// room for.
import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { colourOf } from "../../ui/colour.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import { slowly } from "../live/slowly.ts";
import { useShown } from "../live/useModel.ts";
import { decimate, type Points } from "../record/metrics_store.ts";
import styles from "./Charts.module.css";
import { onThemeChange } from "./theme.ts";

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
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(name, index, element.clientWidth), [[], []], element);
      show(plot.current, model, name);
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
      plot.current = null;
    };
  }, [name, index, model]);
  useEffect(
    () =>
      slowly(model, () => {
        if (plot.current !== null) show(plot.current, model, name);
      }),
    [model, name],
  );
  const latest = useShown((shown) => shown.record.metrics.get(name)?.lastAt(shown.asOf));
  return (
    <figure className={styles["chart"]}>
      <figcaption className={styles["caption"]}>
        <span className={styles["name"]}>{name}</span>
        <span className={styles["latest"]}>{latest === undefined ? "" : said(latest)}</span>
      </figcaption>
      <div ref={box} className={styles["plot"]} />
    </figure>
  );
}

function show(plot: uPlot, model: ExecutionModel, name: string): void {
  const series = model.record.metrics.get(name);
  if (series === undefined) return;
  const buckets = Math.max(50, Math.floor(plot.width / 2));
  plot.setData(dataOf(decimate(series, buckets, model.asOf, model.record.superseded)));
}

function dataOf({ times, values }: Points): uPlot.AlignedData {
  return [times.map((time) => time / 1000), [...values]];
}

function optionsOf(name: string, index: number, width: number): uPlot.Options {
  const stroke = colourOf(COLOURS[index % COLOURS.length] ?? "--chart-1");
  const axis = axisLook();
  return {
    width,
    height: HEIGHT,
    cursor: { sync: { key: SYNC }, drag: { x: true, y: false } },
    legend: { show: false },
    scales: { x: { time: true } },
    axes: [axis, { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => said(tick)) }],
    series: [{}, { label: name, stroke, width: 1.5, points: { show: false }, spanGaps: false }],
  };
}

function axisLook(): uPlot.Axis {
  const line = { stroke: colourOf("--border"), width: 1 };
  return {
    stroke: colourOf("--text-muted"),
    font: "11px system-ui, sans-serif",
    grid: line,
    ticks: line,
  };
}

const large = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

function said(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(2);
  return (size >= 100_000 ? large : small).format(value);
}
