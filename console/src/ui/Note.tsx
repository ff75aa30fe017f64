// A framed remark inside a page: something to know, to beware of, or that went well.
import type { ReactNode } from "react";

import type { BadgeTone } from "./Badge.tsx";
import { classes } from "./classes.ts";
import { CheckCircleIcon, CrossCircleIcon, type Icon, InfoIcon, WarningIcon } from "./icons.tsx";
import styles from "./Note.module.css";

export interface NoteProps {
  tone?: BadgeTone;
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** `alert` interrupts a screen reader: for what has just gone wrong. */
  role?: "alert" | "status";
}

const ICONS: Record<BadgeTone, Icon> = {
  neutral: InfoIcon,
  info: InfoIcon,
  success: CheckCircleIcon,
  warning: WarningIcon,
  danger: CrossCircleIcon,
};

export function Note({ tone = "neutral", title, children, actions, role }: NoteProps) {
  const Drawn = ICONS[tone];
  return (
    <div className={classes(styles["note"], styles[tone])} role={role}>
      <Drawn className={styles["icon"] ?? ""} />
      <div className={styles["texts"]}>
        {title !== undefined && <p className={styles["title"]}>{title}</p>}
        {children !== undefined && <div>{children}</div>}
        {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
      </div>
    </div>
  );
}
