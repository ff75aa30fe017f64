// Text that may be typed freely or taken from a list of suggestions. What it is drawn by is fetched where it is
// used.
import { lazy, Suspense } from "react";

import { FieldStandIn } from "./FieldStandIn.tsx";
import type { ComboBoxProps } from "./ComboBoxField.tsx";

const ComboBoxField = lazy(async () => ({
  default: (await import("./ComboBoxField.tsx")).ComboBoxField,
}));

export function ComboBox(props: ComboBoxProps) {
  const words = (props.value ?? props.defaultValue) || props.placeholder;
  return (
    <Suspense fallback={<FieldStandIn {...props} words={words ?? ""} />}>
      <ComboBoxField {...props} />
    </Suspense>
  );
}
