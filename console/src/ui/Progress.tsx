// How far something is. Without a total it says that it goes on, and not how far.
import type { ReactNode } from "react";

import styles from "./Progress.module.css";

export interface ProgressProps {
  label: string;
  done: number;
  total?: number | null;
  /** What stands beside the bar; without it the percentage does. */
  note?: ReactNode;
}

export function Progress({ label, done, total, note }: ProgressProps) {
  const known = typeof total === "number" && total > 0;
  return (
    <div className={styles["progress"]}>
      {known ? (
        <progress aria-label={label} className={styles["bar"]} value={done} max={total} />
      ) : (
        <progress aria-label={label} className={styles["bar"]} />
      )}
      <span className={styles["note"]}>{note ?? (known ? percent(done, total) : done)}</span>
    </div>
  );
}

function percent(done: number, total: number): string {
  return `${String(Math.floor(Math.min(1, Math.max(0, done / total)) * 100))} %`;
}
