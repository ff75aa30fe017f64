// What the overview keeps in its address.
import { compact, type RawSearch, textIn } from "../search.ts";

export function overviewSearch(search: RawSearch) {
  return compact({ team: textIn(search, "team") });
}
