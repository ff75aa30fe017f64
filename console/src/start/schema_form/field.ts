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
    /** Made when it is asked for, as what is inside an optional one: a schema may hold itself many times. */
    | { readonly kind: "list"; readonly entry: Field }
    | { readonly kind: "object"; readonly members: readonly Member[] }
    | { readonly kind: "optional"; readonly inner: Field }
    | { readonly kind: "json" }
  );

export type FieldOf<Kind extends Field["kind"]> = Extract<Field, { kind: Kind }>;

// A schema may hold itself. Deeper than this, people are better served by JSON.
const DEEPEST = 6;
const LONG_TEXT = 200;
const MOST_CHOICES = 1_000;

/** What a page draws at once, at most. */
export const MOST_FIELDS = 300;

/** The field for a schema: as deep as there are not too many fields to be drawn at once, else JSON. */
export function fieldOf(schema: Schema): Field {
  return fieldWithin(schema, schema, 0);
}

/** `root` holds the definitions that references name. */
function fieldWithin(schema: Schema, root: Schema, depth: number): Field {
  for (let deepest = DEEPEST; deepest >= depth; deepest -= 1) {
    const drawing = { root, deepest, left: MOST_FIELDS };
    const field = fieldAt(schema, drawing, depth);
    if (drawing.left >= 0) return field;
  }
  return { ...sharedOf(resolve(schema, root)), kind: "json" };
}

/** A try to draw a schema so deep and no deeper; it has failed once nothing is left. */
interface Drawing {
  readonly root: Schema;
  readonly deepest: number;
  left: number;
}

function fieldAt(schema: Schema, drawing: Drawing, depth: number): Field {
  const resolved = resolve(schema, drawing.root);
  const shared = sharedOf(resolved);
  drawing.left -= 1;
  if (depth > drawing.deepest || drawing.left < 0) return { ...shared, kind: "json" };
  const optional = isChoice(resolved) ? undefined : withoutNull(resolved);
  if (optional !== undefined) {
    const inner = once(() => fieldWithin(optional, drawing.root, depth + 1));
    return {
      ...shared,
      kind: "optional",
      get inner() {
        return inner();
      },
    };
  }
  if (resolved["type"] === "array" && isRecord(resolved["items"]) && !isChoice(resolved)) {
    const { items } = resolved;
    const entry = once(() => fieldWithin(items, drawing.root, depth + 1));
    return {
      ...shared,
      kind: "list",
      get entry() {
        return entry();
      },
    };
  }
  return { ...shared, ...drawn(resolved, drawing, depth) } as Field;
}

function sharedOf(schema: Schema): Shared {
  return {
    title: textOf(schema["title"]),
    description: textOf(schema["description"]),
    proposed: schema["default"],
  };
}

type Drawn = Readonly<Record<string, unknown>> & { kind: Field["kind"] };

function drawn(schema: Schema, drawing: Drawing, depth: number): Drawn {
  if (isChoice(schema)) return choiceOf(schema);
  if (schema["type"] === "string") return text(schema);
  if (schema["type"] === "integer" || schema["type"] === "number") return number(schema);
  if (schema["type"] === "boolean") return { kind: "switch" };
  if (schema["type"] === "object" && isRecord(schema["properties"])) {
    const within = (inner: unknown) => fieldAt(asSchema(inner), drawing, depth + 1);
    return { kind: "object", members: membersOf(schema, drawing, within) };
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

function membersOf(
  schema: Schema,
  drawing: Drawing,
  within: (inner: unknown) => Field,
): readonly Member[] {
  const properties = Object.entries(asSchema(schema["properties"]));
  if (properties.length > drawing.left) {
    drawing.left = -1;
    return [];
  }
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  return properties.map(([name, inner]) => ({
    name,
    isRequired: required.has(name),
    field: within(inner),
  }));
}

function isChoice(schema: Schema): boolean {
  return "const" in schema || Array.isArray(schema["enum"]);
}

function choiceOf(schema: Schema): Drawn {
  if ("const" in schema) return { kind: "choice", choices: [choice(schema["const"], 0)] };
  const values = schema["enum"];
  if (!Array.isArray(values) || values.length > MOST_CHOICES) return { kind: "json" };
  return { kind: "choice", choices: values.map(choice) };
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
    const name = decoded(token).replaceAll("~1", "/").replaceAll("~0", "~");
    found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return asSchema(found);
}

/** A name in a reference; a sign of per cent that begins no code is itself. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
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
