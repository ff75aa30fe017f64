import { describe, expect, test } from "vitest";

import { isTaken, StrokeReader } from "../../src/layout/shortcuts.ts";

describe("strokes", () => {
  test("g and a letter go somewhere", () => {
    const reader = new StrokeReader();
    expect(reader.read("g", 0)).toBeUndefined();
    expect(reader.read("e", 300)).toEqual({ kind: "go", key: "e" });
  });

  test("g is forgotten after a moment", () => {
    const reader = new StrokeReader();
    reader.read("g", 0);
    expect(reader.read("e", 5000)).toBeUndefined();
  });

  test("g counts for one letter only", () => {
    const reader = new StrokeReader();
    reader.read("g", 0);
    reader.read("e", 10);
    expect(reader.read("e", 20)).toBeUndefined();
  });

  test("? helps and / searches", () => {
    const reader = new StrokeReader();
    expect(reader.read("?", 0)).toEqual({ kind: "help" });
    expect(reader.read("/", 1)).toEqual({ kind: "search" });
  });
});

function typed(markup: string, init: KeyboardEventInit = {}): boolean {
  document.body.innerHTML = markup;
  const target = document.body.querySelector("[data-here]") ?? document.body;
  let taken = false;
  const listen = (event: KeyboardEvent) => {
    taken = isTaken(event);
  };
  document.addEventListener("keydown", listen, { once: true });
  target.dispatchEvent(
    new KeyboardEvent("keydown", { key: "g", bubbles: true, composed: true, ...init }),
  );
  return taken;
}

describe("who types", () => {
  test.each([
    ["a field", "<input data-here>"],
    ["a text area", "<textarea data-here></textarea>"],
    ["an editor", '<div contenteditable="true"><span data-here></span></div>'],
    ["a dialog", '<section role="dialog"><button data-here></button></section>'],
    ["a menu", '<div role="menu"><div data-here></div></div>'],
  ])("in %s is left alone", (_where, markup) => {
    expect(typed(markup)).toBe(true);
  });

  test("with Ctrl is left alone", () => {
    expect(typed("<button data-here></button>", { ctrlKey: true })).toBe(true);
  });

  test("on a button is heard", () => {
    expect(typed("<button data-here></button>")).toBe(false);
  });
});
