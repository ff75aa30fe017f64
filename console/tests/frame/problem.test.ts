import { RuncastError, TimedOut, Unreachable } from "runcast";
import { describe as suite, expect, test } from "vitest";

import { codeOf, describe, fieldErrors, statusOf } from "../../src/problem.ts";

const FIELDS = [
  { loc: ["body", "email"], msg: "value is not a valid email address", type: "value_error" },
  { loc: ["body", "scopes", 0], msg: "Input should be 'app'", type: "enum" },
];

suite("a refusal in words", () => {
  test("a known code has words of its own", () => {
    const error = new RuncastError(409, { code: "last_way_in", detail: "add another first" });
    expect(describe(error)).toMatchObject({
      title: "This is your last way to sign in",
      text: "Add another first.",
      mayHelpAgain: false,
    });
  });

  test("a code that every object has a member of is an unknown one", () => {
    for (const code of ["constructor", "__proto__", "toString"]) {
      const error = new RuncastError(409, { code, title: "wrong moon", detail: "wait" });
      expect(describe(error).title).toBe("Wrong moon");
    }
  });

  test("an unknown code is told in the server's words", () => {
    const error = new RuncastError(409, {
      code: "moon_phase",
      title: "wrong moon",
      detail: "wait",
    });
    expect(describe(error)).toMatchObject({ title: "Wrong moon", text: "Wait." });
  });

  test("fields are told by their name", () => {
    const error = new RuncastError(422, { code: "invalid_request", errors: FIELDS });
    expect(describe(error).fields).toEqual([
      "Email: value is not a valid email address.",
      "Scopes.0: Input should be 'app'.",
    ]);
    expect(fieldErrors(error)).toEqual({
      email: "Value is not a valid email address.",
      "scopes.0": "Input should be 'app'.",
    });
  });

  test("names and ids are told as people write them", () => {
    const wrongId = "Input should be a valid UUID, invalid length";
    const ofQuery = { errors: [{ loc: ["query", "item_id"], msg: wrongId, type: "uuid_parsing" }] };
    expect(describe(new RuncastError(422, ofQuery)).fields).toEqual([
      "Item id: this is not an id.",
    ]);
    const ofPath = { errors: [{ loc: ["path", "item_id"], msg: wrongId, type: "uuid_parsing" }] };
    expect(describe(new RuncastError(422, ofPath))).toMatchObject({
      title: "There is nothing here, or nothing that you may see",
      fields: [],
    });
  });

  test("too often says how long to wait", () => {
    const error = new RuncastError(429, { code: "too_many" }, 42);
    expect(describe(error)).toMatchObject({ text: "Try again in 42 seconds.", mayHelpAgain: true });
  });

  test("a failure of the server may be tried again", () => {
    expect(describe(new RuncastError(503, { code: "unavailable" })).mayHelpAgain).toBe(true);
  });

  test("codes and statuses are found where there are some", () => {
    const error = new RuncastError(403, { code: "forbidden" });
    expect([codeOf(error), statusOf(error)]).toEqual(["forbidden", 403]);
    expect([codeOf(new Error("x")), statusOf(null)]).toEqual([undefined, undefined]);
  });
});

suite("what is no refusal", () => {
  test("no answer is told as that", () => {
    expect(describe(new Unreachable(null)).title).toBe("The server cannot be reached");
    expect(describe(new TimedOut(null)).title).toBe("The server did not answer in time");
    expect(describe(new TypeError("Failed to fetch")).title).toBe("The server cannot be reached");
  });

  test("a passkey that was not shown is no fault", () => {
    const error = new DOMException("no", "NotAllowedError");
    expect(describe(error).title).toBe("No passkey was shown");
  });

  test("anything else keeps its own words", () => {
    expect(describe(new Error("a chunk is gone"))).toMatchObject({
      title: "Something went wrong",
      text: "a chunk is gone",
    });
  });
});
