// The progress as of the moment that is shown, with the time left where it can be known.
import { Progress } from "../../ui/Progress.tsx";
import { lengthOf } from "../../ui/time.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import { useSeconds, useShown } from "../live/useModel.ts";
import { UNKNOWN } from "../record/progress.ts";
import styles from "./Status.module.css";

export function ProgressNow() {
  const shown = useShown(shownProgress);
  useSeconds(shown.isRunning);
  if (shown.done === null) return <div className={styles["progress"]} />;
  const note = <Note {...shown} done={shown.done} />;
  return (
    <div className={styles["progress"]}>
      {shown.total === null ? (
        <div role="group" aria-label="Progress">
          {note}
        </div>
      ) : (
        <Progress label="Progress" done={shown.done} total={shown.total} note={note} />
      )}
    </div>
  );
}

interface NoteProps {
  done: number;
  total: number | null;
  message: string | null;
  perSecond: string;
  left: string;
}

function Note({ done, total, message, perSecond, left }: NoteProps) {
  return (
    <span className={styles["figures"]}>
      <span>
        {said(done)}
        {total === null ? " done" : ` of ${said(total)}`}
      </span>
      {left !== "" ? <span>{left} left</span> : perSecond !== "" && <span>{perSecond}</span>}
      {message !== null && (
        <span className={styles["message"]} title={message}>
          {message}
        </span>
      )}
    </span>
  );
}

function shownProgress(model: ExecutionModel) {
  const { progress, superseded, journal } = model.record;
  const last = progress.at(model.asOf, superseded);
  const isRunning = journal.stateAt(model.asOf)?.state === "running";
  if (last === null)
    return { done: null, total: null, message: null, perSecond: "", left: "", isRunning };
  const pace = isRunning ? progress.paceAt(last, model.now) : UNKNOWN;
  return {
    done: last.done,
    total: last.total,
    message: last.message,
    perSecond: pace.rate === null || last.done === last.total ? "" : `${said(pace.rate)} a second`,
    left: pace.left === null || last.done === last.total ? "" : roughly(pace.left),
    isRunning,
  };
}

/** A time left, not more exact than it can be known. */
function roughly(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return "some seconds";
  const step = seconds < 60 ? 5 : seconds < 600 ? 10 : 60;
  return lengthOf(Math.ceil(seconds / step) * step);
}

const figures = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

function said(number: number): string {
  return (Number.isInteger(number) ? figures : small).format(number);
}
