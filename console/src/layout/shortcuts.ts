// The keys that do something anywhere: `?` tells them, `g` and a letter goes to a page, `/` to the search.
// None of them works while one types, together with Ctrl, Alt or Meta, or where they are turned off.
import { singleKeys } from "./single_keys.ts";

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

/** Whether a stroke is none of ours: it belongs to what has the focus, or single keys are turned off. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return true;
  if (event.key.length === 1 && !singleKeys.getState()) return true;
  const target = event.composedPath()[0];
  return target instanceof Element && target.closest(TAKERS) !== null;
}

/** Fields, lists and what opens one (letters choose in them), editors, menus, open dialogs. */
const TAKERS = [
  "input",
  "textarea",
  "select",
  '[contenteditable]:not([contenteditable="false"])',
  '[aria-haspopup="listbox"]',
  ...["textbox", "combobox", "listbox", "menu", "dialog", "alertdialog"].map(
    (role) => `[role="${role}"]`,
  ),
].join();
