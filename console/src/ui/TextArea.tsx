// Several lines of text with their label, description and error.
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField } from "react-aria-components/TextField";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, validity } from "./Field.tsx";
import styles from "./Field.module.css";
import type { TextFieldProps } from "./TextField.tsx";

export interface TextAreaProps extends TextFieldProps {
  rows?: number;
}

export function TextArea(props: TextAreaProps) {
  const { label, hideLabel, description, error, placeholder, mono, rows = 4, ...rest } = props;
  return (
    <AriaTextField {...rest} {...validity(error)} className={styles["field"] ?? ""}>
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <AriaTextArea
        rows={rows}
        placeholder={placeholder ?? ""}
        className={classes(styles["control"], mono && styles["mono"])}
      />
      <FieldNotes description={description} error={error} />
    </AriaTextField>
  );
}
