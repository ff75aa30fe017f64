// The buffer: bounded, in order, with an end that is told behind the last entry.

import { expect, test } from "vitest";

import { FrameBuffer } from "../../src/feed/frame_buffer.js";

const weigh = (entry: string): number => entry.length;

test("entries come out in order, and then the end", async () => {
  const buffer = new FrameBuffer(10, weigh);
  buffer.put("a");
  buffer.put("b");
  buffer.close(null);
  expect([await buffer.get(), await buffer.get(), await buffer.get()]).toEqual(["a", "b", null]);
});

test("an error is met behind what was held before it", async () => {
  const buffer = new FrameBuffer(10, weigh);
  buffer.put("a");
  buffer.close(new Error("over"));
  expect(await buffer.get()).toBe("a");
  await expect(buffer.get()).rejects.toThrow("over");
  await expect(buffer.get()).rejects.toThrow("over");
});

test("whoever fetches from an empty buffer waits for the next entry", async () => {
  const buffer = new FrameBuffer(10, weigh);
  const next = buffer.get();
  buffer.put("late");
  expect(await next).toBe("late");
});

test("it is full by weight, and whoever fills it waits until there is room", async () => {
  const buffer = new FrameBuffer(3, weigh);
  const order: string[] = [];
  buffer.put("abc");
  expect(buffer.full).toBe(true);
  const filled = buffer.room().then(() => order.push("room"));
  order.push((await buffer.get()) ?? "");
  await filled;
  expect(order).toEqual(["abc", "room"]);
});

test("what is urgent is taken in without bound", async () => {
  const buffer = new FrameBuffer(1, weigh);
  buffer.put("a");
  await buffer.urgently(async () => {
    await buffer.room();
    expect(buffer.full).toBe(false);
  });
  expect(buffer.full).toBe(true);
});

test("an end makes room, so that nobody waits for a reader that has left", async () => {
  const buffer = new FrameBuffer(1, weigh);
  buffer.put("a");
  const waiting = buffer.room();
  buffer.close(null);
  await waiting;
  await buffer.room();
  expect(buffer.full).toBe(true);
});

test("what is cleared is gone, and nothing comes behind the end", async () => {
  const buffer = new FrameBuffer(1, weigh);
  buffer.put("a");
  buffer.clear();
  expect(buffer.full).toBe(false);
  buffer.close(null);
  buffer.put("b");
  expect(await buffer.get()).toBeNull();
});
