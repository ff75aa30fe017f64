// The button of the person's menu: who is signed in.
import type { Ref } from "react";
import { Button, type ButtonProps } from "react-aria-components/Button";

import { ChevronDownIcon } from "../ui/icons.tsx";
import styles from "./PersonMenu.module.css";
import { useNarrow } from "./useNarrow.ts";

export interface PersonTriggerProps extends Omit<ButtonProps, "children" | "className"> {
  name: string;
  ref?: Ref<HTMLButtonElement>;
}

export function PersonTrigger({ name, ...rest }: PersonTriggerProps) {
  const words = useNarrow() ? "You" : name;
  return (
    <Button {...rest} className={styles["trigger"] ?? ""} aria-label={`${words}: account and more`}>
      <span className={styles["initial"]} data-initial={name.charAt(0).toUpperCase()} />
      <span className={styles["name"]}>{words}</span>
      <ChevronDownIcon />
    </Button>
  );
}
