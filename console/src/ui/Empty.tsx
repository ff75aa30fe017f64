// What stands where a list has nothing: why that is, and what to do next.
import type { ReactNode } from "react";

import styles from "./Empty.module.css";
import type { Icon } from "./icons.tsx";

export interface EmptyProps {
  title: string;
  icon?: Icon;
  children?: ReactNode;
  actions?: ReactNode;
}

export function Empty({ title, icon: Drawn, children, actions }: EmptyProps) {
  return (
    <div className={styles["empty"]}>
      {Drawn && <Drawn size={24} />}
      <p className={styles["title"]}>{title}</p>
      {children !== undefined && <div className={styles["text"]}>{children}</div>}
      {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
    </div>
  );
}
