import { sql } from "kysely";
import { copyIn, type Db, type Tx } from "../../db/index.ts";
import { addDays, type Day, dayInShanghai, daysBetween, yearOf } from "../../kernel/day.ts";
import { derivedId, type Id } from "../../kernel/ids.ts";
import { type Keyring, sealJson, unsealJson } from "../../kernel/seal.ts";
import { editSealed, getPerson, type Person } from "../../people/index.ts";
import { actionHash } from "../../procedures/record.ts";
import { rebuildFigures } from "../../statistics/families.ts";
import { foundPost, getUnit, type Unit } from "../../units/index.ts";
import type { Role } from "../../units/powers.ts";
import { fictitiousCalendar } from "../calendar.ts";
import { playPatterns } from "../lives.ts";
import { type Draw, drawFrom } from "./draw.ts";

export interface GenerateCases {
  readonly cases: number;
  readonly seed: number;
  readonly progress?: (cases: number) => void;
}

/**
 * Gives a generated federation cases of the past three years. A few are played by the real engine in one union; the
 * others are patterned on them for members drawn from everywhere: ids, names, places and days are exchanged, answers
 * sealed anew, and each chain is hashed again, so that `zhijia verify` holds on all of them.
 */
export async function generateCases(
  db: Db,
  ring: Keyring,
  request: GenerateCases,
): Promise<{ readonly cases: number }> {
  const draw = drawFrom(request.seed + 1);
  const today = dayInShanghai(new Date());
  const patterns = await db.system((tx) => makePatterns(tx, ring, today));
  const applicants = await db.systemRead((tx) => drawApplicants(tx, request.cases));
  const chains = await db.systemRead(chainsOfUnits);
  const serials = await db.systemRead(serialsTaken);
  let pending = emptyLines();
  let made = 0;
  for (let index = 0; index < request.cases; index++) {
    const applicant = applicants[index % applicants.length]!;
    const chain = chains.get(applicant.unitId);
    if (!chain) continue;
    const pattern = draw.pick(draw.chance(0.82) ? patterns.ended : patterns.open);
    const key = `${applicant.district}/${pattern.service}/`;
    write(pending, ring, pattern, {
      index,
      applicant,
      chain,
      days: daysFor(draw, pattern, today),
      serials,
      key,
    });
    made++;
    if (pending.cases < 5000) continue;
    await db.system((tx) => pending.copy(tx));
    pending = emptyLines();
    request.progress?.(made);
  }
  await db.system((tx) => pending.copy(tx));
  await db.system(async (tx) => {
    for (const [key, last] of serials) {
      const [district = "", service = "", year = ""] = key.split("/");
      await sql`insert into case_serial (district, year, service, last) values (${district}, ${Number(year)}, ${service}, ${last})
        on conflict (district, year, service) do update set last = greatest(case_serial.last, excluded.last)`.execute(
        tx,
      );
    }
  });
  await rebuildFigures(db);
  await db.systemRead((tx) => sql`analyze case_file; analyze case_action; analyze case_lookup`.execute(tx));
  return { cases: made };
}

/** How many days before its pattern a case lies: ended ones over three years with a winter peak, open ones of late. */
function daysFor(draw: Draw, pattern: Pattern, today: Day): number {
  const length = daysBetween(pattern.openedOn, pattern.lastOn);
  if (pattern.state === "open") return draw.whole(0, 12) - daysBetween(pattern.lastOn, today);
  const ago = draw.chance(0.3) ? draw.whole(0, 2) * 365 + draw.whole(20, 80) : draw.whole(0, 1080);
  return ago + length - daysBetween(pattern.openedOn, today);
}

/** The serials already given, by `district/service/year`. */
async function serialsTaken(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.selectFrom("case_serial").selectAll().execute();
  return new Map(rows.map((row) => [`${row.district}/${row.service}/${row.year}`, row.last]));
}

interface Applicant {
  readonly id: string;
  readonly district: string;
  readonly name: string;
  readonly path: string;
  readonly unitId: string;
}

async function drawApplicants(tx: Tx, wanted: number): Promise<readonly Applicant[]> {
  const { rows } = await sql<Applicant>`
    with n as (select greatest(1, count(*) / ${Math.max(1, wanted)}) as step from person)
    select id, district, name, path, "unitId" from (
      select id, district, name, path, unit_id as "unitId", row_number() over (order by id) as place from person
    ) p, n where p.place % n.step = 0 limit ${wanted}`.execute(tx);
  return rows;
}

interface ChainUnit {
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

/** Each workplace union with its town, county and city. */
async function chainsOfUnits(tx: Tx): Promise<ReadonlyMap<string, readonly ChainUnit[]>> {
  const { rows } = await sql<ChainUnit & { level: string; parent: string | null }>`
    select id, name, path, level, parent_id as parent from unit`.execute(tx);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const chains = new Map<string, readonly ChainUnit[]>();
  for (const row of rows) {
    if (row.level !== "GRASSROOTS") continue;
    const chain: ChainUnit[] = [];
    for (let one: typeof row | undefined = row; one; one = one.parent ? byId.get(one.parent) : undefined)
      chain.push(one);
    chains.set(row.id, chain);
  }
  return chains;
}

interface Pattern {
  readonly service: string;
  readonly state: string;
  readonly openedOn: Day;
  readonly lastOn: Day;
  readonly file: Row;
  readonly actions: readonly { readonly row: Row; readonly open: unknown }[];
  /** The pattern's own applicant and chain, to be exchanged. */
  readonly applicant: Applicant;
  readonly chain: readonly ChainUnit[];
}

type Row = Readonly<Record<string, unknown>>;

/** Officers and households of one union, and their cases played and read back. */
async function makePatterns(
  tx: Tx,
  ring: Keyring,
  today: Day,
): Promise<{ readonly open: Pattern[]; readonly ended: Pattern[] }> {
  const { rows } = await sql<{ id: Id<"unit"> }>`
    select id from unit where level = 'GRASSROOTS' and members >= 40 order by path limit 1`.execute(tx);
  const union = await getUnit(tx, rows[0]!.id);
  const units = new Map<string, Unit>();
  for (let one: Unit | null = union; one; one = one.parentId ? await getUnit(tx, one.parentId) : null)
    units.set(
      { GRASSROOTS: "union", COUNTY: "county", PREFECTURE: "city" }[one.level as string] ?? one.level,
      one,
    );
  const { rows: ids } = await sql<{ id: Id<"person"> }>`
    select id from person where unit_id = ${union.id} and member_status = 'ACTIVE' order by id limit 30`.execute(
    tx,
  );
  const people: Person[] = [];
  for (const { id } of ids) {
    const person = await getPerson(tx, id);
    people.push(
      await editSealed(tx, ring, person, { bankCard: "6222020000000000009", bankName: "虚构银行" }),
    );
  }
  const officers = new Map<string, Person>();
  const posts: readonly (readonly [string, string, Role])[] = [
    ["chair", "union", "chair"],
    ["organiser", "union", "organiser"],
    ["vice.county", "county", "vice_chair"],
    ["aid.county", "county", "aid"],
    ["aid2.county", "county", "aid"],
    ["approver.city", "city", "vice_chair"],
  ];
  for (const [index, [login, at, role]] of posts.entries()) {
    const person = people[index]!;
    const unit = units.get(at)!;
    await foundPost(tx, {
      id: derivedId<"post">("generated", login),
      unitId: unit.id,
      personId: person.id,
      personName: person.name,
      personDistrict: person.district,
      role,
      from: unit.createdOn,
    });
    officers.set(login, person);
  }
  const workers = new Map(people.slice(posts.length).map((person, index) => [`w${index}`, person]));
  const played = await playPatterns(
    tx,
    { ring, calendar: fictitiousCalendar(today), today },
    { units, officers, workers },
  );
  const patterns: Pattern[] = [];
  const chain = (await chainsOfUnits(tx)).get(union.id)!;
  for (const caseId of played) patterns.push(await patternOf(tx, ring, caseId, chain));
  return {
    open: patterns.filter((one) => one.state === "open"),
    ended: patterns.filter((one) => one.state === "ended"),
  };
}

async function patternOf(
  tx: Tx,
  ring: Keyring,
  caseId: string,
  chain: readonly ChainUnit[],
): Promise<Pattern> {
  const file = (await tx
    .selectFrom("case_file")
    .selectAll()
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow()) as Row;
  const rows = await tx
    .selectFrom("case_action")
    .selectAll()
    .where("case_id", "=", caseId)
    .orderBy("seq")
    .execute();
  return {
    service: file.service as string,
    state: file.state as string,
    openedOn: file.opened_on as Day,
    lastOn: rows.at(-1)!.on_day as Day,
    file,
    actions: rows.map((row) => ({
      row,
      open: row.sealed === null ? null : unsealJson(ring, target(row), row.sealed),
    })),
    applicant: {
      id: file.applicant_id as string,
      district: file.district as string,
      name: file.applicant_name as string,
      path: file.path as string,
      unitId: file.unit_id as string,
    },
    chain,
  };
}

const target = (row: Row) => ({
  compartment: row.district as string,
  about: `case/${row.case_id}/${row.id}`,
});

const fileColumns = [
  "district",
  "id",
  "number",
  "service",
  "service_version",
  "unit_id",
  "path",
  "applicant_id",
  "applicant_district",
  "applicant_name",
  "on_behalf_by",
  "subject_id",
  "step",
  "state",
  "outcome",
  "turn",
  "turn_unit_id",
  "turn_path",
  "turn_power",
  "step_since",
  "due_on",
  "clock",
  "escalated",
  "answers",
  "facts",
  "pins",
  "amount_fen",
  "confidential",
  "opened_on",
  "opened_at",
  "ended_on",
  "rating",
  "rated_on",
  "seq",
  "head_hash",
] as const;
const actionColumns = [
  "district",
  "case_id",
  "seq",
  "id",
  "name",
  "by_person",
  "by_name",
  "by_unit_id",
  "by_role",
  "at",
  "on_day",
  "from_step",
  "to_step",
  "due_on",
  "note",
  "answers",
  "sealed",
  "effects",
  "after",
  "content_hash",
  "hash",
] as const;

interface Place {
  readonly index: number;
  readonly applicant: Applicant;
  readonly chain: readonly ChainUnit[];
  readonly days: number;
  readonly serials: Map<string, number>;
  readonly key: string;
}

/** One case after its pattern, as lines for COPY. */
function write(lines: ReturnType<typeof emptyLines>, ring: Keyring, pattern: Pattern, place: Place): void {
  const caseId = derivedId<"case">("generated", String(place.index));
  const openedOn = addDays(pattern.openedOn, -place.days);
  const serialKey = place.key + yearOf(openedOn);
  const serial = (place.serials.get(serialKey) ?? 0) + 1;
  place.serials.set(serialKey, serial);
  const written = String(pattern.file.number);
  const number = `${yearOf(openedOn)}-${place.applicant.district}-${written.split("-")[2]}-${String(serial).padStart(5, "0")}`;
  const exchange = exchanger(pattern, place, caseId, number);
  let previous: Buffer | null = null;
  for (const { row, open } of pattern.actions) {
    const id = derivedId<"action">("generated", String(place.index), String(row.seq));
    const shifted: Record<string, unknown> = {
      ...(exchange(row) as Row),
      district: place.applicant.district,
      case_id: caseId,
      id,
    };
    if (open !== null) shifted.sealed = Buffer.from(sealJson(ring, target(shifted), exchange(open)));
    const { hash: _, ...content } = shifted;
    previous = Buffer.from(actionHash({ ring }, previous, content), "hex");
    lines.actions += line(actionColumns, { ...shifted, hash: previous });
  }
  lines.files += line(fileColumns, {
    ...(exchange(pattern.file) as Row),
    district: place.applicant.district,
    applicant_district: place.applicant.district,
    number,
    subject_id: null,
    head_hash: previous,
  });
  lines.lookups += line(["case_id", "district"], { case_id: caseId, district: place.applicant.district });
  lines.cases++;
}

/** Replaces the pattern's ids, names, places and days wherever they stand in a value. */
function exchanger(
  pattern: Pattern,
  place: Place,
  caseId: string,
  number: string,
): (value: unknown) => unknown {
  const words = new Map<string, string>([
    [pattern.file.id as string, caseId],
    [pattern.file.number as string, number],
    [pattern.applicant.id, place.applicant.id],
    [pattern.applicant.name, place.applicant.name],
    ...pattern.chain.flatMap((unit, index) => {
      const other = place.chain[index] ?? place.chain.at(-1)!;
      return [
        [unit.id, other.id],
        [unit.name, other.name],
        [unit.path, other.path],
      ] as [string, string][];
    }),
  ]);
  const exchange = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return addDays(value as Day, -place.days);
      return words.get(value) ?? value;
    }
    if (value instanceof Date) return new Date(value.getTime() - place.days * 86_400_000);
    if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return value;
    if (Array.isArray(value)) return value.map(exchange);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, exchange(one)]));
  };
  return exchange;
}

function line(columns: readonly string[], row: Row): string {
  return `${columns.map((column) => cell(row[column])).join("\t")}\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "\\N";
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString("hex")}`;
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.replace(
    /[\\\t\n\r]/g,
    (sign) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" })[sign]!,
  );
}

function emptyLines() {
  return {
    files: "",
    actions: "",
    lookups: "",
    cases: 0,
    async copy(tx: Tx) {
      if (this.cases === 0) return;
      await copyIn(tx, `copy case_file (${fileColumns.join(", ")}) from stdin`, [this.files]);
      await copyIn(tx, `copy case_action (${actionColumns.join(", ")}) from stdin`, [this.actions]);
      await copyIn(tx, "copy case_lookup (case_id, district) from stdin", [this.lookups]);
    },
  };
}
