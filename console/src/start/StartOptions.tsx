// What else can be said of an execution: when it is to run, and how much before others.
import { Disclosure } from "../ui/Disclosure.tsx";
import { NumberField } from "../ui/NumberField.tsx";
import { TextField } from "../ui/TextField.tsx";
import styles from "./InputEditor.module.css";
import type { Wanted } from "./starting.ts";

type Options = Pick<Wanted, "runAt" | "priority">;

export interface StartOptionsProps {
  value: Options;
  onChange: (value: Options) => void;
}

export function StartOptions({ value, onChange }: StartOptionsProps) {
  return (
    <Disclosure summary="Time and priority">
      <div className={styles["fields"]}>
        <TextField
          label="Not before"
          type="datetime-local"
          description="In the time of this browser. Empty, or a time that has passed: at once."
          onChange={(local) => onChange({ ...value, runAt: momentOf(local) })}
        />
        <NumberField
          label="Priority"
          description="From −1000 to 1000. What has a higher one is taken first."
          minValue={-1000}
          maxValue={1000}
          step={1}
          onChange={(priority) =>
            onChange({ ...value, priority: Number.isNaN(priority) ? undefined : priority })
          }
        />
      </div>
    </Disclosure>
  );
}

/** The moment of what a person typed as local time. */
function momentOf(local: string): string | undefined {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
