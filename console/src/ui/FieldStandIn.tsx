// What stands where a field will be, while that is fetched: as tall, under the same label, with the same words.
import { classes } from "./classes.ts";
import type { FieldTexts } from "./Field.tsx";
import fields from "./Field.module.css";

export interface FieldStandInProps extends FieldTexts {
  words: string;
}

export function FieldStandIn({ label, hideLabel, description, words }: FieldStandInProps) {
  return (
    <div className={fields["field"]} aria-busy="true">
      <span className={hideLabel ? "visually-hidden" : fields["label"]}>{label}</span>
      <span className={classes(fields["control"], fields["standIn"])}>{words}</span>
      {description !== undefined && <span className={fields["description"]}>{description}</span>}
    </div>
  );
}
