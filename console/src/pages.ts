// Lists that the server gives page by page, as one list that grows.
import {
  type InfiniteData,
  type keepPreviousData,
  type QueryKey,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

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

type FetchPage<Row> = (query: PageQuery, signal: AbortSignal) => Promise<ServedPage<Row>>;

/** `fetchPage` is handed what goes into the `query` of a listing call of the API. */
export function usePages<Row>(
  key: QueryKey,
  fetchPage: FetchPage<Row>,
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

type Listed<Row> = InfiniteData<ServedPage<Row>, string | null>;

interface Identified {
  id: string;
}

/**
 * The same for what is newest first by its ids, and kept up with: its first page is asked for again and
 * again, and the others stay as they were when somebody asked for them.
 */
export function useNewestPages<Row extends Identified>(
  key: QueryKey,
  fetchPage: FetchPage<Row>,
  everyMs: number,
  options: PagesOptions = {},
) {
  const queries = useQueryClient();
  const list = usePages(key, fetchPage, options);
  const first = useQuery({
    queryKey: [...key, "first"],
    queryFn: async ({ signal }) => {
      const page = await fetchPage({ limit: PAGE }, signal);
      queries.setQueryData<Listed<Row>>(key, (listed) => listed && withFirst(listed, page));
      return null;
    },
    // The list itself has just asked for it.
    initialData: null,
    staleTime: Infinity,
    enabled: list.isSuccess && !list.isPlaceholderData,
    refetchInterval: everyMs,
  });
  return { list, error: list.error ?? first.error };
}

/** What is listed, with its newest as they are now. Where nothing joins the two, it begins anew. */
export function withFirst<Row extends Identified>(
  listed: Listed<Row>,
  first: ServedPage<Row>,
): Listed<Row> {
  const lowest = first.items.at(-1)?.id;
  const isAll = first.next_cursor === null;
  const joins = listed.pages.some(({ items }) => items.some(({ id }) => !(id < (lowest ?? ""))));
  if (isAll || !joins) return { pages: [first], pageParams: [null] };
  const pages = listed.pages.map((page, place) => {
    const older = page.items.filter(({ id }) => lowest === undefined || id < lowest);
    return { ...page, items: place === 0 ? [...first.items, ...older] : older };
  });
  return { ...listed, pages };
}
