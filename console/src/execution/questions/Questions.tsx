// The questions that wait for an answer, below the panes and always in sight. Where the page replays, they
// are those of that moment, to look at.
import { Suspense, useId, useRef } from "react";

import { useKeyedMutation } from "../../keyed_mutation.ts";
import { Part } from "../../ui/Part.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { useAccess } from "../access.ts";
import { useRights } from "../rights.ts";
import { textOrNull } from "../record/feed_event.ts";
import type { Entry } from "../record/journal.ts";
import { useShown } from "../live/useModel.ts";
import { useGone } from "../status/useGone.ts";
import { AnswerForm } from "./AnswerForm.tsx";
import styles from "./Questions.module.css";

export function Questions() {
  const open = useShown((model) => model.journal.openQuestionsAt(model.asOf));
  const isReplaying = useShown((model) => model.replay !== null);
  const isGone = useGone() !== null;
  const place = useRef<HTMLDivElement>(null);
  // What was answered leaves the page; whoever has no mouse goes on where it was.
  const stay = () => {
    const { activeElement, body } = document;
    if (activeElement === body || place.current?.contains(activeElement)) place.current?.focus();
  };
  return (
    <div ref={place} tabIndex={-1} className={styles["place"]}>
      {open.length > 0 && !isGone && (
        <section className={styles["questions"]} aria-label="Questions">
          {open.map((entry) => (
            // A question comes together with the form that answers it.
            <Part key={entry.id}>
              <Suspense>
                <Question entry={entry} isReplaying={isReplaying} onAnswered={stay} />
              </Suspense>
            </Part>
          ))}
        </section>
      )}
    </div>
  );
}

interface QuestionProps {
  entry: Entry;
  isReplaying: boolean;
  onAnswered: () => void;
}

function Question({ entry, isReplaying, onAnswered }: QuestionProps) {
  const { executionId, runcast } = useAccess();
  const may = useRights();
  const id = textOrNull(entry.event.data["id"]) ?? "";
  const expires = textOrNull(entry.event.data["expires_at"]);
  const answering = useKeyedMutation({
    send: (value: unknown, headers) =>
      runcast.api.answerQuestion({
        path: { execution_id: executionId, question: id },
        body: { value },
        headers,
      }),
    onSuccess: onAnswered,
  });
  const prompt = useId();
  const isClosed = isReplaying || !may.act;
  return (
    <div className={styles["question"]} role="group" aria-labelledby={prompt}>
      <p id={prompt} className={styles["prompt"]}>
        {entry.name}
      </p>
      {expires !== null && !isReplaying && (
        <p className={styles["note"]}>
          The time to answer ends <RelativeTime at={expires} />.
        </p>
      )}
      {isClosed ? (
        <p className={styles["note"]}>
          {isReplaying ? "It was open at this moment." : "Who may answer sees a form here."}
        </p>
      ) : (
        <AnswerForm
          schema={entry.event.data["schema"]}
          isPending={answering.isPending || answering.isSuccess}
          error={answering.error}
          onAnswer={(value) => answering.mutate(value)}
        />
      )}
      {answering.error !== null && <Problem error={answering.error} />}
    </div>
  );
}
