// What the pages of items keep in their address.
import { choiceIn, compact, type RawSearch, textIn } from "../search.ts";

export const SORTS = ["-updated_at", "name", "-id"] as const;
export type Sort = (typeof SORTS)[number];

export function itemsSearch(search: RawSearch) {
  return compact({
    q: textIn(search, "q"),
    team: textIn(search, "team"),
    sort: choiceIn(search, "sort", SORTS),
  });
}

export type ItemsSearch = ReturnType<typeof itemsSearch>;

export function itemSearch(_search: RawSearch) {
  return {};
}

export function newItemSearch(search: RawSearch) {
  return compact({ team: textIn(search, "team"), handler: textIn(search, "handler") });
}
