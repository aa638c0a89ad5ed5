import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { defineFamily, defineFollowed, recording, within } from "../rollups/index.ts";
import { covered } from "../units/tallies.ts";

/** What a counted member counts for (membership.md §11): each split is a tally of its own, and each counts everybody. */
export const memberTallies = defineFamily({
  table: "person",
  columns: {
    unit_id: "uuid",
    sex: "smallint",
    birth_date: "date",
    education: "text",
    political_status: "text",
    skill_level: "text",
    employment_type: "text",
    new_employment_group: "text",
    migrant: "boolean",
    member_status: "text",
    merged_into: "uuid",
  },
  when: sql`r.member_status in ('ACTIVE', 'TRANSFER_OUT') and r.merged_into is null`,
  tallies: {
    "member.sex": { key: sql`coalesce(r.sex::text, 'unknown')` },
    "member.group": { key: sql`coalesce(r.new_employment_group, 'none')` },
    "member.migrant": { key: sql`coalesce(r.migrant::text, 'unknown')` },
    "member.employment": { key: sql`coalesce(r.employment_type, 'unknown')` },
    "member.education": { key: sql`coalesce(r.education, 'unknown')` },
    "member.political": { key: sql`coalesce(r.political_status, 'unknown')` },
    "member.skill": { key: sql`coalesce(r.skill_level, 'unknown')` },
    // By month of birth, so that an age band moves on by itself as time passes.
    "member.born": { day: sql`date_trunc('month', r.birth_date)::date`, grain: "month" },
  },
  inUnits: (units) => sql`(r.district, r.unit_id) in (${units})`,
  rowsOf: (place) =>
    sql`(select * from person where district = any(${place.districts}::text[]) and ${within(place, "path")})`,
});

/** Members of unions whose employer's headcount is known, counted at each such union above them. */
defineFollowed({ tally: "member.covered", of: "member.sex", at: covered });

/** The lowest union above both ends of a transfer, where it is no change. */
const common = sql`case when r.change = 'transferred' then (select a.id from unit x join unit y on y.id = r.from_unit_id
  join unit a on a.path = any(zhijia_above(x.path)) and a.path = any(zhijia_above(y.path))
  where x.id = r.unit_id order by length(a.path) desc limit 1) end`;

/**
 * What an event of a relation counts for in the period equation. A transfer counts in at one union and out at another,
 * and within every union above both: there it cancels out.
 */
export const changeTallies = defineFamily({
  table: "membership_event",
  columns: { unit_id: "uuid", from_unit_id: "uuid", on_day: "date", change: "text" },
  when: sql`r.change is not null`,
  tallies: {
    "change.own": { key: sql`r.change`, day: sql`r.on_day`, when: sql`r.change <> 'transferred'` },
    "change.in": { day: sql`r.on_day`, when: sql`r.change = 'transferred'` },
    "change.out": { day: sql`r.on_day`, when: sql`r.change = 'transferred'`, unit: sql`r.from_unit_id` },
    "change.within": { day: sql`r.on_day`, when: sql`r.change = 'transferred'`, unit: common },
  },
  inUnits: (units) =>
    sql`r.change is not null and (r.unit_id in (select id from (${units}) w) or r.from_unit_id in (select id from (${units}) w))`,
  rowsOf: (place) =>
    sql`(select * from membership_event where change is not null and (${within(place, "path")} or ${within(place, "from_path")}))`,
  onMove: ({ place, lost, gained }) => sql`
    select a.district, a.id as unit_id, 'change.within' as tally, d.grain, d.day, '' as key,
      case when a.id = any(${[...lost]}::uuid[]) then -1 else 1 end as n
    from membership_event e join unit x on x.id = e.unit_id join unit y on y.id = e.from_unit_id
    cross join lateral (select ${within(place, "x.path")} as x_moved, ${within(place, "y.path")} as y_moved) m
    cross join lateral (select case when m.x_moved then y.path else x.path end as path) other
    join unit a on a.id = any(${[...lost, ...gained]}::uuid[]) and other.path >= a.path and other.path < a.path || '/'
    cross join lateral unnest(array['day', 'month'], array[e.on_day, date_trunc('month', e.on_day)::date]) d(grain, day)
    where e.change = 'transferred' and m.x_moved <> m.y_moved and (${within(place, "x.path")} or ${within(place, "y.path")})`,
});

/** Does work on some persons of one district, and records what it changes in the figures. */
export function recordingPeople<T>(
  tx: Tx,
  of: readonly { readonly district: string; readonly id: string }[],
  work: () => Promise<T>,
): Promise<T> {
  const [district, ...others] = new Set(of.map((one) => one.district));
  if (district === undefined || others.length > 0)
    throw new Error("persons of one district are recorded together");
  const which = sql<boolean>`(district = ${district} and id = any(${of.map((one) => one.id)}::uuid[]))`;
  return recording(tx, memberTallies, which, work);
}
