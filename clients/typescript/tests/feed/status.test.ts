// What observers are told.

import { expect, test, vi } from "vitest";

import { untilEnded } from "../../src/feed/status.js";

test("an observer is told nothing behind the end", () => {
  const onStatus = vi.fn();
  const observe = untilEnded(onStatus);
  observe({ phase: "live" });
  observe({ phase: "ended", error: null });
  observe({ phase: "ended", error: null });
  observe({ phase: "connecting" });
  expect(onStatus.mock.calls).toEqual([[{ phase: "live" }], [{ phase: "ended", error: null }]]);
});
