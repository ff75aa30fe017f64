// What a form holds before anybody has typed: what the schema proposes, and where it proposes nothing, the
// emptiest value that its field can show. Undefined means "not said", and leaves the object it would be in.
import type { Field, Member } from "./field.ts";

export function initialValue(field: Field): unknown {
  if (field.proposed !== undefined) return field.proposed;
  switch (field.kind) {
    case "text":
      return "";
    case "switch":
      return false;
    case "choice":
      return field.choices.length === 1 ? field.choices[0]?.value : undefined;
    case "list":
      return [];
    case "object":
      return objectOf(field.members);
    case "optional":
      return null;
    default:
      return undefined;
  }
}

function objectOf(members: readonly Member[]): Record<string, unknown> {
  const entries = members
    .filter(({ isRequired, field }) => isRequired || field.proposed !== undefined)
    .map(({ name, field }) => [name, initialValue(field)] as const);
  return withoutUndefined(entries);
}

/** What the form begins with where something is said already: that, and what the schema proposes beside it. */
export function completed(field: Field, said: unknown): unknown {
  if (said === undefined) return initialValue(field);
  if (field.kind === "optional" && said !== null) return completed(field.inner, said);
  if (field.kind !== "object" || !isObject(said)) return said;
  const known = new Map(field.members.map(({ name, field: inner }) => [name, inner]));
  const entries = Object.entries({ ...objectOf(field.members), ...said }).map(([name, value]) => {
    const inner = known.get(name);
    return [name, inner === undefined ? value : completed(inner, value)] as const;
  });
  return Object.fromEntries(entries);
}

/** The object with this member so; undefined takes it out. */
export function withMember(value: unknown, name: string, member: unknown): Record<string, unknown> {
  return withoutUndefined(Object.entries({ ...(isObject(value) ? value : {}), [name]: member }));
}

/** What an object says of a name itself: every object has a `toString` that nobody said. */
export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutUndefined(entries: readonly (readonly [string, unknown])[]) {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
