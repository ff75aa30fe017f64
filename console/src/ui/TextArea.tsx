// Several lines of text with their label, description and error.
import { useEffect, useRef } from "react";
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField } from "react-aria-components/TextField";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, validity } from "./Field.tsx";
import styles from "./Field.module.css";
import type { TextFieldProps } from "./TextField.tsx";

export interface TextAreaProps extends TextFieldProps {
  rows?: number;
  /** What is wrong with the text itself: the form is not sent with it, and leads here when that is tried. */
  obstacle?: string | undefined;
}

export function TextArea(props: TextAreaProps) {
  const { label, hideLabel, description, placeholder, mono, rows = 4, obstacle, ...other } = props;
  const { error = obstacle, ...rest } = other;
  const ref = useRef<HTMLTextAreaElement>(null);
  useEffect(() => ref.current?.setCustomValidity(obstacle ?? ""));
  return (
    <AriaTextField {...rest} {...validity(error)} className={styles["field"] ?? ""}>
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <AriaTextArea
        ref={ref}
        rows={rows}
        placeholder={placeholder ?? ""}
        className={classes(styles["control"], mono && styles["mono"])}
      />
      <FieldNotes description={description} error={error} />
    </AriaTextField>
  );
}
