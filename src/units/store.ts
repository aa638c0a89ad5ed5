import { type RawBuilder, sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { ancestorsOf, rangeOf, type UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { following, recording } from "../rollups/index.ts";
import { insideRoots, insideScope, narrow, type Scope, top } from "./scope.ts";
import { unitTallies } from "./tallies.ts";
import type { By, Unit, UnitEvent } from "./unit.ts";

/** The columns of a unit under the names of `Unit`, for a table or alias `u`. */
const unitColumns: RawBuilder<unknown> = sql`u.id, u.path, u.parent_id as "parentId",
  u.funds_parent_id as "fundsParentId", u.industrial_parent_id as "industrialParentId", u.district, u.code,
  u.former_codes as "formerCodes", u.name, u.short_name as "shortName", u.level, u.org_type as "orgType",
  u.org_form as "orgForm", u.region_code as "regionCode", u.uscc, u.legal_person_status as "legalPersonStatus",
  u.status, u.founded_on as "foundedOn", u.term_years as "termYears", u.term_number as "termNumber",
  u.term_start as "termStart", u.term_end as "termEnd", u.employer, u.details, u.members, u.version,
  u.created_on as "createdOn"`;

/** The unit of an id this program wrote. One that is missing is a bug and throws. */
export async function getUnit(tx: Tx, id: Id<"unit">): Promise<Unit> {
  const unit = await unitById(tx, id);
  if (!unit) throw new Error("unit does not exist");
  return unit;
}

/** The unit of an id, anywhere in the tree. */
export async function unitById(tx: Tx, id: Id<"unit">): Promise<Unit | undefined> {
  const { rows } = await sql<Unit>`select ${unitColumns} from unit u where u.id = ${id}`.execute(tx);
  return rows[0];
}

/** The unit of a path, which stands in the tree: a scope's root. */
export async function unitAt(tx: Tx, path: UnitPath): Promise<Unit> {
  const { rows } = await sql<Unit>`select ${unitColumns} from unit u where u.path = ${path}`.execute(tx);
  if (!rows[0]) throw new Error(`no unit stands at ${path}`);
  return rows[0];
}

/** The unit of an id, if it lies in the scope; else `not-found`. */
export async function findUnit(tx: Tx, scope: Scope, id: Id<"unit">): Promise<Or<Unit>> {
  const { rows } = await sql<Unit>`
    select ${unitColumns} from unit u where u.id = ${id} and ${insideScope(scope, "u.path")}`.execute(tx);
  return rows[0] ?? refuse("not-found");
}

/** The unit of a code, present or former, if it lies in the scope; else `not-found`. */
export async function findUnitByCode(tx: Tx, scope: Scope, code: string): Promise<Or<Unit>> {
  const { rows } = await sql<Unit>`
    select ${unitColumns} from unit u where (u.code = ${code} or u.former_codes @> array[${code}])
      and ${insideScope(scope, "u.path")} order by u.code = ${code} desc limit 1`.execute(tx);
  return rows[0] ?? refuse("not-found");
}

/** The units above a path, the highest first, as far as this installation has them. */
export async function ancestorsOfUnit(
  tx: Tx,
  path: UnitPath,
): Promise<
  readonly {
    readonly id: Id<"unit">;
    readonly name: string;
    readonly path: UnitPath;
    readonly level: Unit["level"];
  }[]
> {
  const above = ancestorsOf(path);
  const { rows } = await sql<{ id: Id<"unit">; name: string; path: UnitPath; level: Unit["level"] }>`
    select id, name, path, level from unit where path = any(${above}) order by length(path)`.execute(tx);
  return rows;
}

/** A unit in a list: itself, the members in its whole subtree, and how many stand directly under it. */
export type UnitLine = Unit & { readonly membersBelow: number; readonly children: number };

export interface UnitFilter {
  /** Directly under this unit. "top": the highest ones of the scope. */
  readonly parent?: Id<"unit"> | "top" | undefined;
  /** This unit and everything below. */
  readonly under?: UnitPath | undefined;
  readonly level?: Unit["level"] | undefined;
  readonly status?: Unit["status"] | undefined;
  /** Name (any part of it), its pinyin or initials (from the start), code or credit code (whole). */
  readonly q?: string | undefined;
  /** Path of the last unit of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Of a union whose figures are kept, the members below are read from them: `withMembersBelow`. */
const counts = sql`u.figures_kept as kept, case when u.figures_kept then 0 else
  (select coalesce(sum(b.members), 0)::int from unit b where b.path >= u.path and b.path < u.path || '/') end as "membersBelow",
  (select count(*)::int from unit c where c.parent_id = u.id and c.status not in ('DISSOLVED','MERGED')) as children`;

/** Units of a scope in the order of the tree, a page at a time. */
export async function listUnits(tx: Tx, scope: Scope, filter: UnitFilter): Promise<readonly UnitLine[]> {
  const { rows } = await sql<CountedLine>`
    with page as (
      select u.* from unit u where ${matches(scope, filter)}
        and ${filter.after === undefined ? sql`true` : sql`u.path > ${filter.after}`}
      order by u.path limit ${filter.limit}
    )
    select ${unitColumns}, ${counts}
    from page u order by u.path`.execute(tx);
  return withMembersBelow(tx, rows);
}

type CountedLine = UnitLine & { readonly kept: boolean };

/** Lines with the members in each subtree: those of large unions from their roll-ups, whatever their size. */
async function withMembersBelow(tx: Tx, lines: readonly CountedLine[]): Promise<readonly UnitLine[]> {
  const kept = lines.filter((line) => line.kept).map(({ id }) => id);
  const below = await readBelow(tx, kept, "member.sex");
  return lines.map(({ kept: isKept, ...line }) =>
    isKept ? { ...line, membersBelow: sumOf(below, ({ unitId }) => unitId === line.id) } : line,
  );
}

/** A part of what lies in the subtrees of some unions: unions by "LEVEL STATUS", or members. */
interface Below {
  readonly unitId: string;
  readonly key: string;
  readonly n: number;
}

async function readBelow(
  tx: Tx,
  kept: readonly string[],
  tally: "tree" | "member.sex",
): Promise<readonly Below[]> {
  if (kept.length === 0) return [];
  const { rows } = await sql<Below>`
    select unit_id as "unitId", key, n::int as n from zhijia_below(${kept}::uuid[], ${tally})`.execute(tx);
  return rows;
}

const sumOf = (parts: readonly Below[], which: (part: Below) => boolean): number =>
  parts.reduce((sum, part) => (which(part) ? sum + part.n : sum), 0);

/** One unit as lists show it, if it lies in the scope; else `not-found`. */
export async function findUnitLine(tx: Tx, scope: Scope, id: Id<"unit">): Promise<Or<UnitLine>> {
  const { rows } = await sql<CountedLine>`select ${unitColumns}, ${counts}
    from unit u where u.id = ${id} and ${insideScope(scope, "u.path")}`.execute(tx);
  const [line] = await withMembersBelow(tx, rows);
  return line ?? refuse("not-found");
}

/** Unions that take members, found by a part of their name, for people who are not signed in. */
export async function publicUnits(
  tx: Tx,
  q: string,
  limit: number,
): Promise<
  readonly {
    readonly id: Id<"unit">;
    readonly name: string;
    readonly level: Unit["level"];
    readonly parentName: string | null;
  }[]
> {
  if (q.trim() === "") return [];
  const { rows } = await sql<{
    id: Id<"unit">;
    name: string;
    level: Unit["level"];
    parentName: string | null;
  }>`
    select u.id, u.name, u.level, p.name as "parentName" from unit u left join unit p on p.id = u.parent_id
    where ${said(q.trim())} and u.level in ('GRASSROOTS','BRANCH','COMMUNITY','TOWNSHIP','PARK')
      and u.status in ('ACTIVE','TERM_EXPIRED','TERM_EXTENDED','RESTRUCTURING')
    order by length(u.name), u.path limit ${limit}`.execute(tx);
  return rows;
}

/** Women among the members a unit holds itself, as far as the transaction may see them. */
export async function womenOf(tx: Tx, unit: Pick<Unit, "id" | "district">): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from person
    where district = ${unit.district} and unit_id = ${unit.id} and sex = 2
      and member_status in ('ACTIVE','TRANSFER_OUT')`.execute(tx);
  return rows[0]!.n;
}

/** How many units a filter finds, all pages together. A whole subtree is not counted but read, by level and state too. */
export async function countUnits(tx: Tx, scope: Scope, filter: UnitFilter): Promise<number> {
  if (filter.parent === undefined && (filter.q ?? "").trim() === "") return countSubtrees(tx, scope, filter);
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from unit u where ${matches(scope, filter)}`.execute(tx);
  return rows[0]!.n;
}

async function countSubtrees(tx: Tx, scope: Scope, filter: UnitFilter): Promise<number> {
  const roots = filter.under !== undefined ? rootsUnder(scope, filter.under) : scope.roots;
  const tops = roots.includes(top)
    ? sql`(u.parent_id is null or u.path = ${top})`
    : sql`u.path = any(${roots})`;
  const { rows } = await sql<{ id: string; path: UnitPath; kept: boolean }>`
    select u.id, u.path, u.figures_kept as kept from unit u where ${tops}`.execute(tx);
  const parts = await readBelow(
    tx,
    rows.filter(({ kept }) => kept).map(({ id }) => id),
    "tree",
  );
  const large = sumOf(parts, ({ key }) => {
    const [level, status] = key.split(" ");
    return (filter.level ?? level) === level && (filter.status ?? status) === status;
  });
  const small = rows.filter(({ kept }) => !kept).map(({ path }) => path);
  if (small.length === 0) return large;
  const { rows: counted } = await sql<{ n: number }>`
    select count(*)::int as n from unit u where ${insideRoots(small, "u.path")} and ${ofKind(filter)}`.execute(
    tx,
  );
  return large + counted[0]!.n;
}

/** The parts of a scope under a union: itself when the scope reaches it. */
function rootsUnder(scope: Scope, under: UnitPath): readonly UnitPath[] {
  const inside = narrow(scope, under);
  return isRefusal(inside) ? [] : inside.roots;
}

function ofKind(filter: UnitFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`true`];
  if (filter.level !== undefined) parts.push(sql`u.level = ${filter.level}`);
  if (filter.status !== undefined) parts.push(sql`u.status = ${filter.status}`);
  return sql.join(parts, sql` and `);
}

function matches(scope: Scope, filter: UnitFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [insideScope(scope, "u.path")];
  if (filter.parent === "top") parts.push(topOf(scope));
  else if (filter.parent !== undefined) parts.push(sql`u.parent_id = ${filter.parent}`);
  if (filter.under !== undefined) {
    const { low, high } = rangeOf(filter.under);
    parts.push(sql`u.path >= ${low} and u.path < ${high}`);
  }
  parts.push(ofKind(filter));
  if (filter.q !== undefined && filter.q.trim() !== "") parts.push(said(filter.q.trim()));
  return sql.join(parts, sql` and `);
}

/** The roots themselves, or, where the scope is the whole country, every unit without a superior here. */
function topOf(scope: Scope): RawBuilder<unknown> {
  if (scope.everything) return sql`u.parent_id is null`;
  return sql`u.path = any(${scope.roots})`;
}

/** What is asked for as its indexes hold it: initials, pinyin and codes from the start, names anywhere. */
function said(q: string): RawBuilder<unknown> {
  const pattern = q.replace(/[\\%_]/g, (sign) => `\\${sign}`);
  const plain = pattern.toLowerCase().replace(/\s+/g, "");
  if (/^[a-z]+$/.test(plain))
    return sql`(u.name_initials like ${`${plain}%`} or u.name_pinyin like ${`${plain}%`} or ${named(q, pattern)})`;
  if (/^[0-9a-z-]{4,}$/i.test(q)) {
    const code = q.toUpperCase();
    return sql`(u.code like ${`${code}%`} or u.uscc = ${code} or ${named(q, pattern)})`;
  }
  return named(q, pattern);
}

/** A part of a name. Two characters have an index of their own: pieces of three do not find them. */
function named(q: string, pattern: string): RawBuilder<unknown> {
  const names = sql`u.name || ' ' || coalesce(u.short_name, '')`;
  return [...q].length === 2
    ? sql`zhijia_pairs(${names}) collate "C" @> array[lower(${q})]`
    : sql`${names} ilike ${`%${pattern}%`}`;
}

/** What happened to a unit, the latest first; with the name of who did it, where they hold or held a post. */
export async function unitEvents(
  tx: Tx,
  id: Id<"unit">,
  limit = 100,
): Promise<readonly (UnitEvent & { readonly byName: string | null })[]> {
  const { rows } = await sql<UnitEvent & { byName: string | null }>`
    select id, kind, before, after, reason, by_person as "byPerson", at, on_day as "onDay",
      (select p.person_name from post p where p.person_id = e.by_person limit 1) as "byName"
    from unit_event e where unit_id = ${id} order by at desc, id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Adds a line to a unit's history. */
export async function addUnitEvent(
  tx: Tx,
  unit: Id<"unit">,
  event: {
    readonly kind: UnitEvent["kind"];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly reason?: string | null;
  },
  by: By,
): Promise<void> {
  await sql`insert into unit_event (id, unit_id, kind, before, after, reason, by_person, at, on_day)
    values (${newId<"unit-event">()}, ${unit}, ${event.kind}, ${json(event.before ?? null)}, ${json(event.after ?? null)},
      ${event.reason ?? null}, ${by.person}, ${by.at}, ${by.day})`.execute(tx);
}

/** Does work on a unit's row, and records what it changes in the figures. */
export function recordingUnit<T>(tx: Tx, id: Id<"unit">, work: () => Promise<T>): Promise<T> {
  return following(tx, id, () => recording(tx, unitTallies, sql<boolean>`(id = ${id})`, work));
}

/**
 * Counts members in or out of the union that holds them. Refuses `unit-closed`, where none may come in: a union is closed
 * only without members (Trade Union Law, Article 13), and whichever of the two is first holds the row.
 */
export async function addMembers(tx: Tx, unit: Id<"unit">, delta: number): Promise<Or<null>> {
  const closed = sql`status in ('DISSOLVED','MERGED')`;
  const { rows } = await sql`update unit set members = members + ${delta}
    where id = ${unit} and (${delta} <= 0 or not ${closed}) returning id`.execute(tx);
  return rows.length > 0 ? null : refuse("unit-closed");
}

/** The unions directly under one that have not come to their end. */
export async function countChildren(tx: Tx, id: Id<"unit">): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from unit where parent_id = ${id} and status not in ('DISSOLVED','MERGED')`.execute(
    tx,
  );
  return rows[0]!.n;
}

/** Whether the installation holds the fictitious federation, so that region 99 is taken. */
export async function isFictitiousInstallation(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ fictitious: boolean }>`select fictitious from installation`.execute(tx);
  return rows[0]?.fictitious ?? false;
}

/** Declares an empty database a real installation. Refuses `installation-founded` when it holds a federation already. */
export async function foundInstallation(tx: Tx): Promise<Or<true>> {
  await sql`insert into installation (fictitious) values (false) on conflict (id) do nothing`.execute(tx);
  const { rows } = await sql<{ fictitious: boolean; units: boolean }>`
    select fictitious, exists (select 1 from unit) as units from installation for update`.execute(tx);
  return rows[0] && !rows[0].fictitious && !rows[0].units ? true : refuse("installation-founded");
}

/** Keeps the tree still while units are added to it (shared), or alone while a subtree moves. */
export async function holdTree(tx: Tx, how: "shared" | "alone"): Promise<void> {
  if (how === "shared") await sql`select pg_advisory_xact_lock_shared(7430, 1)`.execute(tx);
  else await sql`select pg_advisory_xact_lock(7430, 1)`.execute(tx);
}

/** Some unions whose term ended before a day and that have no extension, by their ids. */
export async function endedTerms(tx: Tx, day: Day, limit: number): Promise<readonly Id<"unit">[]> {
  const { rows } = await sql<{ id: Id<"unit"> }>`
    select id from unit where status = 'ACTIVE' and term_end < ${day} order by id limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Unions whose extended term ended before a day; how long an extension lasts is a policy of their place. */
export async function extendedTerms(
  tx: Tx,
  day: Day,
): Promise<readonly { readonly id: Id<"unit">; readonly path: UnitPath; readonly termEnd: Day }[]> {
  const { rows } = await sql<{ id: Id<"unit">; path: UnitPath; termEnd: Day }>`
    select id, path, term_end as "termEnd" from unit where status = 'TERM_EXTENDED' and term_end < ${day}`.execute(
    tx,
  );
  return rows;
}

/** Marks one union's term as ended, unless its state is no longer `from`. */
export async function expireTerm(tx: Tx, id: Id<"unit">, from: Unit["status"], by: By): Promise<void> {
  const { rows } = await recordingUnit(tx, id, () =>
    sql`update unit set status = 'TERM_EXPIRED', version = version + 1
      where id = ${id} and status = ${from} returning id`.execute(tx),
  );
  if (rows.length === 0) return;
  await addUnitEvent(
    tx,
    id,
    { kind: "status", before: { status: from }, after: { status: "TERM_EXPIRED" } },
    by,
  );
}
