// One line below the heading, always as tall: for how long, how far, how fast, and how the connection is.
import { Link } from "@tanstack/react-router";
import type { Execution } from "runcast";

import { lengthOf } from "../../ui/time.ts";
import { useAccess } from "../access.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import { useSeconds, useShown } from "../live/useModel.ts";
import { isFinal } from "../record/journal.ts";
import { Connection } from "./Connection.tsx";
import { ProgressNow } from "./ProgressNow.tsx";
import styles from "./Status.module.css";

export function Status({ execution }: { execution: Execution }) {
  const isOver = useShown((model) => model.isOver && model.replay === null);
  const isBehind = useShown((model) => model.replay === null && model.live.behind > 0);
  // What the log has told so far of what has ended is old: the server's answer tells more.
  const isEndAhead = isBehind && isFinal(execution.state);
  return (
    <div className={styles["status"]} data-over={isOver || undefined}>
      {isEndAhead ? (
        <>
          <span className={styles["duration"]}>{endWords(execution)}</span>
          <div className={styles["progress"]} />
        </>
      ) : (
        <>
          <Duration execution={execution} />
          <ProgressNow />
        </>
      )}
      <Connection />
    </div>
  );
}

function endWords({ state, started_at, created_at, finished_at }: Execution): string {
  const took = Date.parse(finished_at ?? created_at) - Date.parse(started_at ?? created_at);
  return `${wordsOf(state)} ${lengthOf(Math.max(0, took) / 1000)}`;
}

function Duration({ execution }: { execution: Execution }) {
  const { state, since, at, attempt, isCancelling } = useShown(shownState);
  const isOver = isFinal(state);
  useSeconds(!isOver);
  const { mayAct } = useAccess();
  const now = useShown((model) => Math.floor(model.now / 1000));
  if (since === null) return <span className={styles["duration"]} />;
  const length = isOver ? lengthOf((at - since) / 1000) : wholeLength(now - since / 1000);
  const words = isCancelling && !isOver ? "Is being cancelled" : wordsOf(state);
  return (
    <span className={styles["duration"]}>
      {words} {length}
      {attempt > 1 && `, attempt ${attempt}`}
      {mayAct && execution.retry_of !== null && (
        <>
          , resumed from{" "}
          <Link to="/executions/$executionId" params={{ executionId: execution.retry_of }}>
            another
          </Link>
        </>
      )}
    </span>
  );
}

function shownState(model: ExecutionModel) {
  const { journal, asOf } = model;
  const change = journal.stateAt(asOf);
  const state = change?.state ?? "queued";
  const states = journal.statesAt(asOf);
  const begun = isFinal(state) ? states.find((each) => each.state === "running") : sinceOf(states);
  return {
    state,
    since: (begun ?? states[0])?.at ?? null,
    at: change?.at ?? 0,
    attempt: change?.attempt ?? 0,
    isCancelling: journal.isCancelRequestedAt(asOf),
  };
}

/** The change that began what goes on now; waits and runs of one attempt are told apart. */
function sinceOf(states: ReturnType<ExecutionModel["journal"]["statesAt"]>) {
  return states.at(-1);
}

/** A length that still grows, in whole seconds. */
function wholeLength(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole} s` : lengthOf(whole);
}

const WORDS: Readonly<Record<string, string>> = {
  queued: "Queued for",
  running: "Running for",
  waiting: "Waiting for",
  succeeded: "Took",
  failed: "Took",
  cancelled: "Took",
};

function wordsOf(state: string): string {
  return WORDS[state] ?? state;
}
