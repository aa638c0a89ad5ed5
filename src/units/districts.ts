import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { UnitPath } from "../kernel/path.ts";
import type { District } from "../kernel/region.ts";
import { insideRoots } from "./scope.ts";

/**
 * The districts that unions at or below some paths lie in, in order. Skips from one district to the next in the index and
 * asks each for a first union, however many there are: a union that moved keeps its district, so no path tells.
 */
export async function districtsUnder(tx: Tx, roots: readonly UnitPath[]): Promise<readonly District[]> {
  const { rows } = await sql<{ district: District }>`
    with recursive d as (
      (select district from unit order by district limit 1)
      union all
      select (select u.district from unit u where u.district > d.district order by u.district limit 1) from d where d.district is not null
    ) select district from d where district is not null
      and exists (select 1 from unit u where u.district = d.district and ${insideRoots(roots, "u.path")})
      order by district`.execute(tx);
  return rows.map((row) => row.district);
}
