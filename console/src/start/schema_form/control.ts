// What the fields of a form drawn from a schema are given, and what they hand to their controls.
import type { Field } from "./field.ts";

export type Change = (before: unknown) => unknown;

export interface SchemaFieldProps<Drawn extends Field = Field> {
  field: Drawn;
  label: string;
  /** Where it stands in the value: names and places, with a dot between them. */
  path: string;
  isRequired: boolean;
  /** An entry of a list: its place is in sight, so that its label is for screen readers. */
  isEntry?: boolean;
  value: unknown;
  /**
   * Makes the value another one. It is told how, not what: one click may change two fields before either is
   * drawn anew, the one that it is on and the number in the field that it leaves.
   */
  onChange: (change: Change) => void;
  problems: Readonly<Record<string, string>>;
}

/** What every control of a field is given. */
export function controlOf({ field, label, path, isRequired, isEntry, problems }: SchemaFieldProps) {
  return {
    label: isEntry ? label : (field.title ?? label),
    hideLabel: isEntry ?? false,
    isRequired,
    error: Object.hasOwn(problems, path) ? problems[path] : undefined,
    ...(field.description !== undefined && { description: field.description }),
  };
}

export function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
