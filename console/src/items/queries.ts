// What the pages fetch of items.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Item } from "runcast";

import { type PageQuery, usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { queryOf } from "./filters.ts";
import type { ItemsSearch } from "./search.ts";

export function itemQuery(id: string) {
  return queryOptions({
    queryKey: ["items", id],
    queryFn: ({ signal }): Promise<Item> => api.getItem({ path: { item_id: id }, signal }),
  });
}

export function useItems(search: ItemsSearch) {
  const filters = queryOf(search);
  return usePages<Item>(
    ["items", "list", filters],
    (query: PageQuery, signal) => api.listItems({ query: { ...filters, ...query }, signal }),
    { placeholderData: keepPreviousData },
  );
}
