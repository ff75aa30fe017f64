// An answer that has to be typed: a form drawn from the schema of its question.
import { type FormEvent, useState } from "react";

import { fieldErrors } from "../../problem.ts";
import { fieldOf } from "../../start/schema_form/field.ts";
import { initialValue } from "../../start/schema_form/initial.ts";
import { SchemaForm } from "../../start/schema_form/SchemaForm.tsx";
import { Button } from "../../ui/Button.tsx";
import { holdStill } from "../../ui/hold_still.ts";
import styles from "./Questions.module.css";

export interface AnswerFormProps {
  schema: unknown;
  isPending: boolean;
  error: unknown;
  onAnswer: (value: unknown) => void;
}

export interface TypedAnswerProps extends AnswerFormProps {
  schema: Readonly<Record<string, unknown>>;
}

export function TypedAnswer({ schema, isPending, error, onAnswer }: TypedAnswerProps) {
  const [value, setValue] = useState(() => initialValue(fieldOf(schema)));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onAnswer(value ?? null);
  };
  return (
    <form className={styles["form"]} onPointerDownCapture={holdStill} onSubmit={onSubmit}>
      <SchemaForm
        label="Answer"
        schema={schema}
        value={value}
        onChange={setValue}
        problems={fieldErrors(error)}
      />
      <Button type="submit" tone="primary" isPending={isPending}>
        Answer
      </Button>
    </form>
  );
}
