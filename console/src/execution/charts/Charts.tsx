// The metrics as charts, one for each name, all over the same time.
import { useState } from "react";

import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { useModel, useShown } from "../live/useModel.ts";
import { Chart } from "./Chart.tsx";
import styles from "./Charts.module.css";
import { InSight } from "./InSight.tsx";

const FEW = 12;
const MORE = 50;

export function Charts() {
  const model = useModel();
  const names = useShown((shown) => shown.record.metrics.namesAt(shown.asOf).join("\n"));
  const [most, setMost] = useState(FEW);
  const all = names === "" ? [] : names.split("\n");
  if (all.length === 0) {
    return <Empty title="No metrics yet">A handler tells them with run.metric(name=number).</Empty>;
  }
  const shown = all.slice(0, most);
  return (
    <div
      className={styles["charts"]}
      role="region"
      aria-label="Charts"
      // What scrolls takes the focus, so that the keyboard reaches all of it.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {shown.map((name, index) => {
        const chart = <Chart key={name} name={name} index={index} model={model} />;
        return index < FEW ? chart : <InSight key={name}>{chart}</InSight>;
      })}
      {shown.length < all.length && (
        <Button onPress={() => setMost(most + MORE)}>
          Show {Math.min(MORE, all.length - most)} more of {all.length} charts
        </Button>
      )}
    </div>
  );
}
