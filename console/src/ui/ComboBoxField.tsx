// What a ComboBox is drawn by: an input, and the list of suggestions below it.
import { Button } from "react-aria-components/Button";
import { ComboBox as AriaComboBox } from "react-aria-components/ComboBox";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { Popover } from "react-aria-components/Popover";

import { classes } from "./classes.ts";
import { FieldLabel, FieldNotes, type FieldTexts, validity } from "./Field.tsx";
import fields from "./Field.module.css";
import { ChevronDownIcon } from "./icons.tsx";
import lists from "./List.module.css";
import { Options } from "./Options.tsx";
import type { Choice } from "./RadioGroup.tsx";

export interface ComboBoxProps extends FieldTexts {
  choices: readonly Choice[];
  value?: string;
  defaultValue?: string;
  onChange?: (value: string) => void;
  /** Called with the id of a choice that was taken from the list. */
  onChoose?: (id: string) => void;
  name?: string;
  placeholder?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
}

export function ComboBoxField(props: ComboBoxProps) {
  const { label, hideLabel, description, error, choices, placeholder, ...rest } = props;
  const { value, defaultValue, onChange, onChoose, ...others } = rest;
  return (
    <AriaComboBox
      {...others}
      // What is typed is no choice from the list, so that the browser's own validation would hold on to
      // what the server has refused once.
      validationBehavior="aria"
      {...validity(error)}
      {...(value === undefined ? {} : { inputValue: value })}
      {...(defaultValue === undefined ? {} : { defaultInputValue: defaultValue })}
      {...(onChange && { onInputChange: onChange })}
      onChange={(key) => key !== null && onChoose?.(String(key))}
      allowsCustomValue
      formValue="text"
      defaultItems={choices}
      className={fields["field"] ?? ""}
    >
      <FieldLabel label={label} hideLabel={hideLabel ?? false} />
      <Group className={classes(fields["control"], fields["group"])}>
        <Input placeholder={placeholder ?? ""} />
        <Button aria-label="Show the choices">
          <ChevronDownIcon />
        </Button>
      </Group>
      <FieldNotes description={description} error={error} />
      <Popover className={lists["popover"] ?? ""}>
        <Options choices={choices} />
      </Popover>
    </AriaComboBox>
  );
}
