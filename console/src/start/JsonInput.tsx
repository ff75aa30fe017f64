// The input of an execution as JSON, for who would rather write it. While it cannot be read, the value stays.
import { useState } from "react";

import { JsonEditor } from "../json/JsonEditor.tsx";
import { readJson } from "../json/read.ts";
import { asText } from "../json/text.ts";
import type { PlacedProblem } from "../json/placed.ts";
import type { Schema } from "./schema_form/field.ts";

export interface InputEditorProps {
  schema: Schema;
  value: unknown;
  onChange: (value: unknown) => void;
  /** Told whether the JSON can be read; while it cannot, the value stays what it was. */
  onReadable: (isReadable: boolean) => void;
  problems: readonly PlacedProblem[];
}

export function JsonInput({ value, onChange, onReadable, problems }: InputEditorProps) {
  const [text, setText] = useState(() => asText(value));
  const change = (typed: string) => {
    setText(typed);
    const read = readJson(typed);
    onReadable("value" in read);
    if ("value" in read) onChange(read.value);
  };
  return <JsonEditor label="Input as JSON" value={text} onChange={change} problems={problems} />;
}
