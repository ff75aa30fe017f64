// The form of an answer: buttons where the answers are few, else what its schema asks for, which is fetched
// when somebody is asked so.
import { lazy } from "react";

import { Button } from "../../ui/Button.tsx";
import { fieldsOf } from "../record/feed_event.ts";
import { choicesOf, choiceWords } from "./choices.ts";
import styles from "./Questions.module.css";
import type { AnswerFormProps } from "./TypedAnswer.tsx";

const TypedAnswer = lazy(async () => ({
  default: (await import("./TypedAnswer.tsx")).TypedAnswer,
}));

export function AnswerForm(props: AnswerFormProps) {
  const schema = fieldsOf(props.schema);
  const choices = choicesOf(schema);
  if (choices === null) return <TypedAnswer {...props} schema={schema} />;
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
