// The keys that do something anywhere: `?` tells them, `g` and a letter goes to a page, `/` to the search.
// None of them works while one types, or together with Ctrl, Alt or Meta.

export type Stroke = { kind: "help" } | { kind: "search" } | { kind: "go"; key: string };

const GO_WITHIN_MS = 1500;

/** Reads strokes one by one: `g` waits a moment for the letter that says where to. */
export class StrokeReader {
  #goSince = -Infinity;

  read(key: string, now: number): Stroke | undefined {
    const isGoing = now - this.#goSince < GO_WITHIN_MS;
    this.#goSince = -Infinity;
    if (isGoing) return { kind: "go", key };
    if (key === "g") this.#goSince = now;
    if (key === "?") return { kind: "help" };
    if (key === "/") return { kind: "search" };
    return undefined;
  }
}

/** Whether a stroke belongs to what has the focus: a field, a list, an editor, an open dialog. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return true;
  const target = event.composedPath()[0];
  return target instanceof Element && target.closest(TAKERS) !== null;
}

const TAKERS =
  'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';
