// Reads what a page keeps in the search part of its address. Whatever does not fit is left out: an
// address is typed by people, and mailed, and never a reason to show nothing.
export type RawSearch = Record<string, unknown>;

/** The text under this name; a number in an address has been read as one already. */
export function textIn(search: RawSearch, name: string): string | undefined {
  const value = search[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The choice under this name, if it is one of those. */
export function choiceIn<Choice extends string>(
  search: RawSearch,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === search[name]);
}

/** Leaves out what is undefined, so that it leaves the address. */
export function compact<Search extends object>(search: Search): Compact<Search> {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Compact<Search>;
}

export type Compact<Search> = { [Name in keyof Search]?: Exclude<Search[Name], undefined> };
