// The executions of a person or a team, the newest first, as they are now.
import { keepPreviousData } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { useNewestPages } from "../pages.ts";
import { api } from "../runcast.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { ExecutionsIcon } from "../ui/icons.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { ExecutionFilters } from "./list/ExecutionFilters.tsx";
import { ExecutionTable } from "./list/ExecutionTable.tsx";
import type { ExecutionsSearch } from "./search.ts";

const route = getRouteApi("/shell/signed-in/executions");
const EVERY_MS = 3_000;

export function ExecutionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { list, error } = useExecutions(search);
  const rows = list.data ?? [];
  const isFiltered = Object.keys(search).some((name) => name !== "team" && name !== "everyone");
  return (
    <Page
      title="Executions"
      actions={
        <LinkButton to="/handlers" tone="primary">
          Start something
        </LinkButton>
      }
    >
      <ExecutionFilters
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
      />
      {error !== null && <Problem error={error} onRetry={() => void list.refetch()} />}
      <Section flush>
        <ExecutionTable rows={rows} isPending={list.isPending} />
        {list.isSuccess && rows.length === 0 && <Nothing isFiltered={isFiltered} />}
      </Section>
      <LoadMore query={list} />
    </Page>
  );
}

function useExecutions(search: ExecutionsSearch) {
  const { team, everyone, state, handler, item, parent } = search;
  const filters = {
    ...(team === undefined ? { everyone: everyone === "yes" } : { team_id: team }),
    ...(state === undefined ? {} : { state: [state] }),
    ...(handler === undefined ? {} : { handler }),
    ...(item === undefined ? {} : { item_id: item }),
    ...(parent === undefined ? {} : { parent_id: parent }),
  };
  return useNewestPages(
    ["executions", filters],
    (query, signal) => api.listExecutions({ query: { ...filters, ...query }, signal }),
    EVERY_MS,
    { placeholderData: keepPreviousData },
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No execution fits the filters" icon={ExecutionsIcon} />;
  return (
    <Empty
      title="Nothing has run yet"
      icon={ExecutionsIcon}
      actions={<LinkButton to="/handlers">See what can run</LinkButton>}
    >
      What you start is listed here, and can be watched while it runs.
    </Empty>
  );
}
