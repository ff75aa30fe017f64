// A list of fields of one kind: entries are added at its end and taken out anywhere.
import { type ReactNode, useState } from "react";

import { Button, IconButton } from "../../ui/Button.tsx";
import { CloseIcon, PlusIcon } from "../../ui/icons.tsx";
import { controlOf, joined, type SchemaFieldProps } from "./control.ts";
import type { FieldOf } from "./field.ts";
import { Fieldset } from "./Fieldset.tsx";
import styles from "./Fieldset.module.css";
import { initialValue } from "./initial.ts";

export interface ListFieldProps extends SchemaFieldProps<FieldOf<"list">> {
  draw: (entry: SchemaFieldProps) => ReactNode;
}

export function ListField({ draw, ...props }: ListFieldProps) {
  const { field, path, value, onChange, problems } = props;
  const entries = asList(value);
  const keys = useKeys(entries.length);
  const { label, description, error } = controlOf(props);
  return (
    <Fieldset label={label} error={error} {...(description !== undefined && { description })}>
      {entries.map((entry, place) => (
        <div key={keys.at(place)} className={styles["row"]}>
          <div className={styles["entry"]}>
            {draw({
              field: field.entry,
              label: `${label} ${String(place + 1)}`,
              path: joined(path, String(place)),
              isRequired: true,
              isEntry: true,
              value: entry,
              onChange: (change) =>
                onChange((before) => asList(before).with(place, change(asList(before)[place]))),
              problems,
            })}
          </div>
          <IconButton
            label={`Remove ${label} ${String(place + 1)}`}
            icon={CloseIcon}
            onPress={() => {
              keys.remove(place);
              onChange((before) => asList(before).toSpliced(place, 1));
            }}
          />
        </div>
      ))}
      <div>
        <Button
          small
          icon={PlusIcon}
          onPress={() =>
            onChange((before) => [...asList(before), initialValue(field.entry) ?? null])
          }
        >
          Add
        </Button>
      </div>
    </Fieldset>
  );
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Keys that go with entries when one before them is taken out, so that each control keeps its own. */
function useKeys(length: number) {
  const [keys, setKeys] = useState<readonly number[]>([]);
  if (keys.length !== length) setKeys(resized(keys, length));
  return {
    at: (place: number) => keys[place],
    remove: (place: number) => setKeys(keys.toSpliced(place, 1)),
  };
}

function resized(keys: readonly number[], length: number): readonly number[] {
  const next = Math.max(0, ...keys) + 1;
  const more = Array.from(
    { length: Math.max(0, length - keys.length) },
    (_, place) => next + place,
  );
  return [...keys.slice(0, length), ...more];
}
