import { sql } from "kysely";
import { defineFamily, within } from "../rollups/index.ts";

/** A union `g` whose members are set against its employer's headcount. */
export const covered = sql<boolean>`(g.level = 'GRASSROOTS' and g.status not in ('DISSOLVED', 'MERGED') and g.employer ->> 'employeeCount' is not null)`;

/** What a union counts for: itself while it is active, and the workers of its employer where their number is known. */
export const unitTallies = defineFamily({
  table: "unit",
  columns: { id: "uuid", level: "text", status: "text", employer: "jsonb" },
  tallies: {
    // Every union there is, so that any subtree is counted at once, whatever its size.
    tree: { key: sql`r.level || ' ' || r.status`, unit: sql`r.id` },
    unions: { key: sql`r.level`, when: sql`r.status = 'ACTIVE'`, unit: sql`r.id` },
    workers: {
      n: sql`coalesce((r.employer ->> 'employeeCount')::bigint, 0)`,
      when: sql`r.level = 'GRASSROOTS' and r.status not in ('DISSOLVED', 'MERGED') and r.employer ->> 'employeeCount' is not null`,
      unit: sql`r.id`,
    },
  },
  inUnits: (units) => sql`r.id in (select id from (${units}) w)`,
  rowsOf: (place) => sql`(select * from unit where ${within(place, "path")})`,
});
