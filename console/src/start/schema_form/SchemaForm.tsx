// A form drawn from a JSON Schema. It holds nothing itself: the value comes in, and each change goes out.
import { useLayoutEffect, useMemo, useRef, useState } from "react";

import { isTooMuch } from "./extent.ts";
import { type Field, fieldOf, type Schema } from "./field.ts";
import { SchemaField } from "./SchemaField.tsx";

export interface SchemaFormProps {
  schema: Schema;
  value: unknown;
  onChange: (value: unknown) => void;
  /** The server's words by the path of their place: `rates.0`. */
  problems?: Readonly<Record<string, string>>;
  /** What a field at the top is called that has no title of its own. */
  label: string;
}

const NONE = {};

export function SchemaForm({ schema, value, onChange, problems = NONE, label }: SchemaFormProps) {
  // What it begins with decides: a form that grows while somebody fills it in stays a form.
  const [first] = useState(value);
  const field = useMemo(() => drawnFor(fieldOf(schema), first), [schema, first]);
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  }, [value]);
  return (
    <SchemaField
      field={field}
      label={label}
      path=""
      isRequired
      value={value}
      onChange={(change) => {
        latest.current = change(latest.current);
        onChange(latest.current);
      }}
      problems={problems}
    />
  );
}

function drawnFor(field: Field, value: unknown): Field {
  const { title, description, proposed } = field;
  if (isTooMuch(field, value)) return { title, description, proposed, kind: "json" };
  return untitled(field);
}

/** The page says already what the whole is; its own title would only repeat it. */
function untitled(field: Field): Field {
  return field.kind === "object" ? { ...field, title: undefined, description: undefined } : field;
}
