import { afterEach, describe, expect, test, vi } from "vitest";

import { isTaken, StrokeReader } from "../../src/layout/shortcuts.ts";
import { chooseSingleKeys } from "../../src/layout/single_keys.ts";

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
    ["a choice", "<select data-here></select>"],
    ["what opens a list", '<button aria-haspopup="listbox" data-here></button>'],
    ["a text area", "<textarea data-here></textarea>"],
    ["an editor", '<div contenteditable="true"><span data-here></span></div>'],
    ["a plain editor", '<pre contenteditable="plaintext-only" data-here></pre>'],
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

test("an editor behind a shadow root is left alone", () => {
  document.body.innerHTML = "<div></div>";
  const root = document.body.querySelector("div")?.attachShadow({ mode: "open" });
  if (root === undefined) throw new Error("no root");
  root.innerHTML = '<div contenteditable="true"></div>';
  let taken: boolean | undefined;
  document.addEventListener("keydown", (event) => (taken = isTaken(event)), { once: true });
  const init = { key: "f", bubbles: true, composed: true };
  root.querySelector("div")?.dispatchEvent(new KeyboardEvent("keydown", init));
  expect(taken).toBe(true);
});

async function atNextVisit(): Promise<boolean> {
  vi.resetModules();
  return (await import("../../src/layout/single_keys.ts")).singleKeys.getState();
}

describe("single keys", () => {
  afterEach(() => {
    chooseSingleKeys(true);
    vi.restoreAllMocks();
  });

  test("do nothing once they are turned off, and all others what they did", () => {
    chooseSingleKeys(false);
    const letters = ["f", "g", "/", "?"].map((key) =>
      typed("<button data-here></button>", { key }),
    );
    expect(letters).toEqual([true, true, true, true]);
    expect(typed("<button data-here></button>", { key: "End" })).toBe(false);
  });

  test("stay turned off at the next visit, until they are turned on", async () => {
    chooseSingleKeys(false);
    expect(await atNextVisit()).toBe(false);
    chooseSingleKeys(true);
    expect(await atNextVisit()).toBe(true);
  });

  test("are turned off even where the browser keeps nothing", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("no", "QuotaExceededError");
    });
    chooseSingleKeys(false);
    expect(typed("<button data-here></button>", { key: "f" })).toBe(true);
  });
});
