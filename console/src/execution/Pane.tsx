// The frame of the log and of the timeline: what one can do with it above, what scrolls below.
import type { ReactNode } from "react";

import styles from "./Pane.module.css";

export interface PaneProps {
  head: ReactNode;
  children: ReactNode;
}

export function Pane({ head, children }: PaneProps) {
  return (
    <div className={styles["pane"]}>
      {head !== null && <div className={styles["head"]}>{head}</div>}
      {children}
    </div>
  );
}
