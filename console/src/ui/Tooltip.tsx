// A short text that appears beside what it explains, on hover and on focus.
import type { ReactElement } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components/Tooltip";

import styles from "./Tooltip.module.css";

export function Tooltip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500}>
      {children}
      <AriaTooltip offset={6} className={styles["tooltip"] ?? ""}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
