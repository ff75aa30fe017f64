// A gate: those who wait pass once it is open, and later ones wait for the next time.

import { expect, test } from "vitest";

import { Gate } from "../../src/feed/gate.js";

test("a gate lets those pass who waited, and shut again makes others wait", async () => {
  const gate = new Gate(false);
  const passed: string[] = [];
  const early = gate.wait().then(() => passed.push("early"));
  gate.shut();
  gate.open();
  await early;
  gate.shut();
  const late = gate.wait().then(() => passed.push("late"));
  await Promise.resolve();
  expect(passed).toEqual(["early"]);
  gate.open();
  await late;
  await gate.wait();
});
