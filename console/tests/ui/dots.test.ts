import { describe, expect, test } from "vitest";

import { alonePlaces, onlyOne } from "../../src/ui/plot/dots.ts";

describe("values that no line shows", () => {
  test.each([
    ["the only one", [1], [0]],
    ["those between gaps", [1, null, 2, null, 3, 4], [0, 2]],
    ["none of a line", [1, 2, 3], []],
    ["none where nothing is", [null, undefined], []],
  ])("are %s", (_, values, places) => {
    expect(alonePlaces(values)).toEqual(places);
  });

  test("are the only one of all, where a line spans the gaps", () => {
    expect(onlyOne([null, 0, null])).toEqual([1]);
    expect(onlyOne([1, null, 2])).toEqual([]);
  });
});
