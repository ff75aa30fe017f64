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
  const {
    label,
    hideLabel,
    description,
    error,
    placeholder,
    minValue: _min,
    maxValue: _max,
    ...rest
  } = props;
  return (
    <AriaNumberField
      {...rest}
      {...validity(error)}
      {...boundsOf(props)}
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

/**
 * A number out of bounds is told, and not moved into them in silence. Where no step is given, the browser
 * would take none but whole numbers for right: the bounds are then held here.
 */
function boundsOf({ step, minValue, maxValue }: NumberFieldProps) {
  if (step !== undefined) {
    return {
      commitBehavior: "validate" as const,
      ...(minValue !== undefined && { minValue }),
      ...(maxValue !== undefined && { maxValue }),
    };
  }
  return {
    validate: (value: number): string | null => {
      if (value < (minValue ?? value)) return `Value must be greater than or equal to ${minValue}.`;
      return value > (maxValue ?? value)
        ? `Value must be less than or equal to ${maxValue}.`
        : null;
    },
  };
}
