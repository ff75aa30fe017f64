// Tasks side by side: the first to end counts, and the others are aborted.

import { expect, test } from "vitest";

import { aborted, firstToEnd } from "../../src/feed/races.js";

test("the first to end counts, and the others are aborted", async () => {
  let left: AbortSignal | null = null;
  const found = await firstToEnd<number>(
    new AbortController().signal,
    (signal) => {
      left = signal;
      return aborted(signal);
    },
    async () => 7,
  );
  expect([found, left]).toEqual([7, expect.objectContaining({ aborted: true })]);
});

test("of two that end in one turn the first named counts", async () => {
  const { signal } = new AbortController();
  const failing = firstToEnd(
    signal,
    () => Promise.reject(new Error("first")),
    async () => 1,
  );
  await expect(failing).rejects.toThrow("first");
});

test("the signal ends all, also tasks that do not heed it", async () => {
  const leaving = new AbortController();
  const running = firstToEnd(leaving.signal, () => new Promise<never>(() => undefined));
  leaving.abort(new Error("left"));
  await expect(running).rejects.toThrow("left");
  await expect(firstToEnd(leaving.signal, async () => 1)).rejects.toThrow("left");
});
