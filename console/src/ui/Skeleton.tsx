// Grey lines that hold the place of what is being fetched, so that nothing moves when it comes.
import styles from "./Skeleton.module.css";

export interface SkeletonProps {
  /** How many lines of text, or rows of a table, it stands for. */
  lines?: number;
  /** `row` is as high as a row of a table. */
  shape?: "text" | "row" | "block";
}

export function Skeleton({ lines = 3, shape = "text" }: SkeletonProps) {
  return (
    <div role="status" className={styles["skeleton"]} data-shape={shape}>
      <span className="visually-hidden">Loading…</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles["line"]} />
      ))}
    </div>
  );
}
