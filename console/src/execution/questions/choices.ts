// Which answers a question offers, where they are so few that each is a button.

const MOST_BUTTONS = 5;

/** The answers that the schema allows; null where they have to be typed. */
export function choicesOf(schema: Readonly<Record<string, unknown>>): readonly unknown[] | null {
  const { enum: listed, const: only, type } = schema;
  if (type === "boolean") return [true, false];
  if (only !== undefined) return [only];
  const isShort = Array.isArray(listed) && listed.length > 0 && listed.length <= MOST_BUTTONS;
  return isShort ? listed : null;
}

/** What a choice is called: itself, where it is a word. */
export function choiceWords(choice: unknown): string {
  if (typeof choice === "boolean") return choice ? "Yes" : "No";
  return typeof choice === "string" ? choice : JSON.stringify(choice);
}
