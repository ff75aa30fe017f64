// Searches the log beside everything else: a slice of a few milliseconds, then the page has its turn.
import { useEffect, useMemo, useState } from "react";

import { frames } from "../live/frames.ts";
import { useModel } from "../live/useModel.ts";
import { LogSearch } from "../record/log_search.ts";

const SLICE_MS = 8;

export interface Found {
  readonly search: LogSearch | null;
  readonly isDone: boolean;
}

/** The search for a text; drawn anew as rows are found and as the log grows. */
export function useLogSearch(query: string): Found {
  const model = useModel();
  const search = useMemo(
    () => (query === "" ? null : new LogSearch(model.record.log, query)),
    [model, query],
  );
  const [, setFound] = useState(0);
  useEffect(() => {
    if (search === null) return undefined;
    const work = new SearchWork(search, () => setFound((count) => count + 1));
    const leave = model.subscribe(() => work.wake());
    work.wake();
    return () => {
      leave();
      work.stop();
    };
  }, [model, search]);
  return { search, isDone: search?.isDone ?? true };
}

class SearchWork {
  readonly #search: LogSearch;
  readonly #onFound: () => void;
  #isBusy = false;
  #isStopped = false;

  constructor(search: LogSearch, onFound: () => void) {
    this.#search = search;
    this.#onFound = onFound;
  }

  wake(): void {
    if (!this.#isBusy && !this.#search.isDone) void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (!this.#isStopped && !this.#search.step(SLICE_MS)) await frames.rest();
    this.#isBusy = false;
    if (!this.#isStopped) this.#onFound();
  }
}
