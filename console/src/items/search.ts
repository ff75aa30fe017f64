// What the pages of items keep in their address.
import { compact, type RawSearch, textIn } from "../search.ts";

export function itemsSearch(search: RawSearch) {
  return compact({ q: textIn(search, "q"), team: textIn(search, "team") });
}

export function itemSearch(_search: RawSearch) {
  return {};
}

export function newItemSearch(search: RawSearch) {
  return compact({ team: textIn(search, "team") });
}
