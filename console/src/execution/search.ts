// What the pages of executions keep in their address.
import { compact, type RawSearch, textIn } from "../search.ts";

export function executionsSearch(search: RawSearch) {
  return compact({ team: textIn(search, "team") });
}

export function executionSearch(_search: RawSearch) {
  return {};
}
