// The processes that run handlers, and how busy each is.
import { useQuery } from "@tanstack/react-query";
import type { Worker } from "runcast";

import { Badge } from "../ui/Badge.tsx";
import { Empty } from "../ui/Empty.tsx";
import { CheckCircleIcon, CrossCircleIcon, WorkersIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { Progress } from "../ui/Progress.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import type { Column } from "../ui/Table.tsx";
import { TwoLines } from "../ui/TwoLines.tsx";
import styles from "./Admin.module.css";
import { workersQuery } from "./queries.ts";

const COLUMNS: readonly Column<Worker>[] = [
  {
    id: "name",
    header: "Worker",
    cell: ({ name, version }) => (
      <TwoLines below={version && `Runcast ${version}`}>{name}</TwoLines>
    ),
  },
  {
    id: "state",
    header: "State",
    cell: ({ live }) =>
      live ? (
        <Badge tone="success" icon={CheckCircleIcon}>
          Live
        </Badge>
      ) : (
        <Badge tone="danger" icon={CrossCircleIcon}>
          Lost
        </Badge>
      ),
  },
  {
    id: "load",
    header: "Load",
    cell: ({ name, running, concurrency }) => (
      <Progress
        label={`Load of ${name}`}
        done={running}
        total={concurrency}
        note={`${String(running)} of ${String(concurrency)}`}
      />
    ),
  },
  {
    id: "handlers",
    header: "Handlers",
    cell: ({ handlers }) => (
      <span className={styles["line"]}>
        {handlers.map(({ name, version }) => (
          <Badge key={name}>{version === null ? name : `${name} ${version}`}</Badge>
        ))}
      </span>
    ),
  },
  { id: "seen", header: "Seen", cell: ({ seen_at }) => <RelativeTime at={seen_at} /> },
  {
    id: "since",
    header: "Running since",
    cell: ({ started_at }) => <RelativeTime at={started_at} />,
  },
];

export function WorkersPage() {
  const workers = useQuery(workersQuery);
  return (
    <Page
      title="Workers"
      description="The processes that run handlers. A lost one stays for a day."
    >
      <Section flush>
        <Listing
          label="Workers"
          query={workers}
          columns={COLUMNS}
          rowKey={(worker) => worker.id}
          empty={
            <Empty icon={WorkersIcon} title="No worker runs">
              Executions wait in their queue until one is started: runcast worker.
            </Empty>
          }
        />
      </Section>
    </Page>
  );
}
