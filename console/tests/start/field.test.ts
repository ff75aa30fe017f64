import { describe, expect, test } from "vitest";

import { controlOf } from "../../src/start/schema_form/control.ts";
import { isTooMuch } from "../../src/start/schema_form/extent.ts";
import { type Field, fieldOf } from "../../src/start/schema_form/field.ts";
import {
  completed,
  initialValue,
  memberOf,
  withMember,
} from "../../src/start/schema_form/initial.ts";
import { firstInput } from "../../src/start/starting.ts";

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

function maybe(schema: object) {
  return { anyOf: [schema, { type: "null" }], default: null };
}

/** The kinds of all fields that are drawn before anything is opened. */
function kindsIn(field: Field): string[] {
  const inner = field.kind === "object" ? field.members : [];
  return [field.kind, ...inner.flatMap((member) => kindsIn(member.field))];
}

function sweepMember(name: string): Field {
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
    expect(sweepMember(name).kind).toBe(kind);
  });

  test("a reference keeps what is said beside it", () => {
    expect(sweepMember("mode")).toMatchObject({
      title: "Mode",
      description: "How hard to look.",
      choices: [{ value: "fast" }, { value: "slow" }],
    });
  });

  test("open bounds of whole numbers are the next ones inside", () => {
    expect(sweepMember("most")).toMatchObject({ min: 1, max: 9, isInteger: true });
  });

  test("a schema that holds itself ends in JSON", () => {
    let field = sweepMember("tree");
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

  test("a reference to a name that every object has, or that is no code, is JSON", () => {
    for (const name of ["constructor", "__proto__", "100%", "%zz"]) {
      expect(fieldOf({ $ref: `#/$defs/${name}`, $defs: {} }).kind).toBe("json");
    }
    const odd = { $ref: "#/$defs/100%", $defs: { "100%": { type: "boolean" } } };
    expect(fieldOf(odd).kind).toBe("switch");
  });

  test("what may hold itself in sixty ways is drawn as far as it is looked into", () => {
    const ways = Array.from({ length: 60 }, (_, at) => [`f${at}`, maybe({ $ref: "#/$defs/Tree" })]);
    const tree = { type: "object", properties: Object.fromEntries(ways) };
    const field = fieldOf({ $ref: "#/$defs/Tree", $defs: { Tree: tree } });
    expect(field).toMatchObject({ kind: "object", members: { length: 60 } });
    const opened = field.kind === "object" ? field.members[7]?.field : undefined;
    expect(opened).toMatchObject({ kind: "optional", inner: { members: { length: 60 } } });
  });

  test("what holds itself in fifteen ways at once is drawn so deep that it is not too much", () => {
    const ways = Array.from({ length: 15 }, (_, at) => [`p${at}`, { $ref: "#/$defs/Tree" }]);
    const tree = { type: "object", properties: Object.fromEntries(ways) };
    const field = fieldOf({ $ref: "#/$defs/Tree", $defs: { Tree: tree } });
    expect(kindsIn(field)).toHaveLength(1 + 15 + 225);
    expect(kindsIn(field).filter((kind) => kind === "json")).toHaveLength(225);
  });

  test("what has more fields than a page can draw is JSON, and so is a choice of very many", () => {
    const wide = Array.from({ length: 3_000 }, (_, at) => [`p${at}`, { type: "string" }]);
    expect(fieldOf({ type: "object", properties: Object.fromEntries(wide) }).kind).toBe("json");
    expect(fieldOf({ enum: Array.from({ length: 5_000 }, (_, at) => at) }).kind).toBe("json");
  });

  test("what two types share with null is optional", () => {
    expect(fieldOf({ type: ["integer", "null"] })).toMatchObject({
      kind: "optional",
      inner: { kind: "number" },
    });
  });
});

describe("what a form begins with", () => {
  test("is too much for fields where they would be very many", () => {
    const table = fieldOf({ type: "array", items: { type: "array", items: { type: "number" } } });
    const row = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(isTooMuch(table, [row])).toBe(false);
    expect(
      isTooMuch(
        table,
        Array.from({ length: 100 }, () => row),
      ),
    ).toBe(true);
    expect(
      firstInput({ type: "array", items: { type: "number" } }, Array(301).fill(1)),
    ).toHaveLength(301);
  });

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

  test("members are called as they like", () => {
    const names = ["__proto__", "constructor", "toString"];
    const text = { type: "string" };
    const properties = Object.fromEntries(names.map((name) => [name, text]));
    const field = fieldOf({ type: "object", properties, required: ["__proto__"] });
    expect(JSON.stringify(initialValue(field))).toBe('{"__proto__":""}');
    for (const name of names) expect(memberOf({}, name)).toBeUndefined();
    const said = withMember({}, "__proto__", "mine");
    expect(memberOf(said, "__proto__")).toBe("mine");
    expect(JSON.stringify(completed(field, said))).toBe('{"__proto__":"mine"}');
    expect(JSON.stringify(completed(field, { constructor: "x" }))).toContain('"constructor":"x"');
  });

  test("a field has only errors that are said of it", () => {
    const field = fieldOf({ type: "string" });
    const rest = { field, isRequired: true, value: "", onChange: () => undefined };
    for (const path of ["toString", "__proto__", "constructor"]) {
      const control = controlOf({ ...rest, label: path, path, problems: {} });
      expect(control.error).toBeUndefined();
    }
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
