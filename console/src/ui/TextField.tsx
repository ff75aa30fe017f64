// One line of text with its label, its description and its error.
import { Input } from "react-aria-components/Input";
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components/TextField";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, type FieldTexts, validity } from "./Field.tsx";
import styles from "./Field.module.css";

export interface TextFieldProps
  extends Omit<AriaTextFieldProps, "className" | "children">, FieldTexts {
  placeholder?: string;
  mono?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, hideLabel, description, error, placeholder, mono, ...rest } = props;
  return (
    <AriaTextField {...rest} {...validity(error)} className={styles["field"] ?? ""}>
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <Input
        placeholder={placeholder ?? ""}
        className={classes(styles["control"], mono && styles["mono"])}
      />
      <FieldNotes description={description} error={error} />
    </AriaTextField>
  );
}
