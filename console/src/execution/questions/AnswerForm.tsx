// The form of an answer: buttons where the answers are few, else what its schema asks for.
import { type FormEvent, useState } from "react";

import { fieldErrors } from "../../problem.ts";
import { fieldOf } from "../../start/schema_form/field.ts";
import { initialValue } from "../../start/schema_form/initial.ts";
import { SchemaForm } from "../../start/schema_form/SchemaForm.tsx";
import { Button } from "../../ui/Button.tsx";
import { fieldsOf } from "../record/feed_event.ts";
import { choicesOf, choiceWords } from "./choices.ts";
import styles from "./Questions.module.css";

export interface AnswerFormProps {
  schema: unknown;
  isPending: boolean;
  error: unknown;
  onAnswer: (value: unknown) => void;
}

export function AnswerForm(props: AnswerFormProps) {
  const schema = fieldsOf(props.schema);
  const choices = choicesOf(schema);
  if (choices === null) return <Typed {...props} schema={schema} />;
  return (
    <div className={styles["buttons"]}>
      {choices.map((choice) => (
        <Button
          key={JSON.stringify(choice)}
          tone={choice === true ? "primary" : "plain"}
          isDisabled={props.isPending}
          onPress={() => props.onAnswer(choice)}
        >
          {choiceWords(choice)}
        </Button>
      ))}
    </div>
  );
}

interface TypedProps extends AnswerFormProps {
  schema: Readonly<Record<string, unknown>>;
}

function Typed({ schema, isPending, error, onAnswer }: TypedProps) {
  const [value, setValue] = useState(() => initialValue(fieldOf(schema)));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onAnswer(value ?? null);
  };
  return (
    <form className={styles["form"]} onSubmit={onSubmit}>
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
