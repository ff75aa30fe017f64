// What a list of items is narrowed by: as the API asks for it, and in words.
import { compact } from "../search.ts";
import type { ItemsSearch } from "./search.ts";

/** The address without what narrows the list: whose items they are, and their order, stay. */
export function withoutFilters({ team, sort }: ItemsSearch): ItemsSearch {
  return compact({ team, sort });
}

/** The filters that are on, each in a few words. */
export function filterWords({ q, handler, visibility, field, is }: ItemsSearch): string[] {
  const words = [
    q !== undefined && `with the words "${q}"`,
    handler !== undefined && `of the handler ${handler}`,
    visibility === "private" && "not public",
    visibility === "public" && "public",
    field !== undefined && is !== undefined && `with ${field} being ${is}`,
  ];
  return words.filter((part) => part !== false);
}

/** What `GET /api/items` is asked for. */
export function queryOf(search: ItemsSearch) {
  const { q, team, handler, visibility, field, is, sort = "-updated_at" } = search;
  const isNarrowed = field !== undefined && is !== undefined;
  return {
    sort,
    ...compact({ q, handler, visibility, team_id: team }),
    ...(isNarrowed && { where: [`${pointerTo(field)}:${jsonOf(is)}`] }),
  };
}

/** `place.city` as a JSON Pointer. */
function pointerTo(field: string): string {
  const names = field.split(".").map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"));
  return `/${names.join("/")}`;
}

/** What is JSON stands for itself, as it was typed; all else is text. */
function jsonOf(typed: string): string {
  try {
    JSON.parse(typed);
    return typed;
  } catch {
    return JSON.stringify(typed);
  }
}
