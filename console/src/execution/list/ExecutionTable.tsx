// Executions as rows that lead to them.
import type { Execution } from "runcast";

import { StateBadge } from "../../ui/Badge.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Skeleton } from "../../ui/Skeleton.tsx";
import { type Column, RowLink, Table } from "../../ui/Table.tsx";
import { lengthOf } from "../../ui/time.ts";
import { isFields, numberOrNull } from "../record/feed_event.ts";
import styles from "./ExecutionTable.module.css";

const MOST_ABOUT = 200;

const COLUMNS: readonly Column<Execution>[] = [
  {
    id: "handler",
    header: "Execution",
    card: "title",
    cell: (execution) => (
      <span className={styles["texts"]}>
        <RowLink to="/executions/$executionId" params={{ executionId: execution.id }}>
          {execution.handler} <span className={styles["id"]}>{execution.id.slice(-8)}</span>
        </RowLink>
        {execution.error !== null && (
          <span className={styles["about"]}>{execution.error.message.slice(0, MOST_ABOUT)}</span>
        )}
        <span className={styles["about"]}>{inputWords(execution)}</span>
      </span>
    ),
  },
  {
    id: "state",
    header: "State",
    width: "fit",
    card: "line",
    cell: (execution) => <StateBadge state={execution.state} asks={execution.open_questions > 0} />,
  },
  {
    id: "progress",
    header: "Progress",
    width: "fit",
    align: "end",
    card: "line",
    cell: progressWords,
  },
  { id: "took", header: "Took", width: "fit", align: "end", card: "line", cell: lengthWords },
  {
    id: "created",
    header: "Started",
    width: "fit",
    align: "end",
    card: "line",
    cell: (execution) => <RelativeTime at={execution.created_at} />,
  },
];

export function ExecutionTable({
  rows,
  isPending,
}: {
  rows: readonly Execution[];
  isPending: boolean;
}) {
  if (isPending) return <Skeleton />;
  if (rows.length === 0) return null;
  return <Table label="Executions" columns={COLUMNS} rows={rows} rowKey={(row) => row.id} />;
}

function progressWords({ progress }: Execution): string {
  if (!isFields(progress)) return "";
  const done = numberOrNull(progress["done"]);
  const total = numberOrNull(progress["total"]);
  if (done === null) return "";
  if (total === null || total <= 0) return done.toLocaleString("en");
  return `${Math.floor(Math.min(1, done / total) * 100)} %`;
}

function lengthWords({ started_at: from, finished_at: to }: Execution): string {
  if (from === null || to === null) return "";
  return lengthOf(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000);
}

/** What tells executions of one handler apart. */
function inputWords({ input }: Execution): string {
  if (input === null || (isFields(input) && Object.keys(input).length === 0)) return "";
  return JSON.stringify(input).slice(0, MOST_ABOUT);
}
