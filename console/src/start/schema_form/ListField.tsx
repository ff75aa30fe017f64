// A list of fields of one kind: entries are added at its end and taken out anywhere.
import { useRef } from "react";

import { Button, IconButton } from "../../ui/Button.tsx";
import { CloseIcon, PlusIcon } from "../../ui/icons.tsx";
import type { FieldOf } from "./field.ts";
import { Fieldset } from "./Fieldset.tsx";
import styles from "./Fieldset.module.css";
import { initialValue } from "./initial.ts";
import { controlOf, joined, SchemaField, type SchemaFieldProps } from "./SchemaField.tsx";

export function ListField(props: SchemaFieldProps<FieldOf<"list">>) {
  const { field, path, value, onChange, problems } = props;
  const entries = Array.isArray(value) ? (value as unknown[]) : [];
  const keys = useKeys(entries.length);
  const { label, description, error } = controlOf(props);
  return (
    <Fieldset label={label} error={error} {...(description !== undefined && { description })}>
      {entries.map((entry, place) => (
        <div key={keys.at(place)} className={styles["row"]}>
          <div className={styles["entry"]}>
            <SchemaField
              field={field.entry}
              label={`${label} ${String(place + 1)}`}
              path={joined(path, String(place))}
              isRequired
              value={entry}
              onChange={(changed) => onChange(entries.with(place, changed))}
              problems={problems}
            />
          </div>
          <IconButton
            small
            label={`Remove ${label} ${String(place + 1)}`}
            icon={CloseIcon}
            onPress={() => {
              keys.remove(place);
              onChange(entries.toSpliced(place, 1));
            }}
          />
        </div>
      ))}
      <div>
        <Button
          small
          icon={PlusIcon}
          onPress={() => onChange([...entries, initialValue(field.entry) ?? null])}
        >
          Add
        </Button>
      </div>
    </Fieldset>
  );
}

/** Keys that go with entries when one before them is taken out, so that each control keeps its own. */
function useKeys(length: number) {
  const keys = useRef<number[]>([]);
  const next = useRef(0);
  while (keys.current.length < length) keys.current.push((next.current += 1));
  keys.current.length = length;
  return {
    at: (place: number) => keys.current[place],
    remove: (place: number) => keys.current.splice(place, 1),
  };
}
