import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { CaseFilter } from "../procedures/lists.ts";
import { insideScope, type Scope } from "../units/scope.ts";

/** One part of a figure: its key, a name where the key is an id, and its value in the measure's unit. */
export interface PartCount {
  readonly key: string;
  readonly name: string | null;
  readonly value: number;
}

const counting = sql<boolean>`person.member_status in ('ACTIVE', 'TRANSFER_OUT') and person.merged_into is null`;

/** How many members the scope holds. */
export async function membersHeld(tx: Tx, scope: Scope): Promise<number> {
  const found = await sql<{ value: number }>`
    select count(*)::int as value from person where ${insideScope(scope, "person.path")} and ${counting}`.execute(
    tx,
  );
  return found.rows[0]?.value ?? 0;
}

const ageBand = (today: Day | undefined): RawBuilder<string> => sql`case
  when birth_date is null then 'unknown'
  when birth_date > (${today}::date - interval '20 years') then '0-19'
  when birth_date > (${today}::date - interval '30 years') then '20-29'
  when birth_date > (${today}::date - interval '40 years') then '30-39'
  when birth_date > (${today}::date - interval '50 years') then '40-49'
  else '50+' end`;

/** The members of a scope by sex, form of new employment, migrant work or age. */
export async function membersGrouped(
  tx: Tx,
  scope: Scope,
  by: "sex" | "group" | "migrant" | "age",
  today?: Day,
): Promise<readonly PartCount[]> {
  const key = {
    sex: sql<string>`coalesce(sex::text, 'unknown')`,
    group: sql<string>`coalesce(new_employment_group, 'none')`,
    migrant: sql<string>`coalesce(migrant::text, 'unknown')`,
    age: ageBand(today),
  }[by];
  return grouped(
    tx,
    sql`select ${key} as key, null::text as name, count(*)::int as value
    from person where ${insideScope(scope, "person.path")} and ${counting} group by 1 order by 1`,
  );
}

/** Members over workers in basis points, over the unions whose employer's headcount is known; null without any. */
export async function coverageOf(tx: Tx, scope: Scope): Promise<number | null> {
  const found = await sql<{ value: number | null }>`
    select (sum(m.members) * 10000 / nullif(sum((u.employer ->> 'employeeCount')::bigint), 0))::int as value
    from unit u
    cross join lateral (select sum(b.members) as members from unit b
      where b.path >= u.path and b.path < u.path || '/' and (b.path = u.path or b.path like u.path || '.%')) m
    where ${insideScope(scope, "u.path")} and u.level = 'GRASSROOTS' and u.status not in ('DISSOLVED', 'MERGED')
      and u.employer ->> 'employeeCount' is not null`.execute(tx);
  return found.rows[0]?.value ?? null;
}

const standing = sql<boolean>`unit.status = 'ACTIVE'`;

/** How many active unions the scope has. */
export async function unitsStanding(tx: Tx, scope: Scope): Promise<number> {
  const found = await sql<{ value: number }>`
    select count(*)::int as value from unit where ${insideScope(scope, "unit.path")} and ${standing}`.execute(
    tx,
  );
  return found.rows[0]?.value ?? 0;
}

/** The active unions of a scope by level. */
export async function unitsGrouped(tx: Tx, scope: Scope): Promise<readonly PartCount[]> {
  return grouped(
    tx,
    sql`select unit.level as key, null::text as name, count(*)::int as value
    from unit where ${insideScope(scope, "unit.path")} and ${standing} group by 1 order by 1`,
  );
}

function conditions(filter: CaseFilter): RawBuilder<boolean> {
  const parts: RawBuilder<boolean>[] = [];
  if (filter.state) parts.push(sql`case_file.state = ${filter.state}`);
  if (filter.overdueOn) parts.push(sql`case_file.due_on < ${filter.overdueOn}`);
  if (filter.from) parts.push(sql`case_file.opened_on >= ${filter.from}`);
  if (filter.to) parts.push(sql`case_file.opened_on <= ${filter.to}`);
  if (filter.endedFrom) parts.push(sql`case_file.ended_on >= ${filter.endedFrom}`);
  if (filter.endedTo) parts.push(sql`case_file.ended_on <= ${filter.endedTo}`);
  if (filter.rated) parts.push(sql`case_file.rating is not null`);
  return parts.length === 0 ? sql`true` : sql`(${sql.join(parts, sql` and `)})`;
}

/** The cases of a scope, counted by one of their properties. */
export async function casesGrouped(
  tx: Tx,
  scope: Scope,
  by: "service" | "step" | "outcome" | "rating" | "unit" | "openedMonth" | "endedMonth",
  filter: CaseFilter,
): Promise<readonly PartCount[]> {
  const key = {
    service: sql<string>`case_file.service`,
    step: sql<string>`case_file.service || '/' || case_file.step`,
    outcome: sql<string>`case_file.service || '/' || coalesce(case_file.outcome, '')`,
    rating: sql<string>`case_file.rating::text`,
    unit: sql<string>`case_file.turn_unit_id::text`,
    openedMonth: sql<string>`to_char(case_file.opened_on, 'YYYY-MM')`,
    endedMonth: sql<string>`to_char(case_file.ended_on, 'YYYY-MM')`,
  }[by];
  const counted = sql`select ${key} as key, count(*)::int as value from case_file
    where ${insideScope(scope, "case_file.path")} and ${conditions(filter)} group by 1`;
  if (by !== "unit")
    return grouped(tx, sql`select key, null::text as name, value from (${counted}) c order by 1`);
  return grouped(
    tx,
    sql`select coalesce(key, '') as key, u.name, value from (${counted}) c
    left join unit u on u.id = c.key::uuid order by value desc, key limit 50`,
  );
}

/** The steps in which a hardship file is in force: on file, being checked again, or proposed to leave (aid.md §5). */
export const stepsOnFile = "active,moving,reverifying,recheck_review,exiting,exit_review";

const onFile = sql<boolean>`hardship_file.state in ('active', 'reverifying', 'exiting')`;

/** The hardship files in force of a scope, by category, cause or tier. */
export async function filesGrouped(
  tx: Tx,
  scope: Scope,
  by: "category" | "cause" | "tier",
): Promise<readonly PartCount[]> {
  const key = {
    category: sql<string>`hardship_file.category`,
    cause: sql<string>`hardship_file.main_cause`,
    tier: sql<string>`hardship_file.tier`,
  }[by];
  return grouped(
    tx,
    sql`select ${key} as key, null::text as name, count(*)::int as value from hardship_file
    where ${insideScope(scope, "hardship_file.path")} and ${onFile} group by 1 order by 3 desc, 1`,
  );
}

/** How many households were filed, or left the file after a notice, in a span. */
export async function filesMoved(
  tx: Tx,
  scope: Scope,
  what: "filed" | "exited",
  from: Day,
  to: Day,
): Promise<number> {
  const parts = await filesMovedGrouped(tx, scope, what, "month", from, to);
  return parts.reduce((sum, part) => sum + part.value, 0);
}

/** Households filed or gone in a span, by month, category, or the reason they left. */
export async function filesMovedGrouped(
  tx: Tx,
  scope: Scope,
  what: "filed" | "exited",
  by: "month" | "category" | "reason",
  from: Day,
  to: Day,
): Promise<readonly PartCount[]> {
  const moved = what === "filed" ? sql`hardship_file.filed_on` : sql`hardship_file.exited_on`;
  const key = {
    month: sql<string>`to_char(${moved}, 'YYYY-MM')`,
    category: sql<string>`hardship_file.category`,
    reason: sql<string>`coalesce(hardship_file.exit_reason, 'unknown')`,
  }[by];
  return grouped(
    tx,
    sql`select ${key} as key, null::text as name, count(*)::int as value from hardship_file
    where ${insideScope(scope, "hardship_file.path")} and ${moved} >= ${from} and ${moved} <= ${to}
    group by 1 order by 1`,
  );
}

/** The median of days from opening to end, over cases ended in the span; null without any. */
export async function endedDays(tx: Tx, scope: Scope, from: Day, to: Day): Promise<number | null> {
  const found = await sql<{ value: number | null }>`
    select percentile_cont(0.5) within group (order by ended_on - opened_on) as value from case_file
    where ${insideScope(scope, "case_file.path")} and state = 'ended' and ended_on >= ${from} and ended_on <= ${to}`.execute(
    tx,
  );
  return found.rows[0]?.value ?? null;
}

/** The mean rating in hundredths, over rated cases ended in the span; null without any. */
export async function ratingOf(tx: Tx, scope: Scope, from: Day, to: Day): Promise<number | null> {
  const found = await sql<{ value: number | null }>`
    select round(avg(rating) * 100)::int as value from case_file
    where ${insideScope(scope, "case_file.path")} and state = 'ended' and rating is not null
      and ended_on >= ${from} and ended_on <= ${to}`.execute(tx);
  return found.rows[0]?.value ?? null;
}

/** Fen paid to beneficiaries of the scope in the span. */
export async function aidPaid(tx: Tx, scope: Scope, from: Day, to: Day): Promise<number> {
  const found = await sql<{ value: string }>`
    select coalesce(sum(amount_fen), 0)::text as value from aid_grant
    where ${insideScope(scope, "aid_grant.path")} and state = 'paid' and paid_on >= ${from} and paid_on <= ${to}`.execute(
    tx,
  );
  return Number(found.rows[0]?.value ?? 0);
}

/** Fen paid by kind of aid, fund or month. */
export async function grantsGrouped(
  tx: Tx,
  scope: Scope,
  by: "kind" | "fund" | "month",
  from: Day,
  to: Day,
): Promise<readonly PartCount[]> {
  const key = {
    kind: sql<string>`aid_grant.kind`,
    fund: sql<string>`coalesce(aid_grant.fund_id::text, '')`,
    month: sql<string>`to_char(aid_grant.paid_on, 'YYYY-MM')`,
  }[by];
  const summed = sql`select ${key} as key, sum(amount_fen)::text as value, min(fund_district) as fund_district from aid_grant
    where ${insideScope(scope, "aid_grant.path")} and state = 'paid' and paid_on >= ${from} and paid_on <= ${to} group by 1`;
  if (by !== "fund")
    return grouped(tx, sql`select key, null::text as name, value from (${summed}) g order by 1`);
  return grouped(
    tx,
    sql`select g.key, f.name, g.value from (${summed}) g
    left join fund f on f.district = g.fund_district and f.id::text = g.key order by 1`,
  );
}

async function grouped(tx: Tx, query: RawBuilder<unknown>): Promise<readonly PartCount[]> {
  const found = await sql<{ key: string; name: string | null; value: number | string }>`${query}`.execute(tx);
  return found.rows.map((row) => ({ ...row, value: Number(row.value) }));
}
