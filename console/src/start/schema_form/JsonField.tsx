// A field for what no other field is for: JSON, as text. What cannot be read yet is kept, and not handed on.
import { useState } from "react";

import { readJson } from "../../json/read.ts";
import { asText } from "../../json/text.ts";
import { TextArea } from "../../ui/TextArea.tsx";
import { controlOf, type SchemaFieldProps } from "./control.ts";
import type { FieldOf } from "./field.ts";

export function JsonField(props: SchemaFieldProps<FieldOf<"json">>) {
  const { value, onChange } = props;
  const [text, setText] = useState(() => (value === undefined ? "" : asText(value)));
  const [problem, setProblem] = useState<string>();
  const { error, description, ...control } = controlOf(props);
  const change = (typed: string) => {
    setText(typed);
    const read = typed.trim() === "" ? { value: undefined } : readJson(typed);
    setProblem("problem" in read ? read.problem.message : undefined);
    if ("value" in read) onChange(() => read.value);
  };
  return (
    <TextArea
      {...control}
      mono
      isRequired={false}
      value={text}
      onChange={change}
      error={problem ?? error}
      obstacle={problem}
      description={description ?? "JSON"}
    />
  );
}
