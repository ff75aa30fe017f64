// An item: its fields to be changed, what it runs, and what has run of it.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { Badge } from "../ui/Badge.tsx";
import { Crumb, Page } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useUser } from "../useUser.ts";
import { DeleteItem } from "./DeleteItem.tsx";
import { ItemExecutions } from "./ItemExecutions.tsx";
import { ItemStart, StartItem } from "./ItemStart.tsx";
import { itemQuery } from "./queries.ts";

// What reads and writes JSON is large, and comes once there is an item to show.
const ItemEditor = lazy(async () => ({ default: (await import("./ItemEditor.tsx")).ItemEditor }));

const route = getRouteApi("/shell/items/$itemId");

export function ItemPage() {
  const { itemId } = route.useParams();
  const found = useQuery(itemQuery(itemId));
  const user = useUser();
  const [starting, setStarting] = useState<string>();
  const [isUnsaved, setUnsaved] = useState(false);
  const item = found.data;
  // The rest is for the server to refuse; who is signed out, or only looks in, is not tempted.
  const isOutsider = user === null || item?.owner_id === undefined;
  return (
    <Page
      title={item?.name ?? "Item"}
      heading={
        item?.visibility === "public" ? (
          <>
            {item.name} <Badge tone="info">Public</Badge>
          </>
        ) : undefined
      }
      breadcrumb={<Crumb to="/items">Items</Crumb>}
      actions={
        item !== undefined &&
        !isOutsider && (
          <>
            {item.handler !== null && starting !== item.id && (
              <StartItem handler={item.handler} onPress={() => setStarting(item.id)} />
            )}
            <DeleteItem item={item} />
          </>
        )
      }
    >
      {found.isPending && <Skeleton shape="block" />}
      {found.isError && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      {item !== undefined && (
        <>
          {!isOutsider && item.handler !== null && (
            <ItemStart
              item={item}
              handler={item.handler}
              isOpen={starting === item.id}
              isUnsaved={isUnsaved}
            />
          )}
          <Suspense fallback={<Skeleton shape="block" />}>
            <ItemEditor key={item.id} item={item} isReadOnly={isOutsider} onUnsaved={setUnsaved} />
          </Suspense>
          {user !== null && <ItemExecutions id={item.id} />}
        </>
      )}
    </Page>
  );
}
