// A heading that unfolds what is below it. The browser's own element, so that find-in-page opens it.
import type { ReactNode } from "react";

import styles from "./Disclosure.module.css";
import { ChevronRightIcon } from "./icons.tsx";

export interface DisclosureProps {
  summary: ReactNode;
  children: ReactNode;
  isOpen?: boolean;
  onToggle?: (isOpen: boolean) => void;
}

export function Disclosure({ summary, children, isOpen, onToggle }: DisclosureProps) {
  return (
    <details
      className={styles["disclosure"]}
      open={isOpen}
      onToggle={(event) => onToggle?.(event.currentTarget.open)}
    >
      <summary className={styles["summary"]}>
        <ChevronRightIcon className={styles["mark"] ?? ""} />
        {summary}
      </summary>
      <div className={styles["content"]}>{children}</div>
    </details>
  );
}
