import { describe, expect, test } from "vitest";

import { choicesOf, choiceWords } from "../../src/execution/questions/choices.ts";

describe("the buttons of a question", () => {
  test.each([
    [{ type: "boolean" }, ["Yes", "No"]],
    [{ enum: ["red", "green"], type: "string" }, ["red", "green"]],
    [{ enum: [1, null, [2]] }, ["1", "null", "[2]"]],
    [{ const: "go" }, ["go"]],
  ])("%j has %j", (schema, words) => {
    expect(choicesOf(schema)?.map(choiceWords)).toEqual(words);
  });

  test.each([
    [{}],
    [{ type: "string" }],
    [{ type: "integer" }],
    [{ enum: [] }],
    [{ enum: [1, 2, 3, 4, 5, 6] }],
    [{ enum: "red" }],
  ])("%j has none: it is typed", (schema) => {
    expect(choicesOf(schema)).toBeNull();
  });
});
