// What runs, waits and fails: counts, charts over time, and the executions that matter now.
import { getRouteApi } from "@tanstack/react-router";
import type { State } from "runcast";

import { ExecutionTable } from "../execution/list/ExecutionTable.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { HandlersIcon, PlayIcon } from "../ui/icons.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { Filters } from "./Filters.tsx";
import { useNewest, useStats } from "./queries.ts";
import type { OverviewSearch } from "./search.ts";
import { StateCounts } from "./StateCounts.tsx";
import { Timeline } from "./Timeline.tsx";
import { WorkerLoads } from "./WorkerLoads.tsx";

const route = getRouteApi("/shell/signed-in/");

export function OverviewPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const stats = useStats(search);
  return (
    <Page
      title="Overview"
      actions={
        <LinkButton to="/handlers" tone="primary" icon={PlayIcon}>
          Start something
        </LinkButton>
      }
    >
      <Filters
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
      />
      {stats.isPending && <Skeleton shape="block" />}
      {stats.isError && <Problem error={stats.error} onRetry={() => void stats.refetch()} />}
      {stats.isSuccess && (
        <>
          <StateCounts states={stats.data.states} search={search} />
          {isNew(stats.data.states) ? <Welcome /> : <Timeline timeline={stats.data.timeline} />}
        </>
      )}
      <Newest title="Waiting for somebody, or for time" state="waiting" search={search} />
      <Newest title="Running" state="running" search={search} />
      <Newest title="Failed last" state="failed" search={search} />
      <WorkerLoads />
    </Page>
  );
}

interface NewestProps {
  title: string;
  state: State;
  search: OverviewSearch;
}

function Newest({ title, state, search }: NewestProps) {
  const newest = useNewest(state, search);
  const rows = newest.data ?? [];
  if (rows.length === 0) return null;
  return (
    <Section
      title={title}
      flush
      actions={
        <LinkButton small to="/executions" search={{ state, ...teamOf(search) }}>
          See all
        </LinkButton>
      }
    >
      <ExecutionTable rows={rows} isPending={false} />
    </Section>
  );
}

function Welcome() {
  return (
    <Empty
      title="Nothing has run yet"
      icon={HandlersIcon}
      actions={<LinkButton to="/handlers">See what can run</LinkButton>}
    >
      Start something, and watch it live here.
    </Empty>
  );
}

function isNew(states: Readonly<Record<string, { count: number } | undefined>>): boolean {
  return Object.values(states).every((state) => state === undefined || state.count === 0);
}

function teamOf({ team }: OverviewSearch): { team?: string } {
  return team === undefined ? {} : { team };
}
