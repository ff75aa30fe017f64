// Starts a handler: what it is, its form, and where the execution is to belong.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Handler } from "runcast";

import { executionQuery } from "../execution/execution_query.ts";
import { runcast } from "../runcast.ts";
import { Empty } from "../ui/Empty.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { Crumb, Page } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { handlersQuery } from "./queries.ts";
import { StartForm } from "./StartForm.tsx";

const route = getRouteApi("/shell/signed-in/handlers/$handler");

export function StartPage() {
  const { handler: name } = route.useParams();
  const handlers = useQuery(handlersQuery);
  const handler = handlers.data?.find((one) => one.name === name);
  return (
    <Page
      title={name}
      width="narrow"
      breadcrumb={<Crumb to="/handlers">Start</Crumb>}
      {...(handler !== undefined && { description: handler.description })}
    >
      {handlers.isPending && <Skeleton shape="block" />}
      {handlers.isError && (
        <Problem error={handlers.error} onRetry={() => void handlers.refetch()} />
      )}
      {handlers.isSuccess &&
        (handler === undefined ? <Unknown name={name} /> : <Known {...handler} />)}
    </Page>
  );
}

function Known(handler: Handler) {
  const { team, from } = route.useSearch();
  const before = useQuery({ ...executionQuery(runcast, from ?? ""), enabled: from !== undefined });
  if (from !== undefined && before.isPending) return <Skeleton shape="block" />;
  return (
    <>
      {!handler.live && (
        <Note tone="warning" title="No worker that runs this is there now">
          You can start it all the same: it waits in the queue until one comes.
        </Note>
      )}
      {before.isError && <Problem error={before.error} onRetry={() => void before.refetch()} />}
      <StartForm
        key={`${handler.name} ${from ?? ""} ${String(before.isSuccess)}`}
        handler={handler}
        team={team}
        input={before.data?.input}
      />
    </>
  );
}

function Unknown({ name }: { name: string }) {
  return (
    <Empty
      title={`There is no handler called ${name}`}
      actions={<LinkButton to="/handlers">See what can run</LinkButton>}
    >
      It may have another name now, or no worker has announced it yet.
    </Empty>
  );
}
