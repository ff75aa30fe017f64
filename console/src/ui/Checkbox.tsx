// A box to tick, and a group of them under one label.
import type { ReactNode } from "react";
import {
  Checkbox as AriaCheckbox,
  type CheckboxProps as AriaCheckboxProps,
} from "react-aria-components/Checkbox";
import {
  CheckboxGroup as AriaCheckboxGroup,
  type CheckboxGroupProps as AriaCheckboxGroupProps,
} from "react-aria-components/CheckboxGroup";

import { FieldLabel, FieldNotes, type FieldTexts, validity } from "./Field.tsx";
import styles from "./Field.module.css";
import { CheckIcon } from "./icons.tsx";

export interface CheckboxProps extends Omit<AriaCheckboxProps, "className" | "children"> {
  children: ReactNode;
  description?: ReactNode;
}

export function Checkbox({ children, description, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className={styles["choice"] ?? ""}>
      <span className={styles["box"]}>
        <CheckIcon size={12} />
      </span>
      <span className={styles["choiceTexts"]}>
        <span>{children}</span>
        {description !== undefined && <span className={styles["description"]}>{description}</span>}
      </span>
    </AriaCheckbox>
  );
}

export interface CheckboxGroupProps
  extends Omit<AriaCheckboxGroupProps, "className" | "children">, FieldTexts {
  children: ReactNode;
}

export function CheckboxGroup(props: CheckboxGroupProps) {
  const { label, hideLabel, description, error, children, ...rest } = props;
  return (
    <AriaCheckboxGroup {...rest} {...validity(error)} className={styles["field"] ?? ""}>
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <div className={styles["options"]}>{children}</div>
      <FieldNotes description={description} error={error} />
    </AriaCheckboxGroup>
  );
}
