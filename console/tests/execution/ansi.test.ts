import { describe, expect, test } from "vitest";

import {
  parseAnsi,
  PLAIN,
  sequenceOf,
  stripAnsi,
  styleAfter,
} from "../../src/execution/record/ansi.ts";

const ESC = "\u001b";

function styled(line: string): [string, Record<string, unknown>][] {
  return parseAnsi(line).map((span) => [
    span.text,
    Object.fromEntries(
      Object.entries(span.style).filter(([, value]) => value !== null && value !== false),
    ),
  ]);
}

describe("the colours of a line", () => {
  test("a line without sequences is one plain span", () => {
    expect(parseAnsi("plain")).toEqual([{ text: "plain", style: PLAIN }]);
    expect(parseAnsi("")).toEqual([]);
  });

  test("the sixteen colours are told by their number", () => {
    expect(styled(`${ESC}[31mred${ESC}[92mgreen${ESC}[44;103mon${ESC}[0mnone`)).toEqual([
      ["red", { fg: 1 }],
      ["green", { fg: 10 }],
      ["on", { fg: 10, bg: 11 }],
      ["none", {}],
    ]);
  });

  test("the palette of 256 is the sixteen, a cube and greys", () => {
    expect(styled(`${ESC}[38;5;9ma${ESC}[38;5;196mb${ESC}[38;5;232mc${ESC}[48;5;255md`)).toEqual([
      ["a", { fg: 9 }],
      ["b", { fg: "#ff0000" }],
      ["c", { fg: "#080808" }],
      ["d", { fg: "#080808", bg: "#eeeeee" }],
    ]);
  });

  test("true colours are read in both of their forms", () => {
    const forms = ["38;2;1;2;255", "38:2:1:2:255", "38:2::1:2:255"];
    for (const form of forms)
      expect(styled(`${ESC}[${form}mx`)).toEqual([["x", { fg: "#0102ff" }]]);
  });

  test("a colour beyond its bounds changes nothing, and what follows still counts", () => {
    expect(styled(`${ESC}[38;2;1;2;256;1mx`)).toEqual([["x", { bold: true }]]);
    expect(styled(`${ESC}[38;5;999;3mx`)).toEqual([["x", { italic: true }]]);
  });

  test("flags begin and end", () => {
    expect(styled(`${ESC}[1;2;3;4;7;9ma${ESC}[22;24mb${ESC}[mc`)).toEqual([
      ["a", { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true }],
      ["b", { italic: true, inverse: true, strike: true }],
      ["c", {}],
    ]);
    expect(styled(`${ESC}[4:3ma${ESC}[4:0mb`)).toEqual([
      ["a", { underline: true }],
      ["b", {}],
    ]);
  });

  test.each([
    ["moves of the cursor", `a${ESC}[2J${ESC}[1;1H${ESC}[Kb`],
    ["titles", `a${ESC}]0;title\u0007b`],
    ["links", `${ESC}]8;;https://example.com${ESC}\\ab${ESC}]8;;${ESC}\\`],
    ["strings of a device", `a${ESC}Pq#0${ESC}\\b`],
    ["character sets", `a${ESC}(0${ESC}7${ESC}8b`],
    ["control characters", "a\u0000\u0007\u009bb"],
    ["a sequence that breaks off", `ab${ESC}[38;5`],
    ["a lone escape", `ab${ESC}`],
  ])("%s are dropped", (_, line) => {
    expect(parseAnsi(line)).toEqual([{ text: "ab", style: PLAIN }]);
    expect(stripAnsi(line)).toBe("ab");
  });

  test("markup stays text", () => {
    expect(stripAnsi(`${ESC}[31m<img src=x>${ESC}[0m`)).toBe("<img src=x>");
  });

  test("a style can be told anew", () => {
    const lines = [
      `${ESC}[1;31m`,
      `${ESC}[38;2;1;2;3;48;5;200m`,
      `${ESC}[97;2;4;9;3;7m`,
      "",
      `${ESC}[1m${ESC}[22m`,
    ];
    for (const line of lines) {
      const style = styleAfter(line, PLAIN);
      expect(styleAfter(sequenceOf(style), PLAIN)).toEqual(style);
    }
  });

  test("a sequence of any length is read in one go", () => {
    const codes = "38;5;1;48;5;2;".repeat(200_000);
    expect(styled(`${ESC}[${codes}1mx`)).toEqual([["x", { fg: 1, bg: 2, bold: true }]]);
  });

  test("what is open at the end of a line ends there", () => {
    expect(stripAnsi(`a${ESC}]0;title\nb${ESC}Pq\nc${ESC}[31\nd`)).toBe("a\nb\nc\nd");
  });

  test("tens of thousands of open escapes take no long time", () => {
    const started = performance.now();
    stripAnsi(`${ESC}]`.repeat(8_000) + `${ESC}P`.repeat(8_000) + `${ESC}[`.repeat(8_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
