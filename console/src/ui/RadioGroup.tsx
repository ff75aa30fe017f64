// One choice among a few that are all in sight.
import type { ReactNode } from "react";
import {
  Radio as AriaRadio,
  RadioGroup as AriaRadioGroup,
  type RadioGroupProps as AriaRadioGroupProps,
} from "react-aria-components/RadioGroup";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, type FieldTexts, validity } from "./Field.tsx";
import styles from "./Field.module.css";

export interface Choice {
  id: string;
  label: string;
  description?: ReactNode;
}

export interface RadioGroupProps
  extends Omit<AriaRadioGroupProps, "className" | "children">, FieldTexts {
  choices: readonly Choice[];
  across?: boolean;
}

export function RadioGroup(props: RadioGroupProps) {
  const { label, hideLabel, description, error, choices, across, ...rest } = props;
  return (
    <AriaRadioGroup
      {...rest}
      {...validity(error)}
      className={classes(styles["field"], across && styles["across"])}
    >
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <div className={styles["options"]}>
        {choices.map((choice) => (
          <Radio key={choice.id} choice={choice} />
        ))}
      </div>
      <FieldNotes description={description} error={error} />
    </AriaRadioGroup>
  );
}

function Radio({ choice }: { choice: Choice }) {
  return (
    <AriaRadio value={choice.id} className={styles["choice"] ?? ""}>
      <span className={classes(styles["box"], styles["round"])} />
      <span className={styles["choiceTexts"]}>
        <span>{choice.label}</span>
        {choice.description !== undefined && (
          <span className={styles["description"]}>{choice.description}</span>
        )}
      </span>
    </AriaRadio>
  );
}
