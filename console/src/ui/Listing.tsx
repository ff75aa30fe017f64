// A list that is fetched: the place it will take, its rows, why there are none, or what went wrong.
import type { ReactNode } from "react";

import { LoadMore } from "./LoadMore.tsx";
import { Problem } from "./Problem.tsx";
import { Skeleton } from "./Skeleton.tsx";
import { Table, type TableProps } from "./Table.tsx";

export interface ListingProps<Row> extends Omit<TableProps<Row>, "rows"> {
  query: {
    data: readonly Row[] | undefined;
    error: unknown;
    refetch: () => unknown;
    hasNextPage?: boolean;
    isFetchingNextPage?: boolean;
    fetchNextPage?: () => unknown;
  };
  /** What stands there where there are no rows. */
  empty: ReactNode;
}

export function Listing<Row>({ query, empty, ...table }: ListingProps<Row>) {
  const { data, error, fetchNextPage } = query;
  if (data === undefined) {
    return error ? (
      <Problem error={error} onRetry={() => query.refetch()} />
    ) : (
      <Skeleton lines={4} shape="row" />
    );
  }
  return (
    <>
      {data.length === 0 && !query.hasNextPage ? empty : <Table {...table} rows={data} />}
      {fetchNextPage && (
        <LoadMore
          query={{
            hasNextPage: query.hasNextPage ?? false,
            isFetchingNextPage: query.isFetchingNextPage ?? false,
            fetchNextPage,
          }}
        />
      )}
    </>
  );
}
