// Starts a handler: what it is, its form, and where the execution is to belong.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Handler, Item } from "runcast";

import { executionQuery } from "../execution/execution_query.ts";
import { handlersQuery } from "../handlers.ts";
import { itemQuery } from "../items/queries.ts";
import { statusOf } from "../problem.ts";
import { runcast } from "../runcast.ts";
import { Empty } from "../ui/Empty.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { Crumb, Page } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { StartForm } from "./StartForm.tsx";

const NOT_FOUND = 404;
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
  const itemId = before.data?.item_id ?? undefined;
  const item = useQuery({ ...itemQuery(itemId ?? ""), enabled: itemId !== undefined });
  const isLooking = from !== undefined && before.isPending;
  if (isLooking || (itemId !== undefined && item.isPending)) return <Skeleton shape="block" />;
  if (item.isError && statusOf(item.error) !== NOT_FOUND) {
    return <Problem error={item.error} onRetry={() => void item.refetch()} />;
  }
  // What an item has come to run since is another matter: its input would be another one's.
  const isOfItem = item.data?.handler === handler.name;
  return (
    <>
      {!handler.live && (
        <Note tone="warning" title="No worker that runs this is there now">
          You can start it all the same: it waits in the queue until one comes.
        </Note>
      )}
      {before.isError && <Problem error={before.error} onRetry={() => void before.refetch()} />}
      {itemId !== undefined && <OfItem item={isOfItem ? item.data : undefined} />}
      <StartForm
        key={`${handler.name} ${from ?? ""} ${String(before.isSuccess)} ${String(isOfItem)}`}
        handler={handler}
        team={team}
        itemId={isOfItem ? itemId : undefined}
        input={before.data?.input}
      />
    </>
  );
}

/** What is run again belongs to its item, as long as that is there and runs the same. */
function OfItem({ item }: { item: Item | undefined }) {
  if (item === undefined) {
    return (
      <Note tone="warning" title="It will belong to no item">
        The item that it was started from is not there any more, or runs something else now.
      </Note>
    );
  }
  return (
    <p>
      Of the item{" "}
      <Link to="/items/$itemId" params={{ itemId: item.id }}>
        {item.name}
      </Link>
    </p>
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
