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
  extends Omit<AriaNumberFieldProps, "className" | "children">, FieldTexts {}

export function NumberField({ label, hideLabel, description, error, ...rest }: NumberFieldProps) {
  return (
    <AriaNumberField {...rest} {...validity(error)} className={styles["field"] ?? ""}>
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <Group className={classes(styles["control"], styles["group"])}>
        <Input />
        <Button slot="decrement">−</Button>
        <Button slot="increment">+</Button>
      </Group>
      <FieldNotes description={description} error={error} />
    </AriaNumberField>
  );
}
