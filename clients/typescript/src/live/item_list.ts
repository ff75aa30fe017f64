// A list of items that grows page by page, as a store.

import type { Api, Item, ListItemsData } from "../api/index.js";
import { Observers } from "./observers.js";

export type ItemQuery = Omit<NonNullable<ListItemsData["query"]>, "cursor">;

export interface ItemsView {
  readonly items: readonly Item[];
  readonly isLoading: boolean;
  /** Whether `loadMore` would bring more. */
  readonly hasMore: boolean;
  /** What the last page was refused with; null once one has come. */
  readonly error: unknown;
}

export const UNLOADED: ItemsView = { items: [], isLoading: true, hasMore: false, error: null };

export class ItemList {
  readonly #api: Pick<Api, "listItems">;
  readonly #query: ItemQuery;
  readonly #observers = new Observers();
  #view = UNLOADED;
  #cursor: string | null = null;
  #leaving: AbortController | null = null;

  constructor(api: Pick<Api, "listItems">, query: ItemQuery) {
    this.#api = api;
    this.#query = query;
  }

  readonly getSnapshot = (): ItemsView => this.#view;

  /** Loads the first page for the first observer; what is under way ends with the last. */
  readonly subscribe = (observer: () => void): (() => void) => {
    const leave = this.#observers.add(observer);
    if (this.#leaving === null) void this.reload();
    return () => {
      leave();
      if (this.#observers.isEmpty) this.#leave();
    };
  };

  /** Loads the first page again; what is shown stays until it has come. */
  readonly reload = (): Promise<void> => {
    this.#leave();
    return this.#load(null);
  };

  /** Loads the next page, unless one is under way or there is none. */
  readonly loadMore = async (): Promise<void> => {
    if (!this.#view.isLoading && this.#cursor !== null) await this.#load(this.#cursor);
  };

  #leave(): void {
    this.#leaving?.abort();
    this.#leaving = null;
  }

  async #load(cursor: string | null): Promise<void> {
    this.#leaving ??= new AbortController();
    const { signal } = this.#leaving;
    this.#show({ isLoading: true });
    try {
      const page = await this.#api.listItems({ query: { ...this.#query, cursor }, signal });
      if (!signal.aborted) this.#append(cursor, page.items, page.next_cursor);
    } catch (error) {
      if (!signal.aborted) this.#show({ isLoading: false, error });
    }
  }

  #append(cursor: string | null, page: readonly Item[], next: string | null): void {
    this.#cursor = next;
    const items = cursor === null ? page : [...this.#view.items, ...page];
    this.#show({ items, isLoading: false, hasMore: next !== null, error: null });
  }

  #show(change: Partial<ItemsView>): void {
    this.#view = { ...this.#view, ...change };
    this.#observers.tell();
  }
}
