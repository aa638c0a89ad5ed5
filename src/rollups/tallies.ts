import { type RawBuilder, sql } from "kysely";
import type { Place } from "./place.ts";

/**
 * A figure is a fold over records. A tally is one question asked of every record of a table: does it count, under which
 * key, on which day, with how much. The same few expressions are run over the row before and after a change (what to add
 * to the figures), over the rows of a small union (its figure), and over the whole table (to rebuild and to verify).
 * The record is `r` in all of them.
 */
export interface Tally {
  /** What the record is counted under. The empty key when the tally has one number only. */
  readonly key?: RawBuilder<unknown>;
  /** The day it counts on, for tallies that are asked over a span. A null counts outside of time. */
  readonly day?: RawBuilder<unknown>;
  /** `month` when `day` is the first of a month and no more is known or wanted. `day` unless said. */
  readonly grain?: "day" | "month";
  /** How much. One unless said. */
  readonly n?: RawBuilder<unknown>;
  /** Whether the record counts at all, beside what the table asks of it. */
  readonly when?: RawBuilder<unknown>;
  /** The union it counts in: the record's own unless said. */
  readonly unit?: RawBuilder<unknown>;
}

/** The tallies of one table, and the columns that they read, with their types. */
export interface Family<Column extends string = string> {
  readonly table: string;
  readonly columns: Readonly<Record<Column, string>>;
  /** What a record must be to count anywhere. */
  readonly when?: RawBuilder<unknown>;
  readonly tallies: Readonly<Record<string, Tally>>;
  /** The table's rows of one place, by whichever index it has: a query in brackets. */
  readonly rowsOf: (place: Place) => RawBuilder<unknown>;
  /**
   * Which rows `r` belong to some unions (a query of their district and id), whatever place they say: a record written
   * while its union moved may say the old one. Those whose union it is unless said.
   */
  readonly inUnits?: (units: RawBuilder<unknown>) => RawBuilder<unknown>;
  /**
   * What changes above a union that moved beyond what its own records count for, as roll-up rows to add: where a tally
   * counts pairs of unions by the lowest one above both.
   */
  readonly onMove?: (move: Move) => RawBuilder<unknown>;
}

/** A union with all below it that has just moved, and the unions with roll-ups that have lost and gained it. */
export interface Move {
  readonly place: Place;
  readonly lost: readonly string[];
  readonly gained: readonly string[];
}

/** A row as a family reads it. */
export type Row<Column extends string = string> = Readonly<Record<Column | "district", unknown>>;

const families = new Map<string, Family>();

/** Declares the tallies of a table. Each module declares its own; nothing else knows what a record counts for. */
export function defineFamily<const Column extends string>(family: Family<Column>): Family<Column> {
  families.set(family.table, family);
  return family;
}

/** Every family declared by the modules that are loaded. */
export function allFamilies(): readonly Family[] {
  return [...families.values()];
}

/** The family that answers a tally. An unknown one is a bug and throws. */
export function familyOf(tally: string): Family {
  for (const family of families.values()) if (Object.hasOwn(family.tallies, tally)) return family;
  throw new Error(`no table answers the tally ${tally}`);
}

/** A tally that counts another one once more at some of the unions above a record; `g` is such a union. */
export interface Followed {
  readonly tally: string;
  readonly of: string;
  readonly at: RawBuilder<boolean>;
}

const follows = new Map<string, Followed>();

/** Declares a tally that follows another. Whoever changes what `at` asks of a union does it within `following`. */
export function defineFollowed(followed: Followed): void {
  follows.set(followed.tally, followed);
}

/** Every tally declared to follow another, by the modules that are loaded. */
export const allFollowed = (): readonly Followed[] => [...follows.values()];
/** Which tally this one follows, and where; undefined for one that counts records itself. */
export const followedBy = (tally: string): Followed | undefined => follows.get(tally);

/** What each row of `rows` (a table or a query in brackets) counts for, as (district, unit_id, tally, grain, day, key, n). */
export function sharesOf(
  family: Family,
  rows: RawBuilder<unknown>,
  only: readonly string[] = Object.keys(family.tallies),
  sign?: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const answers = only.map((id) => ({ id, ...answerOf(family.tallies[id]!, sign) }));
  // One array a column, unnested beside the row: shards take no lateral list of values.
  const each = (type: string, part: (answer: (typeof answers)[number]) => RawBuilder<unknown>) =>
    sql`array[${sql.join(answers.map((answer) => sql`(${part(answer)})`))}]::${sql.raw(type)}[]`;
  const columns = [
    each("uuid", ({ unit }) => unit),
    each("text", ({ id }) => sql.lit(id)),
    each("text", ({ grain }) => grain),
    each("date", ({ day }) => day),
    each("text", ({ key }) => key),
    each("bigint", ({ n }) => n),
    each("boolean", ({ when }) => when),
  ];
  return sql`select r.district, s.unit_id, s.tally, s.grain, s.day, s.key, s.n
    from ${rows} r cross join lateral unnest(${sql.join(columns)}) s(unit_id, tally, grain, day, key, n, counts)
    where s.counts and s.unit_id is not null and ${family.when ?? sql`true`}`;
}

/** What a tally asks of `r`, with everything that it leaves to be understood. */
function answerOf({ key, day, grain = "day", n = sql`1`, when, unit }: Tally, sign?: RawBuilder<unknown>) {
  return {
    unit: unit ?? sql`r.unit_id`,
    grain:
      day === undefined ? sql`'all'` : sql`case when ${day} is null then 'all' else ${sql.lit(grain)} end`,
    day: day === undefined ? sql`'-infinity'::date` : sql`coalesce(${day}, '-infinity')`,
    key: sql`${key ?? sql`''`} collate "C"`,
    n: sign === undefined ? sql`(${n})::bigint` : sql`(${sign} * (${n}))::bigint`,
    when: when ?? sql`true`,
  };
}

/**
 * What many rows count for together, as (district, unit_id, tally, grain, day, key, n): each tally grouped by itself,
 * which costs a fraction of grouping the answers of all. The rows are read once for each tally, so they are few.
 */
export function summedShares(
  family: Family,
  rows: RawBuilder<unknown>,
  sign: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const each = Object.entries(family.tallies).map(([id, tally]) => {
    const { unit, grain, day, key, n, when } = answerOf(tally, sign);
    return sql`select district, unit_id, tally, grain, day, key, n from (
      select min(r.district) as district, ${unit} as unit_id, ${sql.lit(id)} as tally, ${grain} as grain, ${day} as day, ${key} as key,
        sum(${n})::bigint as n
      from counted r where ${when} and ${unit} is not null and ${family.when ?? sql`true`} group by 2, 4, 5, 6) s where n <> 0`;
  });
  return sql`with counted as materialized (select * from ${rows} c) ${sql.join(each, sql` union all `)}`;
}

/** The tallies of a family that count each record once, outside of time, in its own union: they differ by their key alone. */
export const plainTallies = ({
  tallies,
}: Family): readonly (readonly [id: string, key: RawBuilder<unknown>])[] =>
  Object.entries(tallies)
    .filter(([, { day, n, when, unit }]) => [day, n, when, unit].every((part) => part === undefined))
    .map(([id, tally]) => [id, answerOf(tally).key]);

/** What each row of a table counts for in one of its tallies, as (unit_id, grain, day, key, n). */
export function shareOf(family: Family, tally: string): RawBuilder<unknown> {
  const { unit, grain, day, key, n, when } = answerOf(family.tallies[tally]!);
  return sql`select ${unit} as unit_id, ${grain} as grain, ${day} as day, ${key} as key, ${n} as n
    from ${sql.table(family.table)} r where ${when} and ${family.when ?? sql`true`}`;
}

/** Every tally there is, by name. */
export function allTallies(): readonly string[] {
  return [...[...families.values()].flatMap(({ tallies }) => Object.keys(tallies)), ...follows.keys()];
}
