// What the account page keeps in its address: which part is open.
import { choiceIn, compact, type RawSearch } from "../search.ts";

export const PARTS = ["profile", "security", "sessions", "keys", "activity"] as const;

export type Part = (typeof PARTS)[number];

export function accountSearch(search: RawSearch) {
  return compact({ part: choiceIn(search, "part", PARTS) });
}
