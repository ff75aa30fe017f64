import { describe, expect, test } from "vitest";

import { deviceOf } from "../../src/ui/device.ts";
import { lengthOf, relatively } from "../../src/ui/time.ts";

const NOON = Date.parse("2026-01-01T12:00:00Z");

describe("moments", () => {
  test.each([
    ["2026-01-01T11:59:58Z", "just now"],
    ["2026-01-01T11:58:01Z", "1 minute ago"],
    ["2026-01-01T09:00:00Z", "3 hours ago"],
    ["2025-12-31T11:00:00Z", "yesterday"],
    ["2026-01-01T12:00:30Z", "in a moment"],
    ["2026-04-01T12:00:00Z", "in 3 months"],
  ])("%s is %s", (at, words) => {
    expect(relatively(at, NOON)).toBe(words);
  });
});

describe("lengths of time", () => {
  test.each([
    [0, "0.0 s"],
    [0.0004, "1 ms"],
    [0.0123, "12 ms"],
    [0.44, "0.4 s"],
    [12.3, "12 s"],
    [185, "3 min 5 s"],
    [7200, "2 h"],
    [7860, "2 h 11 min"],
    [356_400, "4 d 3 h"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(lengthOf(seconds)).toBe(words);
  });
});

describe("devices", () => {
  test.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36",
      "Chrome on Linux",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150 Safari/537.36 Edg/150",
      "Edge on Windows",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1",
      "Safari on iOS",
    ],
    ["runcast-client/0.2.0 python/3.12", "runcast-client"],
    ["", "Unknown"],
  ])("%s", (userAgent, words) => {
    expect(deviceOf(userAgent)).toBe(words);
  });
});
