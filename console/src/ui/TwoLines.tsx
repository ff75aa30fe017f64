// Two lines in one cell: what it is, and below it, quieter, what else one wants to know.
import type { ReactNode } from "react";

import styles from "./TwoLines.module.css";

export interface TwoLinesProps {
  children: ReactNode;
  below: ReactNode;
  /** The whole of what the second line tells in short. */
  title?: string;
}

export function TwoLines({ children, below, title }: TwoLinesProps) {
  return (
    <span className={styles["lines"]}>
      <span className={styles["first"]}>{children}</span>
      {below !== "" && below !== null && (
        <span className={styles["below"]} title={title}>
          {below}
        </span>
      )}
    </span>
  );
}
