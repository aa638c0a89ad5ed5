import { sql } from "kysely";
import { defineFamily, within } from "../../../rollups/index.ts";

const inForce = sql`r.state in ('active', 'reverifying', 'exiting')`;

/** What a hardship file counts for: while it is in force, and by the days it was filed and left (aid.md §16). */
export const fileTallies = defineFamily({
  table: "hardship_file",
  columns: {
    unit_id: "uuid",
    category: "text",
    main_cause: "text",
    tier: "text",
    state: "text",
    filed_on: "date",
    exited_on: "date",
    exit_reason: "text",
  },
  tallies: {
    "file.category": { key: sql`r.category`, when: inForce },
    "file.cause": { key: sql`r.main_cause`, when: inForce },
    "file.tier": { key: sql`r.tier`, when: inForce },
    "file.filed": { key: sql`r.category`, day: sql`r.filed_on` },
    "file.exited": {
      key: sql`coalesce(r.exit_reason, 'unknown')`,
      day: sql`r.exited_on`,
      when: sql`r.exited_on is not null`,
    },
  },
  rowsOf: (place) =>
    sql`(select * from hardship_file where district = any(${place.districts}::text[]) and ${within(place, "path")})`,
});
