import { describe, expect, test } from "vitest";

import { type Field, fieldOf } from "../../src/start/schema_form/field.ts";
import { completed, initialValue, withMember } from "../../src/start/schema_form/initial.ts";

const SWEEP = {
  title: "Sweep",
  type: "object",
  required: ["folder", "mode"],
  $defs: {
    Mode: { enum: ["fast", "slow"], type: "string", title: "Mode" },
    Tree: {
      type: "object",
      properties: { children: { type: "array", items: { $ref: "#/$defs/Tree" } } },
    },
  },
  properties: {
    folder: { type: "string", title: "Folder" },
    mode: { $ref: "#/$defs/Mode", description: "How hard to look." },
    rates: { type: "array", items: { type: "number" }, default: [0.1, 0.03] },
    most: { type: "integer", exclusiveMinimum: 0, maximum: 9 },
    note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
    deep: { type: "boolean", default: true },
    tree: { $ref: "#/$defs/Tree" },
    anything: {},
    either: { anyOf: [{ type: "string" }, { type: "integer" }] },
  },
};

function memberOf(name: string): Field {
  const field = fieldOf(SWEEP);
  const member = field.kind === "object" && field.members.find((one) => one.name === name);
  if (!member) throw new Error(`no ${name}`);
  return member.field;
}

describe("a schema's fields", () => {
  test.each([
    ["folder", "text"],
    ["mode", "choice"],
    ["rates", "list"],
    ["most", "number"],
    ["note", "optional"],
    ["deep", "switch"],
    ["tree", "object"],
    ["anything", "json"],
    ["either", "json"],
  ])("%s is drawn as %s", (name, kind) => {
    expect(memberOf(name).kind).toBe(kind);
  });

  test("a reference keeps what is said beside it", () => {
    expect(memberOf("mode")).toMatchObject({
      title: "Mode",
      description: "How hard to look.",
      choices: [{ value: "fast" }, { value: "slow" }],
    });
  });

  test("open bounds of whole numbers are the next ones inside", () => {
    expect(memberOf("most")).toMatchObject({ min: 1, max: 9, isInteger: true });
  });

  test("a schema that holds itself ends in JSON", () => {
    let field = memberOf("tree");
    for (let depth = 0; depth < 20 && field.kind !== "json"; depth += 1) {
      const next = field.kind === "object" ? field.members[0]?.field : undefined;
      field = field.kind === "list" ? field.entry : (next ?? field);
    }
    expect(field.kind).toBe("json");
  });

  test("a reference that leads round in a circle, or nowhere, is JSON", () => {
    const circle = { $ref: "#/$defs/A", $defs: { A: { $ref: "#/$defs/A" } } };
    expect(fieldOf(circle).kind).toBe("json");
    expect(fieldOf({ $ref: "#/$defs/None" }).kind).toBe("json");
    expect(fieldOf({ $ref: "https://elsewhere.example/schema" }).kind).toBe("json");
  });

  test("what two types share with null is optional", () => {
    expect(fieldOf({ type: ["integer", "null"] })).toMatchObject({
      kind: "optional",
      inner: { kind: "number" },
    });
  });
});

describe("what a form begins with", () => {
  test("is what the schema proposes and what is required, and nothing else", () => {
    expect(initialValue(fieldOf(SWEEP))).toEqual({
      folder: "",
      rates: [0.1, 0.03],
      note: null,
      deep: true,
    });
  });

  test("a single choice is taken", () => {
    expect(initialValue(fieldOf({ const: "only" }))).toBe("only");
  });

  test("a member that is not said leaves the object", () => {
    expect(withMember({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
    expect(withMember(undefined, "a", 0)).toEqual({ a: 0 });
  });
});

describe("what a form shows of an input that is there", () => {
  test("is that, completed by what the schema proposes", () => {
    const said = { folder: "here", rates: [1], unknown: 7 };
    expect(completed(fieldOf(SWEEP), said)).toEqual({ ...said, note: null, deep: true });
  });

  test.each([null, 3, ["x"]])("is left alone where it is no object: %j", (said) => {
    expect(completed(fieldOf(SWEEP), said)).toEqual(said);
  });

  test("is completed within", () => {
    const inner = { type: "object", properties: { a: { type: "integer", default: 1 } } };
    const outer = { type: "object", properties: { inner } };
    expect(completed(fieldOf(outer), { inner: {} })).toEqual({ inner: { a: 1 } });
  });
});
