// What the page that starts a handler keeps in its address.
import { compact, type RawSearch, textIn } from "../search.ts";

export function startSearch(search: RawSearch) {
  return compact({ team: textIn(search, "team"), from: textIn(search, "from") });
}
