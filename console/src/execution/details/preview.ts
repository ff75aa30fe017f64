// The first values of what is folded, on one line, so that one sees what it is before it unfolds.

const MOST_VALUES = 5;
const MOST_TEXT = 24;

export function previewOf(value: object): string {
  const entries = Object.entries(value);
  const first = entries.slice(0, MOST_VALUES).map(([name, each]) => entryWords(value, name, each));
  if (entries.length > MOST_VALUES) first.push("…");
  return Array.isArray(value) ? `[${first.join(", ")}]` : `{${first.join(", ")}}`;
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
