// What of a JSON Schema can be drawn: each schema becomes a field, and what no field is for, a field of
// JSON. The server has the last word on every value; this only says what to ask for.

export type Schema = Readonly<Record<string, unknown>>;

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly value: unknown;
}

export interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly field: Field;
}

interface Shared {
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** What the schema proposes; undefined where it proposes nothing. */
  readonly proposed: unknown;
}

export type Field = Shared &
  (
    | { readonly kind: "text"; readonly isLong: boolean; readonly maxLength: number | undefined }
    | {
        readonly kind: "number";
        readonly isInteger: boolean;
        readonly min: number | undefined;
        readonly max: number | undefined;
      }
    | { readonly kind: "switch" }
    | { readonly kind: "choice"; readonly choices: readonly Choice[] }
    | { readonly kind: "list"; readonly entry: Field }
    | { readonly kind: "object"; readonly members: readonly Member[] }
    | { readonly kind: "optional"; readonly inner: Field }
    | { readonly kind: "json" }
  );

export type FieldOf<Kind extends Field["kind"]> = Extract<Field, { kind: Kind }>;

// A schema may hold itself. Deeper than this, people are better served by JSON.
const DEEPEST = 6;
const LONG_TEXT = 200;

/** The field for a schema; `root` holds the definitions that its references name. */
export function fieldOf(schema: Schema, root: Schema = schema, depth = 0): Field {
  const resolved = resolve(schema, root);
  const shared = {
    title: textOf(resolved["title"]),
    description: textOf(resolved["description"]),
    proposed: resolved["default"],
  };
  if (depth > DEEPEST) return { ...shared, kind: "json" };
  return { ...shared, ...drawn(resolved, root, depth) } as Field;
}

type Drawn = Readonly<Record<string, unknown>> & { kind: Field["kind"] };

function drawn(schema: Schema, root: Schema, depth: number): Drawn {
  const within = (inner: unknown) => fieldOf(asSchema(inner), root, depth + 1);
  const choices = choicesOf(schema);
  if (choices !== undefined) return { kind: "choice", choices };
  const optional = withoutNull(schema);
  if (optional !== undefined) return { kind: "optional", inner: within(optional) };
  if (schema["type"] === "string") return text(schema);
  if (schema["type"] === "integer" || schema["type"] === "number") return number(schema);
  if (schema["type"] === "boolean") return { kind: "switch" };
  if (schema["type"] === "array" && isRecord(schema["items"])) {
    return { kind: "list", entry: within(schema["items"]) };
  }
  if (schema["type"] === "object" && isRecord(schema["properties"])) {
    return { kind: "object", members: membersOf(schema, within) };
  }
  return { kind: "json" };
}

function text(schema: Schema): Drawn {
  const maxLength = numberOf(schema["maxLength"]);
  const isShort = maxLength !== undefined && maxLength <= LONG_TEXT;
  const isLong = schema["format"] === "textarea" || (!isShort && hasLines(schema["default"]));
  return { kind: "text", isLong, maxLength };
}

function number(schema: Schema): Drawn {
  const isInteger = schema["type"] === "integer";
  // An open bound is told by the server's refusal; for whole numbers the next one inside is known.
  const above = numberOf(schema["exclusiveMinimum"]);
  const below = numberOf(schema["exclusiveMaximum"]);
  const min = numberOf(schema["minimum"]) ?? (above !== undefined && isInteger ? above + 1 : above);
  const max = numberOf(schema["maximum"]) ?? (below !== undefined && isInteger ? below - 1 : below);
  return { kind: "number", isInteger, min, max };
}

function membersOf(schema: Schema, within: (inner: unknown) => Field): Member[] {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(asSchema(schema["properties"])).map(([name, inner]) => ({
    name,
    isRequired: required.includes(name),
    field: within(inner),
  }));
}

function choicesOf(schema: Schema): Choice[] | undefined {
  if ("const" in schema) return [choice(schema["const"], 0)];
  const values = schema["enum"];
  return Array.isArray(values) ? values.map(choice) : undefined;
}

function choice(value: unknown, place: number): Choice {
  const label = typeof value === "string" ? value : JSON.stringify(value);
  return { id: String(place), label, value };
}

/** The schema beside null, if it is a choice between null and one other. */
function withoutNull(schema: Schema): Schema | undefined {
  const types = schema["type"];
  if (Array.isArray(types) && types.includes("null")) {
    const others = types.filter((type) => type !== "null");
    return others.length === 1 ? { ...schema, type: others[0], default: undefined } : undefined;
  }
  const ways = schema["anyOf"] ?? schema["oneOf"];
  if (!Array.isArray(ways)) return undefined;
  const others = ways.filter((way) => !(isRecord(way) && way["type"] === "null"));
  return others.length === 1 && ways.length === 2 ? asSchema(others[0]) : undefined;
}

/** Follows references, and what a schema says beside one wins: Pydantic writes titles and defaults there. */
function resolve(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let step = 0; step < DEEPEST; step += 1) {
    const all = found["allOf"];
    const only = Array.isArray(all) && all.length === 1 ? asSchema(all[0]) : undefined;
    const target = only ?? referred(found["$ref"], root);
    if (target === undefined) return found;
    const { $ref: _ref, allOf: _all, ...beside } = found;
    found = { ...target, ...beside };
  }
  return {};
}

function referred(reference: unknown, root: Schema): Schema | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const token of reference.slice(2).split("/")) {
    const name = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
    found = isRecord(found) ? found[name] : undefined;
  }
  return asSchema(found);
}

function asSchema(value: unknown): Schema {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function hasLines(value: unknown): boolean {
  return typeof value === "string" && value.includes("\n");
}
