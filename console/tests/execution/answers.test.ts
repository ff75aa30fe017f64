import { describe, expect, test } from "vitest";

import { answerKindOf } from "../../src/execution/questions/answer_kind.ts";
import { readAnswer } from "../../src/execution/questions/read_answer.ts";

describe("how a question is asked", () => {
  test.each([
    [{ type: "boolean" }, "boolean"],
    [{ enum: ["red", "green"], type: "string" }, "choice"],
    [{ const: 1 }, "choice"],
    [{ type: "string" }, "text"],
    [{ type: "integer", minimum: 1 }, "number"],
    [{ type: "number" }, "number"],
    [{ type: "object", properties: {} }, "json"],
    [{}, "json"],
    [true, "json"],
    [{ enum: Array.from({ length: 500 }, (_, index) => index) }, "json"],
  ])("%j is asked as %s", (schema, kind) => {
    expect(answerKindOf(schema).kind).toBe(kind);
  });
});

describe("what was typed", () => {
  test.each([
    [{ enum: ["red", 2, null] }, "1", 2],
    [{ type: "string" }, "", ""],
    [{ type: "string", minLength: 2 }, "né", "né"],
    [{ type: "integer" }, " 42 ", 42],
    [{ type: "number", maximum: 1 }, "0,5", 0.5],
    [{}, '{"a": [1]}', { a: [1] }],
  ])("of %j: %j is %j", (schema, text, value) => {
    expect(readAnswer(answerKindOf(schema), text)).toEqual({ value });
  });

  test.each([
    [{ enum: ["red"] }, ""],
    [{ enum: ["red"] }, "1"],
    [{ type: "string", minLength: 2 }, "x"],
    [{ type: "string", maxLength: 1 }, "xy"],
    [{ type: "integer" }, "1.5"],
    [{ type: "integer" }, ""],
    [{ type: "number" }, "one"],
    [{ type: "number", minimum: 0 }, "-1"],
    [{ type: "number", maximum: 1 }, "2"],
    [{}, "words"],
  ])("of %j: %j is refused, and why is told", (schema, text) => {
    expect(readAnswer(answerKindOf(schema), text).error).toMatch(/\.$/);
  });
});
