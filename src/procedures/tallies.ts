import { sql } from "kysely";
import { defineFamily } from "../rollups/index.ts";
import { inPlace } from "../units/scope.ts";

/** What a case counts for: as open at its step and by the day it falls due, and by the days it was opened and ended. */
export const caseTallies = defineFamily({
  table: "case_file",
  columns: {
    unit_id: "uuid",
    service: "text",
    step: "text",
    state: "text",
    outcome: "text",
    due_on: "date",
    opened_on: "date",
    ended_on: "date",
    rating: "smallint",
  },
  tallies: {
    "case.open": { key: sql`r.service || '/' || r.step`, when: sql`r.state = 'open'` },
    // By due day, so that a case becomes overdue by itself as time passes.
    "case.due": {
      key: sql`r.service`,
      day: sql`r.due_on`,
      when: sql`r.state = 'open' and r.due_on is not null`,
    },
    "case.opened": { key: sql`r.service`, day: sql`r.opened_on` },
    "case.ended": {
      key: sql`r.service || '/' || coalesce(r.outcome, '')`,
      day: sql`r.ended_on`,
      when: sql`r.state = 'ended' and r.ended_on is not null`,
    },
    // How many days each took: a median is read from how often each number occurs.
    "case.days": {
      key: sql`(r.ended_on - r.opened_on)::text`,
      day: sql`r.ended_on`,
      when: sql`r.state = 'ended' and r.ended_on is not null`,
    },
    "case.stars": {
      key: sql`r.rating::text`,
      day: sql`r.ended_on`,
      when: sql`r.state = 'ended' and r.ended_on is not null and r.rating is not null`,
    },
  },
  // No index leads with a whole path: one union alone is found by its id.
  rowsOf: (place) =>
    sql`(select * from case_file where ${place.alone ? sql`unit_id = ${place.unitId}` : inPlace(place.path, "case_file")})`,
});
