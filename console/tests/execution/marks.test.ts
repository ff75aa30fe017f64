import { describe, expect, test } from "vitest";

import { MOST_COLOURS, MOST_MARKS, MOST_SHOWN, piecesOf } from "../../src/execution/log/marks.ts";

function marks(line: string, needle: string): string {
  return piecesOf(line, needle)
    .map((piece) => (piece.isMarked ? `[${piece.text}]` : piece.text))
    .join("");
}

describe("what is marked in a line", () => {
  test("the searched text, each time, whatever its case", () => {
    expect(marks("one Two one ONE", "one")).toBe("[one] Two [one] [ONE]");
    expect(marks("onone", "one")).toBe("on[one]");
    expect(marks("aaaa", "aa")).toBe("[aa][aa]");
    expect(marks("none here", "x")).toBe("none here");
  });

  test("over the borders of colours", () => {
    expect(marks("\u001b[31mer\u001b[32mror\u001b[0m!", "error")).toBe("[er][ror]!");
  });

  test("nothing, where nothing is searched", () => {
    expect(marks("text", "")).toBe("text");
  });

  test("a line of more colours than one could tell apart is plain behind the last of them", () => {
    const line = Array.from({ length: 4_000 }, (_, at) => `\u001b[3${at % 8}ma`).join("");
    const pieces = piecesOf(line, "");
    expect(pieces).toHaveLength(MOST_COLOURS + 1);
    expect(pieces.map(({ text }) => text).join("")).toBe("a".repeat(4_000));
  });

  test("what is found more often than one could see is marked so often and no more", () => {
    const pieces = piecesOf("ab".repeat(2_000), "a");
    expect(pieces.filter(({ isMarked }) => isMarked)).toHaveLength(MOST_MARKS);
    expect(pieces.map(({ text }) => text).join("")).toBe("ab".repeat(2_000));
  });

  test("a line that is too long is cut", () => {
    const pieces = piecesOf(`${"x".repeat(MOST_SHOWN)}\u001b[31my`, "");
    expect(pieces.map((piece) => piece.text.length)).toEqual([MOST_SHOWN]);
  });
});
