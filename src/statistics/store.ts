import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Place } from "../rollups/index.ts";
import { insideScope, type Scope } from "../units/scope.ts";

/** A union below, with its place and its names. */
export interface PlaceBelow {
  readonly place: Place;
  readonly name: string;
  readonly shortName: string | null;
}

/** The unions of a scope that stand directly under one and have not come to their end, as places to read figures of. */
export async function placesBelow(tx: Tx, scope: Scope, unitId: string): Promise<readonly PlaceBelow[]> {
  const { rows } = await sql<
    Omit<Place, "districts"> & { districts: string[] | null; name: string; shortName: string | null }
  >`select u.id as "unitId", u.path, u.district, u.figures_kept as kept, u.name, u.short_name as "shortName",
      case when not u.figures_kept then (select array_agg(distinct b.district) from unit b
        where b.path >= u.path and b.path < u.path || '/') end as districts
    from unit u where u.parent_id = ${unitId} and u.status not in ('DISSOLVED', 'MERGED') and ${insideScope(scope, "u.path")}
    order by u.path limit ${mostBelow}`.execute(tx);
  return rows.map(({ name, shortName, districts, ...place }) => ({
    place: { ...place, districts: districts ?? [] },
    name,
    shortName,
  }));
}

/** Unions below that are read for one figure; a union with more shows the first. */
const mostBelow = 400;
