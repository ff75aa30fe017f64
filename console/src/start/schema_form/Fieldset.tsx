// Fields that belong together, under one name.
import { type ReactNode, useId } from "react";

import styles from "./Fieldset.module.css";

export interface FieldsetProps {
  label: string;
  description?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
}

export function Fieldset({ label, description, error, children }: FieldsetProps) {
  const id = useId();
  const notes = description !== undefined || error !== undefined;
  return (
    <fieldset className={styles["set"]} {...(notes && { "aria-describedby": id })}>
      <legend className={styles["legend"]}>{label}</legend>
      {notes && (
        <div id={id} className={styles["notes"]}>
          {description !== undefined && <p>{description}</p>}
          {error !== undefined && <p className={styles["error"]}>{error}</p>}
        </div>
      )}
      {children}
    </fieldset>
  );
}
