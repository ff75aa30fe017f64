// A setting that takes effect as soon as it is switched.
import type { ReactNode } from "react";
import {
  Switch as AriaSwitch,
  type SwitchProps as AriaSwitchProps,
} from "react-aria-components/Switch";

import styles from "./Field.module.css";

export interface SwitchProps extends Omit<AriaSwitchProps, "className" | "children"> {
  children: ReactNode;
}

export function Switch({ children, ...rest }: SwitchProps) {
  return (
    <AriaSwitch {...rest} className={styles["choice"] ?? ""}>
      <span className={styles["track"]} />
      <span>{children}</span>
    </AriaSwitch>
  );
}
