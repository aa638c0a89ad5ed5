import { useInfiniteQuery } from "@tanstack/react-query";
import { addressOf, ask, type Problem } from "../../shared/api.ts";
import type { List } from "../../shared/types.ts";

/** A list of the server, page after page as it is read. */

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Pages<Row, More = object> {
  readonly rows: readonly Row[];
  /** The first page with whatever else it says. */
  readonly first: (List<Row> & More) | undefined;
  readonly total: number | undefined;
  readonly loading: boolean;
  readonly error: Problem | null;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly more: () => void;
  readonly again: () => void;
  readonly path: string;
  readonly query: Query;
}

/** The rows at a path. `total` counts the whole list, not what was read of it. */
export function usePages<Row, More = object>(
  path: string,
  query: Query = {},
  options: {
    readonly enabled?: boolean;
    readonly limit?: number;
    /** Asked again so often while the page stands. */
    readonly everyMs?: number;
  } = {},
): Pages<Row, More> {
  const { enabled = true, limit = 60, everyMs = false } = options;
  const found = useInfiniteQuery<List<Row> & More, Problem>({
    queryKey: [addressOf(path, {}, query), "pages"],
    enabled,
    refetchInterval: everyMs,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask<List<Row> & More>(
        addressOf(path, {}, { ...query, limit, cursor: pageParam as string | undefined }),
        {
          signal,
        },
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const pages = found.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.items);
  const first = pages[0];
  return {
    rows,
    first,
    total: first?.total ?? (found.data && !found.hasNextPage ? rows.length : undefined),
    loading: found.isPending && enabled,
    error: found.error,
    hasMore: found.hasNextPage,
    loadingMore: found.isFetchingNextPage,
    more: () => void found.fetchNextPage(),
    again: () => void found.refetch(),
    path,
    query,
  };
}

/** Every row of a list, for an export: at most `max`. */
export async function allRows<Row>(path: string, query: Query, max = 20_000): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask<List<Row>>(addressOf(path, {}, { ...query, limit: 200, cursor }));
    rows.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor && rows.length < max);
  return rows;
}
