// What can run: every handler that a worker has announced, each with the form that starts it.
import { useQuery } from "@tanstack/react-query";
import type { Handler } from "runcast";

import { handlersQuery } from "../handlers.ts";
import { Badge } from "../ui/Badge.tsx";
import { Empty } from "../ui/Empty.tsx";
import { HandlersIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { type Column, RowLink } from "../ui/Table.tsx";

const COLUMNS: readonly Column<Handler>[] = [
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
  const handlers = useQuery(handlersQuery);
  return (
    <Page title="Start" description="Choose what to run. You fill in its form on the next page.">
      <Section flush>
        <Listing
          label="Handlers"
          columns={COLUMNS}
          rowKey={({ name }) => name}
          query={handlers}
          empty={<NoHandlers />}
        />
      </Section>
    </Page>
  );
}

function NoHandlers() {
  return (
    <Empty title="Nothing can run yet" icon={HandlersIcon}>
      A handler appears here as soon as a server or a worker that has it is started.
    </Empty>
  );
}

function Liveness({ live }: Handler) {
  return live ? <Badge tone="success">Ready</Badge> : <Badge tone="warning">None now</Badge>;
}
