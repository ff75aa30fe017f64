// A framed chart under its name, with what it says in a few words beside that.
import type { ReactNode } from "react";

import styles from "./ChartFigure.module.css";

export interface ChartFigureProps {
  name: string;
  summary: string;
  children: ReactNode;
}

export function ChartFigure({ name, summary, children }: ChartFigureProps) {
  return (
    <figure className={styles["chart"]}>
      <figcaption className={styles["caption"]}>
        <span className={styles["name"]}>{name}</span>
        <span className={styles["summary"]}>{summary}</span>
      </figcaption>
      {children}
    </figure>
  );
}
