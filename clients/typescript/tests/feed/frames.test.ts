// Frames: what is taken for one, what is ignored, and what breaks a connection.

import { expect, test } from "vitest";

import { MalformedFrame } from "../../src/feed/errors.js";
import { parseFrame, readFrame } from "../../src/feed/frames.js";
import { event, hello } from "../conformance/cases.js";

test.each([
  [{ type: "weather" }],
  [{ type: ["odd"] }],
  [{ type: "constructor" }],
  [{ kind: "no type" }],
])("%j is ignored", (document) => {
  expect(readFrame(document)).toBeNull();
});

test.each([
  [null],
  [[1]],
  ["hello"],
  [{ ...hello(1), head: 1.5 }],
  [{ ...hello(1), heartbeat: 0 }],
  [{ ...hello(1), execution: null }],
  [{ type: "events", events: [{ ...event(1), seq: "1" }] }],
  [{ type: "events", events: {} }],
  [{ type: "caught_up" }],
  [{ type: "gap", from: 1 }],
  [{ type: "lag", behind: Number.NaN }],
  [{ type: "auth_expiring", expires_in: "soon" }],
  [{ type: "ack", id: 7 }],
  [{ type: "error", id: null }],
  [{ type: "end" }],
])("%j is no frame", (document) => {
  expect(() => readFrame(document)).toThrow(MalformedFrame);
});

test("text that is no JSON is no frame", () => {
  expect(() => parseFrame("{")).toThrow(MalformedFrame);
  expect(parseFrame('{"type":"ping"}')).toEqual({ type: "ping" });
});
