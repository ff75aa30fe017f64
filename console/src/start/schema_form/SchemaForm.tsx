// A form drawn from a JSON Schema. It holds nothing itself: the value comes in, and each change goes out.
import { useMemo } from "react";
import { flushSync } from "react-dom";

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
  const field = useMemo(() => untitled(fieldOf(schema)), [schema]);
  return (
    <SchemaField
      field={field}
      label={label}
      path=""
      isRequired
      value={value}
      // At once, because one click may change two fields: the one that it is on, and the number in the
      // field that it leaves. The second is to be put into the value that the first has made.
      onChange={(changed) => flushSync(() => onChange(changed))}
      problems={problems}
    />
  );
}

/** The page says already what the whole is; its own title would only repeat it. */
function untitled(field: Field): Field {
  return field.kind === "object" ? { ...field, title: undefined, description: undefined } : field;
}
