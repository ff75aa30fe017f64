import { expect, test } from "vitest";

import { ProgressSamples } from "../../src/execution/record/progress_samples.ts";

test("of very many samples the first, the latest and every other one are left", () => {
  let samples = new ProgressSamples();
  for (let done = 0; done < 20_000; done += 1) {
    samples = samples.held(4_096);
    samples.push(done + 1, { done, total: null, message: `number ${done}`, at: done });
  }
  expect(samples.length).toBeLessThanOrEqual(4_096);
  expect(samples.at(0)).toEqual({ done: 0, total: null, message: "number 0", at: 0 });
  expect(samples.at(samples.length - 1).message).toBe("number 19999");
  expect(samples.at(samples.length - 1_000).done).toBe(19_000);
  expect(samples.seqs.countUpTo(Infinity)).toBe(samples.length);
});
