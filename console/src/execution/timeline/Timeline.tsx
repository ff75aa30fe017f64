// Steps, waits and questions on a line of time, attempt by attempt. What an attempt left behind when it was
// cut short is folded away.
import { useMemo, useState } from "react";

import { Empty } from "../../ui/Empty.tsx";
import { lengthOf } from "../../ui/time.ts";
import { FixedRows } from "../log/FixedRows.tsx";
import type { ExecutionModel } from "../live/execution_model.ts";
import { useModel, useSeconds, useShown } from "../live/useModel.ts";
import { endAt, type Entry, type EntryKind, isFinal, type Outcome } from "../record/journal.ts";
import { Button } from "../../ui/Button.tsx";
import { Pane } from "../Pane.tsx";
import { foldedCount, type TimelineRow, timelineRows } from "./timeline_rows.ts";
import styles from "./Timeline.module.css";

const ROW_HEIGHT = 32;

export function Timeline() {
  const model = useModel();
  const [showsFolded, setShowsFolded] = useState(false);
  const [follows, setFollows] = useState(false);
  const count = useShown((shown) => shown.journal.countAt(shown.asOf));
  const states = useShown((shown) => shown.journal.statesAt(shown.asOf).length);
  const ended = useShown((shown) => endedCount(shown));
  const isOver = useShown((shown) => isFinal(shown.journal.stateAt(shown.asOf)?.state ?? "queued"));
  useSeconds(!isOver);
  const { asOf } = model;
  const rows = useMemo(
    () => timelineRows(model.journal, asOf, showsFolded),
    // oxlint-disable-next-line react/exhaustive-deps -- the journal is the same object while it grows
    [model, asOf, showsFolded, count, states, ended],
  );
  const folded = foldedCount(model.journal, asOf);
  const span = spanOf(model);
  return (
    <Pane
      head={
        folded > 0 ? (
          <Button small tone="quiet" onPress={() => setShowsFolded(!showsFolded)}>
            {showsFolded ? "Fold" : "Show"} what was cut short ({folded})
          </Button>
        ) : null
      }
    >
      <FixedRows
        label="Timeline"
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        draw={(index) => drawRow(rows[index], asOf, span)}
        follows={follows}
        onFollows={setFollows}
        target={null}
      />
      {rows.length === 0 && <Empty title="No step has begun yet" />}
    </Pane>
  );
}

/** How many entries have ended: what the rows' looks depend on, beside their number. */
function endedCount(model: ExecutionModel): number {
  return model.journal.endedAt(model.asOf);
}

interface Span {
  readonly from: number;
  readonly length: number;
  readonly now: number;
}

function spanOf(model: ExecutionModel): Span {
  const from = model.record.startTime;
  const now = model.now;
  return { from, length: Math.max(1, now - from), now };
}

function drawRow(row: TimelineRow | undefined, asOf: number, span: Span) {
  if (row === undefined) return null;
  if (row.kind === "state") {
    return (
      <div className={styles["state"]}>
        <span className={styles["when"]}>{lengthOf(Math.max(0, row.at - span.from) / 1000)}</span>
        <span>{row.words}</span>
      </div>
    );
  }
  return <EntryRow entry={row.entry} asOf={asOf} span={span} />;
}

function EntryRow({ entry, asOf, span }: { entry: Entry; asOf: number; span: Span }) {
  const end = endAt(entry, asOf);
  const to = end?.at ?? span.now;
  const left = ((entry.at - span.from) / span.length) * 100;
  const width = (Math.max(0, to - entry.at) / span.length) * 100;
  const outcome = end?.outcome ?? "open";
  return (
    <div className={styles["row"]} data-outcome={outcome}>
      <span className={styles["when"]}>{lengthOf(Math.max(0, entry.at - span.from) / 1000)}</span>
      <span className={styles["name"]} title={entry.name}>
        {entry.kind !== "step" && <span className={styles["kind"]}>{KINDS[entry.kind]} </span>}
        {entry.kind === "step" ? entry.key : entry.name}
      </span>
      <span className={styles["track"]} aria-hidden="true">
        <span
          className={styles["bar"]}
          style={{ left: `${left}%`, width: `max(3px, ${width}%)` }}
        />
      </span>
      <span className={styles["length"]}>{lengthOf(Math.max(0, to - entry.at) / 1000)}</span>
      <span className={styles["outcome"]} title={end?.error ?? undefined}>
        {OUTCOMES[outcome]}
        {end?.error !== null && end?.error !== undefined && `: ${end.error}`}
      </span>
    </div>
  );
}

const KINDS: Readonly<Record<EntryKind, string>> = {
  step: "",
  timer: "Timer",
  signal: "Signal",
  child: "Execution",
  question: "Question",
};

const OUTCOMES: Readonly<Record<Outcome | "open", string>> = {
  open: "goes on",
  succeeded: "done",
  failed: "failed",
  retrying: "failed, tried again",
  cut_short: "cut short",
  expired: "not answered in time",
  ended: "not finished",
};
