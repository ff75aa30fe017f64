// A number, typed or stepped, with its label, description and error.
import { Button } from "react-aria-components/Button";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import {
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
} from "react-aria-components/NumberField";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, type FieldTexts, validity } from "./Field.tsx";
import styles from "./Field.module.css";

export interface NumberFieldProps
  extends Omit<AriaNumberFieldProps, "className" | "children">, FieldTexts {
  placeholder?: string;
}

export function NumberField(props: NumberFieldProps) {
  const { label, hideLabel, description, error, placeholder, ...rest } = props;
  return (
    // A whole number that is too large is told, not made smaller in silence. Where no step is given, the
    // browser would take none but whole ones for right.
    <AriaNumberField
      {...rest}
      {...validity(error)}
      commitBehavior={rest.step === undefined ? "snap" : "validate"}
      className={styles["field"] ?? ""}
    >
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <Group className={classes(styles["control"], styles["group"])}>
        <Input placeholder={placeholder ?? ""} />
        <Button slot="decrement">−</Button>
        <Button slot="increment">+</Button>
      </Group>
      <FieldNotes description={description} error={error} />
    </AriaNumberField>
  );
}
