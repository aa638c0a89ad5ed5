import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { rangeOf, type UnitPath } from "../kernel/path.ts";

/** Where a figure is read: one union with all below it. */
export interface Place {
  readonly unitId: string;
  readonly path: UnitPath;
  readonly district: string;
  /** Whether roll-ups are kept for it. A place without is small, and counted from its records. */
  readonly kept: boolean;
  /** Of a place without roll-ups: the districts its records lie in. */
  readonly districts: readonly string[];
  /** Of a place without roll-ups: whether no union stands below it. Its records are then found by its own path. */
  readonly alone: boolean;
}

/** The place of a union of the tree; one with roll-ups is not looked below. The caller has asked for its scope. */
export async function placeOf(tx: Tx, unitId: string): Promise<Place> {
  const { rows } = await sql<
    Omit<Place, "districts" | "alone"> & { districts: string[] | null; below: number }
  >`
    select u.id as "unitId", u.path, u.district, u.figures_kept as kept, b.districts, b.below
    from unit u cross join lateral (
      select array_agg(distinct b.district) as districts, count(*)::int - 1 as below
      from unit b where not u.figures_kept and b.path >= u.path and b.path < u.path || '/'
    ) b
    where u.id = ${unitId}`.execute(tx);
  const [found] = rows;
  if (!found) throw new Error("unit does not exist");
  const { below, ...place } = found;
  return { ...place, districts: place.districts ?? [], alone: below === 0 };
}

/** Those of some unions that have roll-ups, as places. The caller has asked for their scope. */
export async function keptAt(tx: Tx, paths: readonly UnitPath[]): Promise<readonly Place[]> {
  const { rows } = await sql<Omit<Place, "districts" | "alone">>`
    select id as "unitId", path, district, figures_kept as kept from unit where path = any(${[...paths]}::text[]) and figures_kept`.execute(
    tx,
  );
  return rows.map((row) => ({ ...row, districts: [], alone: false }));
}

/**
 * A path column of a place, as a range. Of one union alone it is that path: how many rows have one is reckoned alike
 * whether the path is known or not, so that the server keeps one plan of it at any size.
 */
export function within(place: Pick<Place, "path" | "alone">, column: string) {
  if (place.alone) return sql<boolean>`${sql.ref(column)} = ${place.path}`;
  const { low, high } = rangeOf(place.path);
  return sql<boolean>`(${sql.ref(column)} >= ${low} and ${sql.ref(column)} < ${high})`;
}
