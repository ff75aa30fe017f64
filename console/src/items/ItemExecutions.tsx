// What has run of an item, the newest first, as it is now.
import { useQuery } from "@tanstack/react-query";

import { ExecutionTable } from "../execution/list/ExecutionTable.tsx";
import { api } from "../runcast.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";

const SHOWN = 10;
const EVERY_MS = 3_000;

export function ItemExecutions({ id }: { id: string }) {
  const executions = useQuery({
    queryKey: ["executions", { item_id: id, limit: SHOWN }],
    queryFn: ({ signal }) => api.listExecutions({ query: { item_id: id, limit: SHOWN }, signal }),
    refetchInterval: EVERY_MS,
  });
  const rows = executions.data?.items ?? [];
  if (executions.isSuccess && rows.length === 0) return null;
  return (
    <Section
      title="Executions"
      flush
      actions={
        <LinkButton small to="/executions" search={{ item: id }}>
          See all
        </LinkButton>
      }
    >
      {executions.isError && <Problem error={executions.error} />}
      <ExecutionTable rows={rows} isPending={executions.isPending} />
    </Section>
  );
}
