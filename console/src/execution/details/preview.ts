// The first values of what is folded, on one line, so that one sees what it is before it unfolds.

const MOST_VALUES = 5;
const MOST_TEXT = 24;

export function previewOf(value: object): string {
  const first = firstOf(value, MOST_VALUES).map(([name, each]) => entryWords(value, name, each));
  if (sizeOf(value) > MOST_VALUES) first.push("…");
  return Array.isArray(value) ? `[${first.join(", ")}]` : `{${first.join(", ")}}`;
}

/** How many entries a list or an object has. */
export function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** The first of them; what lies behind in a long list is not looked at. */
export function firstOf(value: object, most: number): [string, unknown][] {
  return Object.entries(Array.isArray(value) ? value.slice(0, most) : value).slice(0, most);
}

function entryWords(around: object, name: string, value: unknown): string {
  return Array.isArray(around) ? wordsOf(value) : `${name}: ${wordsOf(value)}`;
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : "[…]";
  if (typeof value === "object" && value !== null) {
    return Object.keys(value).length === 0 ? "{}" : "{…}";
  }
  if (typeof value !== "string" || value.length <= MOST_TEXT) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, MOST_TEXT)).slice(0, -1)}…"`;
}
