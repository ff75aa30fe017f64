// What stands where a page is still on its way.
import { Skeleton } from "../ui/Skeleton.tsx";
import styles from "./Pending.module.css";

export function Pending() {
  return (
    <div className={styles["pending"]}>
      <Skeleton lines={6} shape="row" />
    </div>
  );
}
