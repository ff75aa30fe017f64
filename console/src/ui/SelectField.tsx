// What a Select is drawn by: a button, and the list that it opens.
import { Button } from "react-aria-components/Button";
import { Popover } from "react-aria-components/Popover";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, type FieldTexts, validity } from "./Field.tsx";
import fields from "./Field.module.css";
import { ChevronDownIcon } from "./icons.tsx";
import lists from "./List.module.css";
import { Options } from "./Options.tsx";
import type { Choice } from "./RadioGroup.tsx";

export interface SelectProps extends FieldTexts {
  choices: readonly Choice[];
  value?: string | null;
  defaultValue?: string;
  onChange?: (value: string) => void;
  name?: string;
  placeholder?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
}

export function SelectField(props: SelectProps) {
  const { label, hideLabel, description, error, choices, onChange, ...rest } = props;
  return (
    <AriaSelect
      {...rest}
      {...validity(error)}
      onChange={(key) => key !== null && onChange?.(String(key))}
      className={fields["field"] ?? ""}
    >
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <Button className={classes(fields["control"], lists["trigger"])}>
        <SelectValue className={lists["value"] ?? ""}>
          {({ selectedText, defaultChildren }) => selectedText || defaultChildren}
        </SelectValue>
        <ChevronDownIcon />
      </Button>
      <FieldNotes description={description} error={error} />
      <Popover className={lists["popover"] ?? ""}>
        <Options choices={choices} />
      </Popover>
    </AriaSelect>
  );
}
