import { sql } from "kysely";
import type { Db, Tx } from "../../../db/index.ts";
import { type Day, dayInShanghai } from "../../../kernel/day.ts";
import { type Keyring, unsealJson } from "../../../kernel/seal.ts";
import { editSealed, getPerson } from "../../../people/index.ts";
import { unsealPerson } from "../../../people/sealed.ts";
import { fictitiousCalendar } from "../../calendar.ts";
import type { Founded } from "../../federation.ts";
import { foundPeople } from "../../found.ts";
import { type Pattern, patternWorkers, playPatterns } from "../../patterns.ts";

/** A row as it was read, by the names of its columns. What is sealed in it stands open, as `Opened`. */
export type Row = Readonly<Record<string, unknown>>;

/** A sealed value of a pattern, opened: what it says, and what it was about. */
export class Opened {
  readonly content: unknown;
  readonly about: string;
  constructor(content: unknown, about: string) {
    this.content = content;
    this.about = about;
  }
}

/** The tables a case leaves rows in, in the order they are copied. */
export const caseTables = [
  "case_file",
  "case_lookup",
  "case_action",
  "notice",
  "notice_lookup",
  "household",
  "household_member",
  "hardship_file",
  "hardship_claim",
  "aid_grant",
  "aid_once",
  "cap_use",
  "batch_item",
  "transfer",
  "verify_code",
] as const;
/** The tables of a county's money beside them. */
export const moneyTables = [
  "case_serial",
  "fund",
  "book",
  "book_month",
  "account_book",
  "voucher",
  "batch_serial",
  "batch",
  "batch_action",
  "bank_result",
] as const;
export type CaseTable = (typeof caseTables)[number];
export type MoneyTable = (typeof moneyTables)[number];
export type Rows<Table extends string> = Readonly<Record<Table, readonly Row[]>>;

/** What one applicant went through, as it lies in the tables. */
export interface Learned extends Pattern {
  readonly rows: Rows<CaseTable>;
  readonly applicant: {
    readonly id: string;
    readonly name: string;
    readonly identity: string;
    readonly phone: string;
  };
}

/** A payment batch as it lies in the tables, with its fund's books. */
export type LearnedBatch = { readonly id: string; readonly rows: Rows<MoneyTable> };

/** Everything a case of the generated federation is made after. */
export interface Lessons {
  readonly today: Day;
  /** Column names and types of every table, generated ones left out. */
  readonly columns: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly patterns: readonly Learned[];
  readonly batches: readonly LearnedBatch[];
  /** Where they were played and who acted, to be exchanged. */
  readonly district: string;
  readonly units: Readonly<
    Record<PlayedLevel, { readonly id: string; readonly name: string; readonly path: string }>
  >;
  readonly officers: Readonly<Record<string, { readonly id: string; readonly name: string }>>;
}

export type PlayedLevel = "own" | "township" | "county" | "city" | "province";
const played: Readonly<Record<PlayedLevel, string>> = {
  own: "textile",
  township: "xikou",
  county: "county",
  city: "city",
  province: "province",
};

/** Ends the transaction in which the patterns were played. */
class Learnt extends Error {
  readonly lessons: Lessons;
  constructor(lessons: Lessons) {
    super("learnt");
    this.lessons = lessons;
  }
}

/**
 * Founds the small fictitious federation in the empty database, lets the real engine play every pattern in it, reads
 * what it wrote, and undoes it all.
 */
export async function learnPatterns(db: Db, ring: Keyring, now: Date): Promise<Lessons> {
  try {
    await db.system(async (tx) => {
      throw new Learnt(await play(tx, ring, now));
    });
  } catch (error) {
    if (error instanceof Learnt) return error.lessons;
    throw error;
  }
  throw new Error("the patterns were not undone");
}

async function play(tx: Tx, ring: Keyring, now: Date): Promise<Lessons> {
  const today = dayInShanghai(now);
  const founded = await foundPeople(tx, ring, now);
  const cast = await castWorkers(tx, ring, founded);
  const patterns = await playPatterns(tx, { ring, calendar: fictitiousCalendar(today), today }, cast);
  const learned: Learned[] = [];
  for (const pattern of patterns) {
    const person = cast.workers.get(pattern.worker)!;
    const sealed = unsealPerson(ring, person);
    const applicant = { id: person.id, name: person.name, identity: sealed.idNumber!, phone: sealed.phone! };
    learned.push({ ...pattern, applicant, rows: await rowsOf(tx, ring, pattern.cases) });
  }
  const batches: LearnedBatch[] = [];
  for (const id of new Set(patterns.flatMap(({ batch }) => batch ?? [])))
    batches.push({ id, rows: await moneyOf(tx, id) });
  const unit = (key: string) => {
    const { id, name, path } = founded.units.get(key)!;
    return { id, name, path };
  };
  return {
    today,
    columns: await columnsOf(tx),
    patterns: learned,
    batches,
    district: founded.units.get("county")!.district,
    units: Object.fromEntries(
      Object.entries(played).map(([level, key]) => [level, unit(key)]),
    ) as unknown as Lessons["units"],
    officers: Object.fromEntries([...founded.officers].map(([login, { id, name }]) => [login, { id, name }])),
  };
}

/** Members of the played union who hold nothing and have a telephone: the patterns' workers. */
async function castWorkers(tx: Tx, ring: Keyring, founded: Founded): Promise<Founded> {
  const { rows: free } = await sql<{ id: string }>`
    select p.id from person p where p.unit_id = ${founded.units.get(played.own)!.id} and p.member_status = 'ACTIVE'
      and not exists (select 1 from post where person_id = p.id) and not exists (select 1 from account where person_id = p.id)`.execute(
    tx,
  );
  const { rows } = await sql<{ id: never }>`
    select distinct person_id as id from phone_lookup where person_id = any(${free.map((one) => one.id)}::uuid[])
    order by 1 limit ${patternWorkers}`.execute(tx);
  const workers = new Map(founded.workers);
  for (const [index, { id }] of rows.entries())
    workers.set(
      `w${index}`,
      await editSealed(tx, ring, await getPerson(tx, id), {
        bankCard: "6222020000000000009",
        bankName: "虚构银行",
      }),
    );
  return { ...founded, workers };
}

async function rowsOf(tx: Tx, ring: Keyring, cases: readonly string[]): Promise<Rows<CaseTable>> {
  const ids = sql`any(${cases}::uuid[])`;
  const households = sql`(select subject_id from case_file where id = ${ids} union select household_id from hardship_file where case_id = ${ids})`;
  const where: Readonly<Record<CaseTable, ReturnType<typeof sql>>> = {
    case_file: sql`id = ${ids} order by array_position(${cases}::uuid[], id)`,
    case_lookup: sql`case_id = ${ids}`,
    case_action: sql`case_id = ${ids} order by array_position(${cases}::uuid[], case_id), seq`,
    notice: sql`case_id = ${ids}`,
    notice_lookup: sql`notice_id in (select id from notice where case_id = ${ids})`,
    household: sql`id in ${households}`,
    household_member: sql`household_id in ${households}`,
    hardship_file: sql`case_id = ${ids}`,
    hardship_claim: sql`case_id = ${ids}`,
    aid_grant: sql`case_id = ${ids}`,
    aid_once: sql`grant_id in (select id from aid_grant where case_id = ${ids})`,
    cap_use: sql`(district, rule, beneficiary, year) in (select g.district, c->>'rule', c->>'beneficiary', (c->>'year')::int
      from aid_grant g, jsonb_array_elements(g.cap_check) c where g.case_id = ${ids})`,
    batch_item: sql`case_id = ${ids}`,
    transfer: sql`case_id = ${ids}`,
    verify_code: sql`subject_id = ${ids}`,
  };
  const { rows: papers } = await sql<{ id: string }>`select id from paper where case_id = ${ids}`.execute(tx);
  const gone = new Set(papers.map(({ id }) => id));
  const found: Partial<Record<CaseTable, readonly Row[]>> = {};
  for (const table of caseTables) {
    const { rows } = await sql<Row>`select * from ${sql.table(table)} where ${where[table]}`.execute(tx);
    found[table] = rows.map((row) => without(gone, opened(ring, table, row)) as Row);
  }
  return found as Rows<CaseTable>;
}

/** A value without the ids of papers, which generated cases have none of. */
function without(gone: ReadonlySet<string>, value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((one) => !gone.has(one as string)).map((one) => without(gone, one));
  if (value instanceof Opened) return new Opened(without(gone, value.content), value.about);
  if (value === null || typeof value !== "object" || value instanceof Date || value instanceof Uint8Array)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, without(gone, one)]));
}

/** Opens what is sealed in a row. */
function opened(ring: Keyring, table: CaseTable, row: Row): Row {
  const open = (column: string, about: string): Row => {
    const blob = row[column] as Buffer | null;
    if (blob === null) return row;
    const target = { compartment: row.district as string, about };
    return { ...row, [column]: new Opened(unsealJson(ring, target, blob), about) };
  };
  switch (table) {
    case "case_action":
      return open("sealed", `case/${row.case_id}/${row.id}`);
    case "household_member":
      return open("sealed", `household-member/${row.id}`);
    case "aid_grant":
      return open("payee_sealed", `grant:${row.id}`);
    case "batch_item":
      return open("payee_sealed", `grant:${row.grant_id}`);
    default:
      return row;
  }
}

async function moneyOf(tx: Tx, batch: string): Promise<Rows<MoneyTable>> {
  const fund = sql`(select fund_id from batch where id = ${batch})`;
  const unit = sql`(select unit_id from batch where id = ${batch})`;
  const where: Readonly<Record<MoneyTable, ReturnType<typeof sql>>> = {
    case_serial: sql`false`,
    fund: sql`id = ${fund}`,
    book: sql`unit_id = ${unit}`,
    book_month: sql`unit_id = ${unit} limit 1`,
    account_book: sql`fund_id = ${fund}`,
    voucher: sql`source->>'fundId' = ${fund}::text order by on_day`,
    batch_serial: sql`false`,
    batch: sql`id = ${batch}`,
    batch_action: sql`batch_id = ${batch} order by seq`,
    bank_result: sql`batch_id = ${batch}`,
  };
  const found: Partial<Record<MoneyTable, readonly Row[]>> = {};
  for (const table of moneyTables)
    found[table] = (await sql<Row>`select * from ${sql.table(table)} where ${where[table]}`.execute(tx)).rows;
  return found as Rows<MoneyTable>;
}

async function columnsOf(tx: Tx): Promise<Lessons["columns"]> {
  const { rows } = await sql<{ table: string; name: string; type: string }>`
    select c.relname as "table", a.attname as name, format_type(a.atttypid, null) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relname = any(${[...caseTables, ...moneyTables]})
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
    order by c.relname, a.attnum`.execute(tx);
  const columns: Record<string, { name: string; type: string }[]> = {};
  for (const { table, name, type } of rows) {
    columns[table] ??= [];
    columns[table].push({ name, type });
  }
  return columns;
}
