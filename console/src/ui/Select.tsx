// One choice out of a list that opens below. What it is drawn by is fetched where it is used.
import { lazy, Suspense } from "react";

import { FieldStandIn } from "./FieldStandIn.tsx";
import type { SelectProps } from "./SelectField.tsx";

const SelectField = lazy(async () => ({
  default: (await import("./SelectField.tsx")).SelectField,
}));

export function Select(props: SelectProps) {
  const { choices, value, defaultValue, placeholder = "Choose…" } = props;
  const chosen = choices.find(({ id }) => id === (value ?? defaultValue));
  return (
    <Suspense fallback={<FieldStandIn {...props} words={chosen?.label ?? placeholder} />}>
      <SelectField {...props} placeholder={placeholder} />
    </Suspense>
  );
}
