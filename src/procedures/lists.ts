import { type RawBuilder, sql } from "kysely";
import { once, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { insideScope, mergePlaces, type Scope } from "../units/scope.ts";
import type { Place } from "./cursor.ts";

/** A case as lists show it: nothing personal beyond the applicant's name. */
export interface LineRow {
  readonly id: string;
  readonly district: string;
  readonly number: string;
  readonly service: string;
  readonly applicant_id: string;
  readonly applicant_name: string;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly step: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly turn: string;
  readonly turn_unit_id: string | null;
  readonly turn_unit_name: string | null;
  readonly due_on: Day | null;
  readonly due_sort: Day;
  /** The clock behind `due_on`: a `Due`. */
  readonly clock: unknown;
  readonly opened_on: Day;
  readonly amount_fen: bigint | null;
  readonly escalated: boolean;
  readonly rating: number | null;
}

/** What a list of cases may be narrowed to. Absent means any. */
export interface CaseFilter {
  readonly state?: "open" | "ended" | undefined;
  /** A step, or several between commas. */
  readonly step?: string | undefined;
  readonly service?: string | undefined;
  readonly outcome?: string | undefined;
  /** Only those late on this day. */
  readonly overdueOn?: Day | undefined;
  readonly escalated?: boolean | undefined;
  readonly rated?: boolean | undefined;
  /** A case number, or the beginning of an applicant's name. */
  readonly q?: string | undefined;
  /** Opened from, opened to (inclusive). */
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  readonly endedFrom?: Day | undefined;
  readonly endedTo?: Day | undefined;
  readonly person?: string | undefined;
}

function lines(tx: Tx) {
  return tx
    .selectFrom("case_file")
    .innerJoin("unit", "unit.id", "case_file.unit_id")
    .leftJoin("unit as turn_unit", "turn_unit.id", "case_file.turn_unit_id")
    .select([
      "case_file.id",
      "case_file.district",
      "case_file.number",
      "case_file.service",
      "case_file.applicant_id",
      "case_file.applicant_name",
      "case_file.unit_id",
      "unit.name as unit_name",
      "case_file.step",
      "case_file.state",
      "case_file.outcome",
      "case_file.turn",
      "case_file.turn_unit_id",
      "turn_unit.name as turn_unit_name",
      "case_file.due_on",
      "case_file.due_sort",
      "case_file.clock",
      "case_file.opened_on",
      "case_file.amount_fen",
      "case_file.escalated",
      "case_file.rating",
    ])
    .$narrowType<{ due_sort: Day }>();
}

function conditions(filter: CaseFilter): RawBuilder<boolean> {
  const parts: RawBuilder<boolean>[] = [];
  const same = (column: string, value: unknown) => {
    if (value !== undefined) parts.push(sql<boolean>`${sql.ref(`case_file.${column}`)} = ${value}`);
  };
  if (filter.step?.includes(","))
    parts.push(sql<boolean>`case_file.step in (${sql.join(filter.step.split(","))})`);
  else same("step", filter.step);
  same("service", filter.service);
  same("outcome", filter.outcome);
  same("escalated", filter.escalated);
  same("applicant_id", filter.person);
  if (filter.overdueOn !== undefined)
    parts.push(sql<boolean>`(case_file.state = 'open' and case_file.due_on < ${filter.overdueOn})`);
  if (filter.rated !== undefined)
    parts.push(
      filter.rated ? sql<boolean>`case_file.rating is not null` : sql<boolean>`case_file.rating is null`,
    );
  if (filter.from !== undefined) parts.push(sql<boolean>`case_file.opened_on >= ${filter.from}`);
  if (filter.to !== undefined) parts.push(sql<boolean>`case_file.opened_on <= ${filter.to}`);
  if (filter.endedFrom !== undefined) parts.push(sql<boolean>`case_file.ended_on >= ${filter.endedFrom}`);
  if (filter.endedTo !== undefined) parts.push(sql<boolean>`case_file.ended_on <= ${filter.endedTo}`);
  const q = filter.q?.trim();
  if (q) parts.push(searched(q));
  return parts.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(parts, sql` and `)})`;
}

function searched(q: string): RawBuilder<boolean> {
  const [, district] = /^\d{4}-(\d{6})-[A-Za-z]{2}-\d{1,9}$/.exec(q) ?? [];
  if (district)
    return sql<boolean>`(case_file.district = ${district} and case_file.number = ${q.toUpperCase()})`;
  // The end of the range of names that begin so: the highest code point there is.
  return sql<boolean>`(case_file.applicant_name collate "C" >= ${q} and case_file.applicant_name collate "C" < ${`${q}\u{10FFFF}`})`;
}

/** Cases of a scope by their clock (the late first), after a place, `limit` of them. */
export async function casesByClock(
  tx: Tx,
  scope: Scope,
  filter: CaseFilter,
  after: Place | null,
  limit: number,
): Promise<readonly LineRow[]> {
  const states = filter.state ? [filter.state] : (["open", "ended"] as const);
  const compare = (one: LineRow, other: LineRow) =>
    one.due_sort === other.due_sort ? (one.id < other.id ? -1 : 1) : one.due_sort < other.due_sort ? -1 : 1;
  const where = conditions(filter);
  const lists: LineRow[] = [];
  for (const state of states) {
    const found = await mergePlaces<LineRow>(scope, "case_file", limit, compare, (place) =>
      lines(tx)
        .where(place)
        .where("case_file.state", "=", state)
        .where(where)
        .$if(after !== null, (query) =>
          query.where(
            sql<boolean>`(case_file.due_sort, case_file.id) > (${after?.key}::date, ${after?.id}::uuid)`,
          ),
        )
        .orderBy("case_file.due_sort")
        .orderBy("case_file.id")
        .limit(limit)
        .execute(),
    );
    lists.push(...found);
  }
  return states.length === 1 ? lists : lists.sort(compare).slice(0, limit);
}

/** Cases of a scope, those opened last first: one index walk backwards for each root of the scope. */
export async function casesByOpening(
  tx: Tx,
  scope: Scope,
  filter: CaseFilter,
  after: Place | null,
  limit: number,
): Promise<readonly LineRow[]> {
  const compare = (one: LineRow, other: LineRow) =>
    one.opened_on === other.opened_on
      ? one.id < other.id
        ? 1
        : -1
      : one.opened_on < other.opened_on
        ? 1
        : -1;
  const where = conditions(filter);
  return mergePlaces<LineRow>(scope, "case_file", limit, compare, (place) =>
    lines(tx)
      .where(place)
      .$if(filter.state !== undefined, (query) => query.where("case_file.state", "=", filter.state as string))
      .where(where)
      .$if(after !== null, (query) =>
        query.where(
          sql<boolean>`(case_file.opened_on, case_file.id) < (${after?.key}::date, ${after?.id}::uuid)`,
        ),
      )
      .orderBy("case_file.opened_on", "desc")
      .orderBy("case_file.id", "desc")
      .limit(limit)
      .execute(),
  );
}

/** How many cases a list has in all. */
export async function countCases(tx: Tx, scope: Scope, filter: CaseFilter): Promise<number> {
  const row = await tx
    .selectFrom("case_file")
    .where(insideScope(scope, "case_file.path"))
    .$if(filter.state !== undefined, (query) => query.where("case_file.state", "=", filter.state as string))
    .where(conditions(filter))
    .select(sql<number>`count(*)::int`.as("total"))
    .executeTakeFirstOrThrow();
  return row.total;
}

/** A person's own cases, the latest first. */
export async function casesOfPerson(tx: Tx, person: string, limit: number): Promise<readonly LineRow[]> {
  return lines(tx)
    .where("case_file.applicant_id", "=", person)
    .orderBy("case_file.opened_at", "desc")
    .limit(limit)
    .execute();
}

/** A union and the powers somebody has the turn with there. */
export interface Desk {
  readonly unitId: string;
  readonly powers: readonly string[];
}

/** What waits at some desks, by its clock: one index walk for each desk. */
export async function waitingAt(
  tx: Tx,
  desks: readonly Desk[],
  after: Place | null,
  limit: number,
): Promise<readonly LineRow[]> {
  const at = (desk: Desk): Promise<LineRow[]> =>
    lines(tx)
      .where("case_file.turn_unit_id", "=", desk.unitId)
      .where("case_file.state", "=", "open")
      .where("case_file.turn", "=", "union")
      .where(sql<boolean>`case_file.turn_power = any(${sql.val([...desk.powers])}::text[])`)
      .$if(after !== null, (query) =>
        query.where(
          sql<boolean>`(case_file.due_sort, case_file.id) > (${after?.key}::date, ${after?.id}::uuid)`,
        ),
      )
      .orderBy("case_file.due_sort")
      .orderBy("case_file.id")
      .limit(limit)
      .execute();
  const found = (await Promise.all(desks.map(at))).flat();
  if (desks.length < 2) return found;
  return found
    .sort((one, other) =>
      one.due_sort === other.due_sort ? (one.id < other.id ? -1 : 1) : one.due_sort < other.due_sort ? -1 : 1,
    )
    .slice(0, limit);
}

/** How much waits at some desks: late, due on the day, within seven days, later. */
export async function countWaiting(tx: Tx, desks: readonly Desk[], day: Day, weekEnd: Day) {
  const at = (desk: Desk) =>
    tx
      .selectFrom("case_file")
      .where("turn_unit_id", "=", desk.unitId)
      .where("state", "=", "open")
      .where("turn", "=", "union")
      .where(sql<boolean>`turn_power = any(${sql.val([...desk.powers])}::text[])`)
      .select([
        sql<number>`count(*) filter (where due_sort < ${day})::int`.as("overdue"),
        sql<number>`count(*) filter (where due_sort = ${day})::int`.as("today"),
        sql<number>`count(*) filter (where due_sort > ${day} and due_sort <= ${weekEnd})::int`.as("week"),
        sql<number>`count(*) filter (where due_sort > ${weekEnd})::int`.as("later"),
      ])
      .executeTakeFirstOrThrow();
  const sum = { overdue: 0, today: 0, week: 0, later: 0 };
  for (const row of await Promise.all(desks.map(at))) {
    sum.overdue += row.overdue;
    sum.today += row.today;
    sum.week += row.week;
    sum.later += row.later;
  }
  return sum;
}

/** Objections that wait for a finding at some unions, the oldest first. */
export async function openObjectionsAt(tx: Tx, unitIds: readonly string[], limit: number) {
  if (unitIds.length === 0) return [];
  return tx
    .selectFrom("objection")
    .innerJoin("notice", (on) =>
      on.onRef("notice.district", "=", "objection.district").onRef("notice.id", "=", "objection.notice_id"),
    )
    .innerJoin("case_file", (on) =>
      on.onRef("case_file.district", "=", "notice.district").onRef("case_file.id", "=", "notice.case_id"),
    )
    .innerJoin("unit", "unit.id", "notice.unit_id")
    .where("notice.unit_id", "in", [...unitIds])
    .where("notice.state", "=", "blocked")
    .where("objection.finding", "is", null)
    .orderBy("objection.raised_at")
    .limit(limit)
    .select([
      "objection.id",
      "objection.notice_id",
      "objection.raised_on",
      "notice.case_id",
      "notice.title",
      "unit.name as unit_name",
      "case_file.number",
      "case_file.applicant_name",
      "case_file.service",
      "case_file.due_on",
      "case_file.clock",
    ])
    .execute();
}

/** Cases linked to one, either way: in its own district, where those it names lie, and in the one its applicant moved to. */
export async function linkedCases(tx: Tx, near: readonly string[], id: string, ids: readonly string[]) {
  const named =
    ids.length === 0
      ? []
      : await tx
          .selectFrom("case_lookup")
          .where("case_id", "in", [...ids])
          .select("district")
          .execute();
  const districts = [...new Set([...near, ...named.map((one) => one.district)])];
  return casesLinked(tx, districts, id, ids);
}

const casesLinked = once((tx, districts: readonly string[], id: string, ids: readonly string[]) =>
  tx
    .selectFrom("case_file")
    .where("district", "=", sql<string>`any(${districts})`)
    .where((or) =>
      or.or([
        or("previous_id", "=", id),
        or("parent_id", "=", id),
        or("follow_of", "=", id),
        or("id", "=", sql<string>`any(${ids})`),
      ]),
    )
    .select(["id", "number", "service", "previous_id", "parent_id", "follow_of"]),
);
