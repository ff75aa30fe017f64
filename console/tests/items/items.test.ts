import { describe, expect, test } from "vitest";

import { differences } from "../../src/items/differences.ts";
import { bodyOf, draftOf, EMPTY, isSame } from "../../src/items/draft.ts";
import { filterWords, queryOf, withoutFilters } from "../../src/items/filters.ts";
import { itemsSearch } from "../../src/items/search.ts";

const ITEM = {
  id: "1",
  name: "photos",
  handler: null,
  visibility: "private" as const,
  metadata: { a: 1 },
  team_id: null,
  version: 3,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

describe("an item's draft", () => {
  test("becomes the body that it was read from", () => {
    const draft = draftOf(ITEM);
    expect(bodyOf(draft)).toEqual({
      body: { name: "photos", handler: null, visibility: "private", metadata: { a: 1 } },
    });
    expect(isSame(draft, draftOf(ITEM))).toBe(true);
    expect(isSame(draft, { ...draft, metadata: "{}" })).toBe(false);
  });

  test.each(["[]", "1", "null", '"x"'])("is not sent with %s for metadata", (metadata) => {
    expect(bodyOf({ ...EMPTY, metadata })).toHaveProperty("problem");
  });

  test("is not sent while its metadata cannot be read", () => {
    expect(bodyOf({ ...EMPTY, metadata: '{"a":' })).toHaveProperty("problem");
  });
});

describe("two documents", () => {
  test("differ where their values do, as deep as they are alike", () => {
    const mine = { name: "a", metadata: { keep: 1, size: 1, list: [1, 2] } };
    const theirs = { name: "a", metadata: { list: [1, 3], keep: 1, added: true } };
    expect(differences(mine, theirs)).toEqual([
      { path: "metadata.size", mine: 1, theirs: undefined },
      { path: "metadata.list.1", mine: 2, theirs: 3 },
      { path: "metadata.added", mine: undefined, theirs: true },
    ]);
  });

  test("do not differ by the order of names", () => {
    expect(differences({ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } })).toEqual([]);
  });

  test("of other kinds differ as a whole", () => {
    expect(differences([1], { 0: 1 })).toEqual([{ path: "", mine: [1], theirs: { 0: 1 } }]);
    expect(differences(null, {})).toEqual([{ path: "", mine: null, theirs: {} }]);
  });

  test("are compared up to a bound", () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`k${n}`, n]));
    expect(differences(many, {})).toHaveLength(50);
  });
});

test("an address that makes no sense lists everything", () => {
  expect(itemsSearch({ q: "", sort: "owner", team: 7 })).toEqual({ team: "7" });
});

describe("the filters of items", () => {
  const search = itemsSearch({
    q: "red",
    team: "t",
    handler: "sweep",
    visibility: "public",
    field: "place.city",
    is: "Graz",
    sort: "name",
  });

  test("are asked of the API by its own names", () => {
    expect(queryOf(search)).toEqual({
      q: "red",
      team_id: "t",
      handler: "sweep",
      visibility: "public",
      where: ['/place/city:"Graz"'],
      sort: "name",
    });
    expect(queryOf({})).toEqual({ sort: "-updated_at" });
  });

  test.each([
    ["size", "3", "/size:3"],
    ["size", '"3"', '/size:"3"'],
    ["done", "true", "/done:true"],
    ["a/b~c", "two words", '/a~1b~0c:"two words"'],
    ["n", "9007199254740993", "/n:9007199254740993"],
  ])("ask for %s being %s as JSON does", (field, is, where) => {
    expect(queryOf({ field, is }).where).toEqual([where]);
  });

  test("are told in words, and leave whose items they are and their order", () => {
    expect(filterWords(search)).toEqual([
      'with the words "red"',
      "of the handler sweep",
      "public",
      "with place.city being Graz",
    ]);
    expect(withoutFilters(search)).toEqual({ team: "t", sort: "name" });
    expect(filterWords(withoutFilters(search))).toEqual([]);
  });

  test("keep out of the address what does not fit", () => {
    expect(itemsSearch({ visibility: "secret", field: "a", handler: {}, sort: 1 })).toEqual({});
    expect(itemsSearch({ field: "size", is: 3 })).toEqual({ field: "size", is: "3" });
  });
});
