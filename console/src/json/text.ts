// JSON as people read it.

/** The value as JSON on several lines. */
export function asText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
