// Commands: sent until they are answered, and answered once.

import { expect, test } from "vitest";

import { commandId, Commands } from "../../src/feed/commands.js";
import { CommandRefused, WatchClosed } from "../../src/feed/errors.js";

test("an ack settles its command, which is not sent again", async () => {
  const commands = new Commands();
  const answer = commands.add({ type: "cancel", id: "c" });
  commands.settle({ type: "ack", id: "other", seq: 9 });
  expect(commands.unanswered).toEqual([{ type: "cancel", id: "c" }]);
  commands.settle({ type: "ack", id: "c", seq: 2 });
  expect([await answer, commands.unanswered]).toEqual([2, []]);
});

test("commands stay in the order in which they were given", () => {
  const commands = new Commands();
  for (const id of ["b", "a", "1"]) void commands.add({ type: "cancel", id });
  expect(commands.unanswered.map(({ id }) => id)).toEqual(["b", "a", "1"]);
});

test("a refusal tells its code and its words", async () => {
  const commands = new Commands();
  const answer = commands.add({ type: "answer", id: "c", question: "q1", value: 5 });
  commands.settle({ type: "error", id: "c", code: "invalid_answer", detail: "5 is no boolean" });
  await expect(answer).rejects.toThrow(new CommandRefused("invalid_answer", "5 is no boolean"));
});

test("at the end whoever waits is told", async () => {
  const commands = new Commands();
  const answer = commands.add({ type: "cancel", id: "c" });
  commands.fail(new WatchClosed("the watch has ended"));
  await expect(answer).rejects.toThrow(WatchClosed);
  expect(commands.unanswered).toEqual([]);
});

test("ids are long, and never the same", () => {
  const ids = Array.from({ length: 100 }, () => commandId());
  expect(new Set(ids).size).toBe(100);
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
});
