// What is too much text for an editor that colours it and checks it at each key.

const MOST_CHARACTERS = 200_000;
/** What of it is shown instead. */
const BEGINNING = 20_000;

export function isLarge(text: string): boolean {
  return text.length > MOST_CHARACTERS;
}

export function beginningOf(text: string): string {
  return text.slice(0, BEGINNING);
}
