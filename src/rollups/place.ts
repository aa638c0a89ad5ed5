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
}

/** The place of a union of the tree. The caller has asked for its scope. */
export async function placeOf(tx: Tx, unitId: string): Promise<Place> {
  const { rows } = await sql<Omit<Place, "districts"> & { districts: string[] | null }>`
    select u.id as "unitId", u.path, u.district, u.figures_kept as kept, case when not u.figures_kept then (
      select array_agg(distinct b.district) from unit b where b.path >= u.path and b.path < u.path || '/') end as districts
    from unit u where u.id = ${unitId}`.execute(tx);
  const [found] = rows;
  if (!found) throw new Error("unit does not exist");
  return { ...found, districts: found.districts ?? [] };
}

/** A path column of a place, as a range. */
export function within(place: Pick<Place, "path">, column: string) {
  const { low, high } = rangeOf(place.path);
  return sql<boolean>`(${sql.ref(column)} >= ${low} and ${sql.ref(column)} < ${high})`;
}
