import { sql } from "kysely";
import { json, once, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { record } from "../rollups/index.ts";
import { caseTallies } from "./tallies.ts";
import type { TurnWho } from "./words.ts";

/** A case's row, with the names of the unions it points to. */
export type CaseRow = NonNullable<Awaited<ReturnType<typeof findCase>>>;

/** One action's row. */
export type ActionRow = Awaited<ReturnType<typeof actionsOf>>[number];

/** The case, as far as the transaction's viewer may see it. */
export async function findCase(tx: Tx, id: string) {
  const district = await districtOfCase(tx, id);
  return district === undefined ? undefined : rowOf(tx, district, id);
}

/** The case, locked until the transaction ends: two officers act one after the other. */
export async function lockCase(tx: Tx, id: string) {
  const district = await districtOfCase(tx, id);
  if (district === undefined) return undefined;
  await tx
    .selectFrom("case_file")
    .where("district", "=", district)
    .where("id", "=", id)
    .select("id")
    .forUpdate()
    .execute();
  return rowOf(tx, district, id);
}

/** Where a case lives: its id is unique in the country, its row lies in a district. */
async function districtOfCase(tx: Tx, id: string): Promise<string | undefined> {
  const [row] = await lookedUp(tx, id);
  return row?.district;
}

const lookedUp = once((tx, id: string) =>
  tx.selectFrom("case_lookup").where("case_id", "=", id).select("district"),
);

async function rowOf(tx: Tx, district: string, id: string) {
  const [row] = await rowsById(tx, district, id);
  return row;
}

const rowsById = once((tx, district: string, id: string) =>
  tx
    .selectFrom("case_file")
    .innerJoin("unit", "unit.id", "case_file.unit_id")
    .leftJoin("unit as turn_unit", "turn_unit.id", "case_file.turn_unit_id")
    .where("case_file.district", "=", district)
    .where("case_file.id", "=", id)
    .selectAll("case_file")
    .select(["unit.name as unit_name", "turn_unit.name as turn_unit_name"]),
);

/** Where a case stands among all: by district, then by id. */
export interface CasePlace {
  readonly district: string;
  readonly id: string;
}

/** The next cases after a place, each with whether its lookup names its district. */
export async function casesAfter(tx: Tx, after: CasePlace, limit: number) {
  const rows = await tx
    .selectFrom("case_file")
    .innerJoin("unit", "unit.id", "case_file.unit_id")
    .leftJoin("unit as turn_unit", "turn_unit.id", "case_file.turn_unit_id")
    .where(sql<boolean>`(case_file.district, case_file.id) > (${after.district}, ${after.id}::uuid)`)
    .orderBy("case_file.district")
    .orderBy("case_file.id")
    .limit(limit)
    .selectAll("case_file")
    .select(["unit.name as unit_name", "turn_unit.name as turn_unit_name"])
    .execute();
  const ids = rows.map((row) => row.id);
  const places = await tx
    .selectFrom("case_lookup")
    .where("case_id", "in", [...ids, after.id])
    .select(["case_id", "district"])
    .execute();
  const lookedUp = new Map(places.map((one) => [one.case_id, one.district]));
  return rows.map((row) => ({ ...row, looked_up: lookedUp.get(row.id) ?? null }));
}

/**
 * Every action of some cases; by case, in order. Named one by one: between two places a prepared statement's plan, which
 * doesn't know how near they are, reads the whole table for every page.
 */
export async function actionsOfCases(tx: Tx, cases: readonly CasePlace[]) {
  return tx
    .selectFrom("case_action")
    .where(sql<boolean>`district = any(${[...new Set(cases.map((one) => one.district))]}::text[])`)
    .where(sql<boolean>`case_id = any(${cases.map((one) => one.id)}::uuid[])`)
    .orderBy("district")
    .orderBy("case_id")
    .orderBy("seq")
    .selectAll()
    .execute();
}

/** Everything done to a case, in order. */
export async function actionsOf(tx: Tx, district: string, caseId: string) {
  return tx
    .selectFrom("case_action")
    .where("district", "=", district)
    .where("case_id", "=", caseId)
    .orderBy("seq")
    .selectAll()
    .execute();
}

/** The next serial of a service in a district and year; holds its row until the transaction ends. */
export async function nextSerial(tx: Tx, district: string, year: number, service: string): Promise<number> {
  const row = await tx
    .insertInto("case_serial")
    .values({ district, year, service, last: 1 })
    .onConflict((on) =>
      on.columns(["district", "year", "service"]).doUpdateSet({ last: sql<number>`case_serial.last + 1` }),
    )
    .returning("last")
    .executeTakeFirstOrThrow();
  return row.last;
}

/** A case's row when it opens. */
export interface NewCase {
  readonly district: string;
  readonly id: string;
  readonly number: string;
  readonly service: string;
  readonly service_version: number;
  readonly unit_id: string;
  readonly path: string;
  readonly applicant_id: string;
  readonly applicant_district: string;
  readonly applicant_name: string;
  readonly on_behalf_by: string | null;
  readonly confidential: string;
  readonly opened_on: Day;
  readonly opened_at: Date;
  readonly pins: unknown;
  readonly parent_id: string | null;
  readonly previous_id: string | null;
  readonly follow_of: string | null;
}

/** The part of a case's row that its actions move. */
export interface CaseMoved {
  readonly unit_id?: string;
  readonly path?: string;
  readonly subject_id?: string | null;
  readonly step: string;
  readonly state: "open" | "ended";
  readonly outcome: string | null;
  readonly turn: TurnWho;
  readonly turn_unit_id: string | null;
  readonly turn_path: string | null;
  readonly turn_power: string | null;
  readonly step_since: Day;
  readonly due_on: Day | null;
  readonly clock: unknown;
  readonly escalated: boolean;
  readonly answers: unknown;
  readonly facts: unknown;
  readonly amount_fen: bigint | null;
  readonly ended_on: Day | null;
  readonly rating: number | null;
  readonly rated_on: Day | null;
  readonly seq: number;
  readonly head_hash: Buffer;
}

/** Writes a new case and where to find it. False when the id is taken. */
export async function insertCase(tx: Tx, fixed: NewCase, moved: CaseMoved): Promise<boolean> {
  const found = await tx
    .insertInto("case_lookup")
    .values({ case_id: fixed.id, district: fixed.district })
    .onConflict((on) => on.doNothing())
    .returning("case_id")
    .executeTakeFirst();
  if (!found) return false;
  await tx
    .insertInto("case_file")
    .values({ ...fixed, pins: json(fixed.pins), ...asColumns(moved) })
    .execute();
  await record(tx, caseTallies, [], [{ ...fixed, ...moved }]);
  return true;
}

/** Moves a case on from the row that was locked. False when somebody else has moved it meanwhile. */
export async function updateCase(
  tx: Tx,
  at: Pick<CaseRow, "district" | "id" | "seq" | "service" | "opened_on" | CountedColumn>,
  moved: CaseMoved,
): Promise<boolean> {
  const done = await tx
    .updateTable("case_file")
    .set(asColumns(moved))
    .where("district", "=", at.district)
    .where("id", "=", at.id)
    .where("seq", "=", at.seq)
    .executeTakeFirst();
  if (done.numUpdatedRows !== 1n) return false;
  await record(tx, caseTallies, [at], [{ ...at, ...moved }]);
  return true;
}

type CountedColumn = "unit_id" | "step" | "state" | "outcome" | "due_on" | "ended_on" | "rating";

function asColumns(moved: CaseMoved) {
  return { ...moved, clock: json(moved.clock), answers: json(moved.answers), facts: json(moved.facts) };
}

/** One action to be written. */
export interface NewAction {
  readonly district: string;
  readonly case_id: string;
  readonly seq: number;
  readonly id: string;
  /** Where the case stands once this is done. */
  readonly path: string;
  readonly name: string;
  readonly by_person: string | null;
  readonly by_name: string | null;
  readonly by_unit_id: string | null;
  readonly by_role: string | null;
  readonly at: Date;
  readonly on_day: Day;
  readonly from_step: string | null;
  readonly to_step: string;
  readonly due_on: Day | null;
  readonly note: string | null;
  readonly answers: unknown;
  readonly sealed: Buffer | null;
  readonly effects: unknown;
  readonly after: unknown;
  readonly content_hash: Buffer;
  readonly hash: Buffer;
}

/** Appends an action. A second one with the same id in the district breaks `case_action_district_id_key`. */
export async function insertAction(tx: Tx, action: NewAction): Promise<void> {
  await tx
    .insertInto("case_action")
    .values({
      ...action,
      answers: json(action.answers),
      effects: json(action.effects),
      after: json(action.after),
    })
    .execute();
}

/** The open cases of an applicant in a district, the oldest first. */
export async function openCasesIn(tx: Tx, district: string, applicant: string) {
  return tx
    .selectFrom("case_file")
    .where("district", "=", district)
    .where("applicant_id", "=", applicant)
    .where("state", "=", "open")
    .orderBy("opened_at")
    .orderBy("id")
    .select(["id", "service", "step", "seq"])
    .execute();
}

/**
 * Whom a case may be opened for: their name, home and standing. `district` is where they live, where that is known; who
 * has moved since is looked for everywhere.
 */
export async function findApplicant(tx: Tx, personId: string, district: string | null = null) {
  const there = district === null ? undefined : await applicantIn(tx, personId, district);
  return there ?? (await applicantIn(tx, personId, null));
}

async function applicantIn(tx: Tx, personId: string, district: string | null) {
  return tx
    .selectFrom("person")
    .leftJoin("unit", "unit.id", "person.unit_id")
    .where("person.id", "=", personId)
    .$if(district !== null, (query) => query.where("person.district", "=", district as string))
    .where("person.merged_into", "is", null)
    .select([
      "person.id",
      "person.district",
      "person.name",
      "person.path",
      "person.unit_id",
      "person.member_status",
      "person.birth_date",
      "person.former_districts",
      "unit.name as unit_name",
      "unit.path as unit_path",
      "unit.district as unit_district",
    ])
    .executeTakeFirst();
}

/** A union a case can be at home in. */
export async function findHomeUnit(tx: Tx, unitId: string) {
  return tx
    .selectFrom("unit")
    .where("id", "=", unitId)
    .where("status", "=", "ACTIVE")
    .select(["id", "name", "path", "district", "level"])
    .executeTakeFirst();
}

/** The path of a union, for the case whose turn it is. */
export async function pathOfUnit(tx: Tx, unitId: string): Promise<string | null> {
  const row = await tx.selectFrom("unit").where("id", "=", unitId).select("path").executeTakeFirst();
  return row?.path ?? null;
}

/**
 * The persons of the households a person is in, as head or member: whom separation of duties counts as kin. A member is
 * recognised by their record or by the keyed hash of the identity number the household stated.
 */
export async function kinOf(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
): Promise<readonly string[]> {
  const members = await membersOfHomes(tx, person.district, person.id);
  const hashes = members.flatMap((one) => one.hash ?? []);
  const known = hashes.length === 0 ? [] : await personsByHash(tx, hashes);
  const kin = new Set([
    ...members.flatMap((one) => [one.person, one.head]),
    ...known.map((one) => one.person_id),
  ]);
  return [...kin].filter((one) => one !== null && one !== person.id) as string[];
}

/** One's own household lies where one lives; another's that names one may lie in any district. */
const membersOfHomes = once(
  (_tx, district: string, person: string) =>
    sql<{ person: string | null; hash: Buffer | null; head: string }>`
    with homes as (
      select district, id from household where district = ${district} and head_id = ${person}
      union
      select district, household_id from household_member where person_id = ${person} and left_on is null
    )
    select m.person_id as person, m.id_hash as hash, m.head_id as head
    from homes join household_member m on m.district = homes.district and m.household_id = homes.id
    where m.left_on is null`,
);

const personsByHash = once((tx, hashes: readonly Buffer[]) =>
  tx.selectFrom("identity_lookup").where("hash", "=", sql<Buffer>`any(${hashes})`).select("person_id"),
);

/** Cases whose clock ran out before a day, or whose clock waits for a year's holidays; oldest first. */
export async function lateCases(tx: Tx, day: Day, after: string | null, limit: number) {
  return tx
    .selectFrom("case_file")
    .where("state", "=", "open")
    .where((or) => or.or([or("due_on", "<", day), sql<boolean>`clock ? 'unknownYear'`]))
    .$if(after !== null, (query) => query.where("id", ">", after as string))
    .orderBy("id")
    .limit(limit)
    .select(["id", "district"])
    .execute();
}

/** A draft as it was last saved, still sealed. */
export async function findDraft(tx: Tx, district: string, person: string, service: string) {
  return tx
    .selectFrom("case_draft")
    .where("district", "=", district)
    .where("person_id", "=", person)
    .where("service", "=", service)
    .select(["sealed", "saved_at"])
    .executeTakeFirst();
}

/** Keeps a draft in place of an earlier one. */
export async function putDraft(
  tx: Tx,
  draft: {
    readonly district: string;
    readonly person_id: string;
    readonly service: string;
    readonly sealed: Buffer;
    readonly saved_at: Date;
  },
): Promise<void> {
  await tx
    .insertInto("case_draft")
    .values(draft)
    .onConflict((on) =>
      on
        .columns(["district", "person_id", "service"])
        .doUpdateSet({ sealed: draft.sealed, saved_at: draft.saved_at }),
    )
    .execute();
}

/** How many open cases are past their day, wherever they are: counted in an index of those with a day alone. */
export async function countOverdue(tx: Tx, today: Day): Promise<number> {
  const { n } = await tx
    .selectFrom("case_file")
    .select(sql<number>`count(*)::int`.as("n"))
    .where("state", "=", "open")
    .where("due_on", "<", today)
    .executeTakeFirstOrThrow();
  return n;
}

/** Throws a draft away. */
export async function deleteDraft(tx: Tx, district: string, person: string, service: string): Promise<void> {
  await tx
    .deleteFrom("case_draft")
    .where("district", "=", district)
    .where("person_id", "=", person)
    .where("service", "=", service)
    .execute();
}
