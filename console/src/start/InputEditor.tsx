// The input of an execution, as a form and as JSON. Both show one value; who changes one changes the other.
import { lazy, Suspense, useMemo, useState } from "react";

import { problemsByPath } from "../json/placed.ts";
import { Skeleton } from "../ui/Skeleton.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { isTooMuch } from "./schema_form/extent.ts";
import { fieldOf, type Schema } from "./schema_form/field.ts";
import styles from "./InputEditor.module.css";
import { SchemaForm } from "./schema_form/SchemaForm.tsx";
import type { InputEditorProps } from "./JsonInput.tsx";

const JsonInput = lazy(async () => ({ default: (await import("./JsonInput.tsx")).JsonInput }));

export function InputEditor(props: InputEditorProps) {
  const [selected, select] = useState("form");
  const [first] = useState(props.value);
  const isDrawn = useMemo(() => hasForm(props.schema, first), [props.schema, first]);
  const asJson = (
    <Suspense fallback={<Skeleton shape="block" />}>
      <JsonInput {...props} />
    </Suspense>
  );
  if (!isDrawn) return asJson;
  return (
    <Tabs
      label="How to fill it in"
      selected={selected}
      onSelect={(tab) => {
        // What cannot be read stays behind with its tab.
        props.onReadable(true);
        select(tab);
      }}
      tabs={[
        { id: "form", label: "Form", content: <Fields {...props} /> },
        { id: "json", label: "JSON", content: asJson },
      ]}
    />
  );
}

function Fields({ schema, value, onChange, problems }: InputEditorProps) {
  const isEmpty = useMemo(() => hasNoFields(schema), [schema]);
  if (isEmpty) return <p className={styles["none"]}>It asks for nothing.</p>;
  return (
    <div className={styles["fields"]}>
      <SchemaForm
        schema={schema}
        label="Input"
        value={value}
        onChange={onChange}
        problems={problemsByPath(problems)}
      />
    </div>
  );
}

/** Whether a form serves better than JSON: not where nothing can be drawn, nor where it is too much. */
function hasForm(schema: Schema, value: unknown): boolean {
  const field = fieldOf(schema);
  return field.kind !== "json" && !isTooMuch(field, value);
}

function hasNoFields(schema: Schema): boolean {
  const field = fieldOf(schema);
  return field.kind === "object" && field.members.length === 0;
}
