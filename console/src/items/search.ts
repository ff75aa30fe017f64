// What the pages of items keep in their address.
import { choiceIn, compact, type RawSearch, textIn } from "../search.ts";

export const SORTS = ["-updated_at", "name", "-id"] as const;
export type Sort = (typeof SORTS)[number];

export const VISIBILITIES = ["private", "public"] as const;

export function itemsSearch(search: RawSearch) {
  return compact({
    q: textIn(search, "q"),
    team: textIn(search, "team"),
    handler: textIn(search, "handler"),
    visibility: choiceIn(search, "visibility", VISIBILITIES),
    ...metadataIn(search),
    sort: choiceIn(search, "sort", SORTS),
  });
}

/** A field of the metadata and its value: one without the other asks for nothing. */
function metadataIn(search: RawSearch) {
  const field = textIn(search, "field");
  const is = jsonIn(search["is"]);
  return field === undefined || is === undefined ? NO_FIELD : { field, is };
}

const NO_FIELD = { field: undefined, is: undefined };

/** The router reads numbers, true, false and null in an address as what they are. */
function jsonIn(value: unknown): string | undefined {
  return value === undefined || typeof value === "string"
    ? value || undefined
    : JSON.stringify(value);
}

export type ItemsSearch = ReturnType<typeof itemsSearch>;

export function itemSearch(_search: RawSearch) {
  return {};
}

export function newItemSearch(search: RawSearch) {
  return compact({ team: textIn(search, "team"), handler: textIn(search, "handler") });
}
