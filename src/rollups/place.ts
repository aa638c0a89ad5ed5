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

/** Those of some unions that have roll-ups, as places. The caller has asked for their scope. */
export async function keptAt(tx: Tx, paths: readonly UnitPath[]): Promise<readonly Place[]> {
  const { rows } = await sql<Omit<Place, "districts">>`
    select id as "unitId", path, district, figures_kept as kept from unit where path = any(${[...paths]}::text[]) and figures_kept`.execute(
    tx,
  );
  return rows.map((row) => ({ ...row, districts: [] }));
}

/** A path column of a place, as a range. */
export function within(place: Pick<Place, "path">, column: string) {
  const { low, high } = rangeOf(place.path);
  return sql<boolean>`(${sql.ref(column)} >= ${low} and ${sql.ref(column)} < ${high})`;
}
