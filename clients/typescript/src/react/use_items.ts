// One's items, page by page, for components.

import { useMemo, useSyncExternalStore } from "react";

import { ItemList, type ItemQuery, type ItemsView, UNLOADED } from "../live/item_list.js";
import { useRuncast } from "./provider.js";
import { useWhose } from "./use_whose.js";

export interface Items extends ItemsView {
  loadMore(): Promise<void>;
  reload(): Promise<void>;
}

/** Returns the items that a query finds; another query, or another person, begins anew. */
export function useItems(query: ItemQuery = {}): Items {
  const { api } = useRuncast();
  const whose = useWhose();
  const key = JSON.stringify([query, whose]);
  // A query that is written in place is a new object each time, and the same query.
  // oxlint-disable-next-line react/exhaustive-deps
  const list = useMemo(() => new ItemList(api, query), [api, key]);
  const view = useSyncExternalStore(list.subscribe, list.getSnapshot, () => UNLOADED);
  return { ...view, loadMore: list.loadMore, reload: list.reload };
}
