// What the pages of the sign-in keep in their address: where to go on, and nothing else.
import { safePath } from "../guards.ts";
import { compact, type RawSearch, textIn } from "../search.ts";

export function signInSearch(search: RawSearch) {
  const next = safePath(textIn(search, "next"));
  return compact({ next: next === "/" ? undefined : next });
}
