// A list of items that grows page by page.

import { beforeEach, expect, test } from "vitest";

import type { Api, Item } from "../../src/api/index.js";
import { ItemList } from "../../src/live/item_list.js";
import { deferred, type Deferred } from "../tools/deferred.js";

type Asked = Parameters<Api["listItems"]>[0];
type Page = Awaited<ReturnType<Api["listItems"]>>;

let asked: Asked[];
let answers: Deferred<Page>[];
let list: ItemList;

beforeEach(() => {
  asked = [];
  answers = [];
  const listItems = (options: Asked): Promise<Page> => {
    asked.push(options);
    const page = deferred<Page>();
    answers.push(page);
    return page.promise;
  };
  list = new ItemList({ listItems } as unknown as Api, { limit: 2 });
});

function item(id: string): Item {
  return { id } as Item;
}

function untilCalledOff(options: Asked): Promise<Page> {
  return new Promise((_, reject) => {
    options?.signal?.addEventListener("abort", () => reject(new Error("called off")));
  });
}

async function answer(ids: string[], next: string | null): Promise<void> {
  answers.shift()?.resolve({ items: ids.map(item), next_cursor: next });
  await new Promise((resolve) => setTimeout(resolve));
}

function shown(): string[] {
  return list.getSnapshot().items.map(({ id }) => id);
}

test("the first page is loaded for the first observer, and once", async () => {
  list.subscribe(() => undefined);
  list.subscribe(() => undefined);
  expect(asked.map((each) => each?.query)).toEqual([{ limit: 2, cursor: null }]);
  expect(list.getSnapshot().isLoading).toBe(true);
  await answer(["a", "b"], "next");
  expect(shown()).toEqual(["a", "b"]);
  expect(list.getSnapshot()).toMatchObject({ isLoading: false, hasMore: true, error: null });
});

test("more is appended, until there is no more", async () => {
  list.subscribe(() => undefined);
  await answer(["a", "b"], "next");
  void list.loadMore();
  void list.loadMore();
  await answer(["c"], null);
  expect(asked.map((each) => each?.query?.cursor)).toEqual([null, "next"]);
  expect([shown(), list.getSnapshot().hasMore]).toEqual([["a", "b", "c"], false]);
  await list.loadMore();
  expect(asked.length).toBe(2);
});

test("loading again shows what was there until the first page has come", async () => {
  list.subscribe(() => undefined);
  await answer(["a", "b"], "next");
  void list.reload();
  expect([shown(), list.getSnapshot().isLoading]).toEqual([["a", "b"], true]);
  await answer(["z"], null);
  expect(shown()).toEqual(["z"]);
});

test("an answer that was called off by a newer question is not shown", async () => {
  list.subscribe(() => undefined);
  void list.reload();
  await answer(["old"], null);
  expect(shown()).toEqual([]);
  await answer(["new"], null);
  expect(shown()).toEqual(["new"]);
});

test("what was refused is told, and what had come stays", async () => {
  const refusal = new Error("no");
  const pages: Page[] = [{ items: [item("a")], next_cursor: "next" }];
  const listItems = async (): Promise<Page> => {
    const page = pages.shift();
    if (page === undefined) throw refusal;
    return page;
  };
  list = new ItemList({ listItems } as unknown as Api, {});
  list.subscribe(() => undefined);
  await new Promise((resolve) => setTimeout(resolve));
  await list.loadMore();
  expect(list.getSnapshot()).toMatchObject({ error: refusal, isLoading: false, hasMore: true });
  expect(shown()).toEqual(["a"]);
});

test("what is called off is no refusal", async () => {
  list = new ItemList({ listItems: untilCalledOff } as unknown as Api, {});
  list.subscribe(() => undefined)();
  await new Promise((resolve) => setTimeout(resolve));
  expect(list.getSnapshot().error).toBeNull();
});

test("what is under way ends with the last observer", () => {
  const leave = list.subscribe(() => undefined);
  leave();
  expect(asked[0]?.signal?.aborted).toBe(true);
});
