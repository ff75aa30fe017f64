// What a menu of names offers, however many there are.

import type { NativeChoice } from "../../ui/NativeSelect.tsx";

/** As many as one can choose among. */
const MOST_LISTED = 500;

/** The choice of all of them, which says where not each is listed. */
export function allOf(what: string, count: number): NativeChoice {
  const less = count > MOST_LISTED ? `; the last ${MOST_LISTED} are listed` : "";
  return { id: "", label: `All ${what}${less}` };
}

/** The last names, and the chosen one. */
export function lastOf(names: readonly string[], chosen: string | null): readonly NativeChoice[] {
  const last = names.slice(-MOST_LISTED);
  const all = chosen === null || last.includes(chosen) ? last : [chosen, ...last];
  return all.map((name) => ({ id: name, label: name }));
}
