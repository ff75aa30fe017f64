// A choice out of a list that the browser draws: for pages that people come to first, which should not
// wait for a list of our own, and, small, for a row of tools. Its choices have no descriptions.
import { useId } from "react";

import { classes } from "./classes.ts";
import fields from "./Field.module.css";
import { ChevronDownIcon } from "./icons.tsx";
import styles from "./NativeSelect.module.css";

export interface NativeChoice {
  id: string;
  label: string;
}

export interface NativeSelectProps {
  label: string;
  hideLabel?: boolean;
  small?: boolean;
  choices: readonly NativeChoice[];
  value: string;
  onChange: (value: string) => void;
}

export function NativeSelect(props: NativeSelectProps) {
  const { label, hideLabel = false, small = false, choices, value, onChange } = props;
  const id = useId();
  return (
    <div className={classes(fields["field"], small && styles["small"])}>
      <label htmlFor={id} className={hideLabel || small ? "visually-hidden" : fields["label"]}>
        {label}
      </label>
      <span className={styles["frame"]}>
        <select
          id={id}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          className={classes(fields["control"], styles["select"])}
        >
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </select>
        <ChevronDownIcon className={styles["mark"] ?? ""} />
      </span>
    </div>
  );
}
