// What can run: every handler that a worker has announced, each with the form that starts it.
import { useQuery } from "@tanstack/react-query";
import type { HandlerOut } from "runcast";

import { Badge } from "../ui/Badge.tsx";
import { Empty } from "../ui/Empty.tsx";
import { HandlersIcon } from "../ui/icons.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { type Column, RowLink, Table } from "../ui/Table.tsx";
import { handlersQuery } from "./queries.ts";

const COLUMNS: readonly Column<HandlerOut>[] = [
  {
    id: "name",
    header: "Handler",
    width: "fit",
    cell: ({ name }) => (
      <RowLink to="/handlers/$handler" params={{ handler: name }}>
        {name}
      </RowLink>
    ),
  },
  { id: "description", header: "What it does", cell: ({ description }) => description },
  { id: "version", header: "Version", width: "fit", cell: ({ version }) => version ?? "–" },
  { id: "live", header: "Workers", width: "fit", cell: (handler) => <Liveness {...handler} /> },
];

export function HandlersPage() {
  return (
    <Page title="Start" description="Choose what to run. You fill in its form on the next page.">
      <Section flush>
        <Handlers />
      </Section>
    </Page>
  );
}

function Handlers() {
  const handlers = useQuery(handlersQuery);
  if (handlers.isPending) return <Skeleton shape="row" lines={4} />;
  if (handlers.isError) {
    return <Problem error={handlers.error} onRetry={() => void handlers.refetch()} />;
  }
  if (handlers.data.length === 0) return <NoHandlers />;
  return (
    <Table label="Handlers" columns={COLUMNS} rows={handlers.data} rowKey={({ name }) => name} />
  );
}

function NoHandlers() {
  return (
    <Empty title="Nothing can run yet" icon={HandlersIcon}>
      A handler appears here as soon as a server or a worker that has it is started.
    </Empty>
  );
}

function Liveness({ live }: HandlerOut) {
  return live ? <Badge tone="success">Ready</Badge> : <Badge tone="warning">None now</Badge>;
}
