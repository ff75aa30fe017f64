// One choice out of a list that opens below. What it is drawn by is fetched where it is used.
import { lazy, Suspense } from "react";

import type { FieldTexts } from "./Field.tsx";
import { FieldStandIn } from "./FieldStandIn.tsx";
import type { Choice } from "./RadioGroup.tsx";

const SelectField = lazy(async () => ({
  default: (await import("./SelectField.tsx")).SelectField,
}));

export const NOTHING_CHOSEN = "Choose…";

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

export function Select(props: SelectProps) {
  const { choices, value, defaultValue, placeholder = NOTHING_CHOSEN } = props;
  const chosen = choices.find(({ id }) => id === (value ?? defaultValue));
  return (
    <Suspense fallback={<FieldStandIn {...props} words={chosen?.label ?? placeholder} />}>
      <SelectField {...props} />
    </Suspense>
  );
}
