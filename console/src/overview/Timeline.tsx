// Throughput, durations and the queue over the period, as charts.
import { lazy, Suspense, useMemo } from "react";
import type { StatsTimeline } from "runcast";

import { ChartFigure } from "../ui/plot/ChartFigure.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import styles from "./Overview.module.css";
import { durations, type Plotted, queue, throughput } from "./series.ts";

const TimeChart = lazy(async () => ({ default: (await import("./TimeChart.tsx")).TimeChart }));

export function Timeline({ timeline }: { timeline: StatsTimeline | null }) {
  const charts = useMemo(() => (timeline === null ? [] : chartsOf(timeline)), [timeline]);
  return (
    <div className={styles["charts"]}>
      {charts.map((plotted) => (
        <ChartFigure key={plotted.title} name={plotted.title} summary={plotted.summary}>
          <div className={styles["plot"]}>
            <Suspense fallback={<Skeleton shape="block" />}>
              <TimeChart {...plotted} />
            </Suspense>
          </div>
          {plotted.lines.length > 1 && <Legend lines={plotted.lines} />}
        </ChartFigure>
      ))}
    </div>
  );
}

function Legend({ lines }: Pick<Plotted, "lines">) {
  return (
    <ul className={styles["legend"]}>
      {lines.map(({ name, colour }) => (
        <li key={name} style={{ borderLeftColor: `var(${colour})` }}>
          {name}
        </li>
      ))}
    </ul>
  );
}

function chartsOf(timeline: StatsTimeline): readonly Plotted[] {
  return [throughput(timeline), durations(timeline), queue(timeline)];
}
