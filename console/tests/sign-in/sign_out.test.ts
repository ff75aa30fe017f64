import { afterEach, expect, test, vi } from "vitest";

import { runcast } from "../../src/runcast.ts";
import { signOut } from "../../src/sign-in/signOut.ts";
import { notices } from "../../src/ui/toast.ts";

afterEach(() => {
  vi.restoreAllMocks();
  notices.setState([], true);
});

test("a sign-out that the server did not hear of is told as none", async () => {
  vi.spyOn(runcast.auth, "logout").mockRejectedValue(new TypeError("lost"));
  await signOut();
  expect(notices.getState().map(({ text }) => text)).toEqual([
    "You are still signed in: the server cannot be reached. Try again in a moment.",
  ]);
});

test("a sign-out that was heard says nothing", async () => {
  vi.spyOn(runcast.auth, "logout").mockResolvedValue();
  await signOut();
  expect(notices.getState()).toEqual([]);
});
