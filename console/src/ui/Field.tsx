// What all fields share: the label above, the description and the error below, in one order.
import type { ReactNode } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";

import styles from "./Field.module.css";

export interface FieldTexts {
  label: string;
  /** Keeps the label for screen readers alone, where the place says it to everybody else. */
  hideLabel?: boolean;
  description?: ReactNode;
  /** A problem to show at this field; most come from the form by the field's `name`. */
  error?: string | undefined;
}

export function FieldLabel({ label, hideLabel }: Pick<FieldTexts, "label" | "hideLabel">) {
  return <Label className={hideLabel ? "visually-hidden" : (styles["label"] ?? "")}>{label}</Label>;
}

export function FieldNotes({ description, error }: Pick<FieldTexts, "description" | "error">) {
  return (
    <>
      {description !== undefined && (
        <Text slot="description" className={styles["description"] ?? ""}>
          {description}
        </Text>
      )}
      {error === undefined ? (
        <FieldError className={styles["error"] ?? ""} />
      ) : (
        <FieldError className={styles["error"] ?? ""}>{error}</FieldError>
      )}
    </>
  );
}

/** What a field's `error` asks of react-aria: shown at once, and no obstacle to sending the form again. */
export function validity(error: string | undefined) {
  return error === undefined ? {} : { isInvalid: true, validationBehavior: "aria" as const };
}
