// Lists that the server gives page by page, as one list that grows.
import { type keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

export interface ServedPage<Row> {
  items: Row[];
  next_cursor: string | null;
}

export interface PageQuery {
  limit: number;
  cursor?: string;
}

const PAGE = 50;

export interface PagesOptions {
  /** Shows what was listed before, while other filters are being answered. */
  placeholderData?: typeof keepPreviousData;
}

/** `fetchPage` is handed what goes into the `query` of a listing call of the API. */
export function usePages<Row>(
  key: QueryKey,
  fetchPage: (query: PageQuery, signal: AbortSignal) => Promise<ServedPage<Row>>,
  options: PagesOptions = {},
) {
  return useInfiniteQuery({
    ...options,
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      fetchPage(pageParam === null ? { limit: PAGE } : { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.items),
  });
}
