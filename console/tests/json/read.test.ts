import { describe, expect, test } from "vitest";

import { locate } from "../../src/json/locate.ts";
import { problemsBelow, problemsByPath } from "../../src/json/placed.ts";
import { readJson } from "../../src/json/read.ts";

describe("JSON that a person wrote", () => {
  test("is read", () => {
    expect(readJson(' {"a": [1, -2.5e3, "x"], "b": 9007199254740991} ')).toEqual({
      value: { a: [1, -2500, "x"], b: 9_007_199_254_740_991 },
    });
  });

  test.each(["9007199254740993", "-9007199254740993", '{"a": [123456789012345678901]}'])(
    "is refused where it would be rounded: %s",
    (text) => {
      const read = readJson(text);
      expect("problem" in read && text.slice(read.problem.from, read.problem.to)).toMatch(
        /^-?\d+$/,
      );
    },
  );

  test.each([
    '"12345678901234567890"',
    '{"12345678901234567890": "a \\\\\\" 12345678901234567890"}',
    "[0.12345678901234567890, 1234567890123456789e-3]",
    "[1000000000000000, -9007199254740991]",
  ])("is read where many digits are no large integer: %s", (text) => {
    expect(readJson(text)).toEqual({ value: JSON.parse(text) as unknown });
  });

  test("is read once, however many ask for it", () => {
    const text = '{"a": [1]}';
    expect(readJson(text)).toBe(readJson(`${text}`));
  });

  test("is searched for large integers through texts of any length", () => {
    const text = `["${'\\"'.repeat(500_000)}", 12345678901234567890]`;
    expect(readJson(text)).toMatchObject({ problem: { from: text.length - 21 } });
  });

  test("of very much text is told where it stops by the browser, if it says so", () => {
    const text = `[${"1,".repeat(200_000)}1 1]`;
    const read = readJson(text);
    expect("problem" in read && read.problem.from).toBe(text.length - 2);
    expect("problem" in readJson(`[${"1,".repeat(200_000)}`)).toBe(true);
  });

  test.each([
    ['{"a": 1,}', 8],
    ['{"a": nope}', 6],
    ["", 0],
    ['{"a": 1', 6],
  ])("%j is told where it stops being JSON", (text, from) => {
    const read = readJson(text);
    expect("problem" in read && read.problem.from).toBe(from);
  });
});

describe("the place that a path leads to", () => {
  const TEXT = '{"a": {"b": [10, {"c": "x"}]}, "a.b": 1, "\\u0064": true}';

  test.each([
    [["a", "b", 0], "10"],
    [["a", "b", 1, "c"], '"x"'],
    [["a.b"], "1"],
    [["d"], "true"],
    [["a", "b", 7], '[10, {"c": "x"}]'],
    [["nothing"], TEXT],
  ])("%j", (path, value) => {
    const { from, to } = locate(TEXT, path);
    expect(TEXT.slice(from, to)).toBe(value);
  });

  test("of text that is none is somewhere inside it", () => {
    expect(locate("", ["a"])).toEqual({ from: 0, to: 0 });
  });
});

describe("the server's words of single values", () => {
  const refusal = {
    errors: [
      { loc: ["body", "input", "rates", 0], msg: "not a number" },
      { loc: ["body", "name"], msg: "too short" },
    ],
  };

  test("are found below a place", () => {
    const found = problemsBelow(refusal, ["body", "input"]);
    expect(found).toEqual([{ path: ["rates", 0], message: "not a number" }]);
    expect(problemsByPath(found)).toEqual({ "rates.0": "not a number" });
  });

  test.each([null, undefined, new Error("lost"), { errors: "none" }])("are none in %s", (error) => {
    expect(problemsBelow(error, [])).toEqual([]);
  });
});
