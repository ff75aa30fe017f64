// Text that may be typed freely or taken from a list of suggestions. What it is drawn by is fetched where it is
// used.
import { lazy, Suspense } from "react";

import type { FieldTexts } from "./Field.tsx";
import { FieldStandIn } from "./FieldStandIn.tsx";
import type { Choice } from "./RadioGroup.tsx";

const ComboBoxField = lazy(async () => ({
  default: (await import("./ComboBoxField.tsx")).ComboBoxField,
}));

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

export function ComboBox(props: ComboBoxProps) {
  const words = (props.value ?? props.defaultValue) || props.placeholder;
  return (
    <Suspense fallback={<FieldStandIn {...props} words={words ?? ""} />}>
      <ComboBoxField {...props} />
    </Suspense>
  );
}
