// The form of an answer, as its schema asks for it.
import { type FormEvent, useState } from "react";

import { Button } from "../../ui/Button.tsx";
import { Select } from "../../ui/Select.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { TextField } from "../../ui/TextField.tsx";
import { answerKindOf, choiceWords, type AnswerKind } from "./answer_kind.ts";
import styles from "./Questions.module.css";
import { readAnswer } from "./read_answer.ts";

export interface AnswerFormProps {
  label: string;
  schema: unknown;
  isPending: boolean;
  onAnswer: (value: unknown) => void;
}

const MOST_BUTTONS = 5;

export function AnswerForm({ label, schema, isPending, onAnswer }: AnswerFormProps) {
  const kind = answerKindOf(schema);
  if (kind.kind === "boolean") {
    const choices = [true, false];
    return <Buttons choices={choices} words={yesNo} isPending={isPending} onAnswer={onAnswer} />;
  }
  if (kind.kind === "choice" && kind.choices.length <= MOST_BUTTONS) {
    const { choices } = kind;
    return (
      <Buttons choices={choices} words={choiceWords} isPending={isPending} onAnswer={onAnswer} />
    );
  }
  return <Typed label={label} kind={kind} isPending={isPending} onAnswer={onAnswer} />;
}

interface ButtonsProps extends Pick<AnswerFormProps, "isPending" | "onAnswer"> {
  choices: readonly unknown[];
  words: (choice: unknown) => string;
}

function Buttons({ choices, words, isPending, onAnswer }: ButtonsProps) {
  return (
    <div className={styles["buttons"]}>
      {choices.map((choice) => (
        <Button
          key={words(choice)}
          tone={choice === true ? "primary" : "plain"}
          isDisabled={isPending}
          onPress={() => onAnswer(choice)}
        >
          {words(choice)}
        </Button>
      ))}
    </div>
  );
}

interface TypedProps extends Pick<AnswerFormProps, "label" | "isPending" | "onAnswer"> {
  kind: AnswerKind;
}

function Typed({ label, kind, isPending, onAnswer }: TypedProps) {
  const [text, setText] = useState("");
  const [error, setError] = useState<string | undefined>();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const read = readAnswer(kind, text);
    setError(read.error);
    if (read.error === undefined) onAnswer(read.value);
  };
  return (
    <form className={styles["form"]} onSubmit={onSubmit}>
      <Field label={label} kind={kind} text={text} onText={setText} error={error} />
      <Button type="submit" tone="primary" isPending={isPending}>
        Answer
      </Button>
    </form>
  );
}

interface FieldProps {
  label: string;
  kind: AnswerKind;
  text: string;
  onText: (text: string) => void;
  error: string | undefined;
}

function Field({ label, kind, text, onText, error }: FieldProps) {
  const shared = { label, hideLabel: true, error };
  if (kind.kind === "choice") {
    const choices = kind.choices.map((choice, index) => ({
      id: String(index),
      label: choiceWords(choice),
    }));
    return <Select {...shared} choices={choices} value={text || null} onChange={onText} />;
  }
  if (kind.kind === "json") {
    return <TextArea {...shared} value={text} onChange={onText} description="An answer in JSON." />;
  }
  const mode = kind.kind === "number" ? "decimal" : "text";
  return <TextField {...shared} value={text} onChange={onText} inputMode={mode} />;
}

function yesNo(choice: unknown): string {
  return choice === true ? "Yes" : "No";
}
