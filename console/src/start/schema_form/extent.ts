// How many fields a form has for a value. One that holds very many is edited as JSON: a page with all of
// them would stand still.
import { type Field, MOST_FIELDS } from "./field.ts";
import { memberOf } from "./initial.ts";

/** Whether the value has more fields than are drawn at once. */
export function isTooMuch(field: Field, value: unknown): boolean {
  return leftAfter(field, value, MOST_FIELDS) < 0;
}

/** How many more fields there may be behind this one; what is beyond is not looked at. */
function leftAfter(field: Field, value: unknown, most: number): number {
  let left = most - 1;
  for (const [inner, said] of inside(field, value)) {
    if (left < 0) return left;
    left = leftAfter(inner, said, left);
  }
  return left;
}

function* inside(field: Field, value: unknown): Generator<readonly [Field, unknown]> {
  if (field.kind === "object") {
    for (const { name, field: inner } of field.members) yield [inner, memberOf(value, name)];
  } else if (field.kind === "optional") {
    if (value !== null && value !== undefined) yield [field.inner, value];
  } else if (field.kind === "list" && Array.isArray(value)) {
    for (const entry of value as unknown[]) yield [field.entry, entry];
  }
}
