import { sql } from "kysely";
import { copyIn, type Db, type Tx } from "../../db/index.ts";
import { addDays, day } from "../../kernel/day.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { rebuildFigures } from "../../statistics/families.ts";
import { type Draw, drawFrom } from "./draw.ts";
import {
  drawMember,
  identityCopy,
  membershipCopy,
  membershipEventCopy,
  personCopy,
  phoneCopy,
} from "./people.ts";
import { shapeOf } from "./shape.ts";
import { type DrawnUnit, drawUnits, unitsEntered } from "./units.ts";

export interface GenerateRequest {
  readonly members: number;
  readonly units: number;
  readonly seed: number;
  /** Told how many members are in, now and then. */
  readonly progress?: (members: number) => void;
}

export interface Generated {
  readonly units: number;
  readonly members: number;
  readonly seconds: number;
}

const unitCopy = `copy unit (id, path, parent_id, district, code, name, name_pinyin, name_initials, level, region_code, status,
  founded_on, term_years, term_number, term_start, term_end, employer, members, created_on) from stdin`;

/** Members copied between two commits; five tables a chunk. */
const chunk = 20_000;

/**
 * Fills an empty database with a fictitious federation of region 99, straight into the tables by COPY: for benches and
 * trials of size. The same seed gives the same rows (sealed blobs and hashes aside, which depend on the keyring). `db`
 * is opened as the owner: COPY does not pass the wall of row-level security.
 */
export async function generateFederation(
  db: Db,
  ring: Keyring,
  request: GenerateRequest,
): Promise<Generated> {
  const started = performance.now();
  const draw = drawFrom(request.seed);
  const shape = shapeOf(request.units, request.members);
  const units: DrawnUnit[] = [];
  await db.system(async (tx) => {
    await sql`insert into installation (fictitious) values (true) on conflict (id) do update set fictitious = true`.execute(
      tx,
    );
    let serial = 0;
    for (const unit of drawUnits(draw, shape, unitsEntered, () => ++serial)) units.push(unit);
    await copyIn(tx, unitCopy, linesOf(units));
    await sql`select setval('unit_segment', ${serial + 1})`.execute(tx);
  });
  let members = 0;
  let pending = emptyChunk();
  for (const unit of units) {
    for (let index = 0; index < unit.members; index++) {
      pending.add(drawOne(draw, ring, unit, members++));
      if (pending.rows < chunk) continue;
      await db.system((tx) => pending.copy(tx));
      pending = emptyChunk();
      request.progress?.(members);
    }
  }
  await db.system((tx) => pending.copy(tx));
  await db.system((tx) =>
    sql`update unit set members = held.n from
    (select unit_id, count(*)::int as n from membership where status in ('ACTIVE', 'TRANSFER_OUT') group by 1) held
    where held.unit_id = unit.id and unit.members <> held.n`.execute(tx),
  );
  await db.systemRead((tx) => sql`analyze`.execute(tx));
  await rebuildFigures(db);
  return { units: units.length, members, seconds: (performance.now() - started) / 1000 };
}

function drawOne(draw: Draw, ring: Keyring, unit: DrawnUnit, serial: number) {
  return drawMember(draw, ring, unit, serial, addDays(unitsEntered, draw.whole(0, 900)));
}

function* linesOf(units: readonly DrawnUnit[]): Generator<string> {
  for (const unit of units) {
    const employer =
      unit.level === "GRASSROOTS" && unit.newEmployment === null
        ? JSON.stringify({
            name: unit.name.replace("工会委员会", ""),
            industryCode: unit.industry,
            employeeCount: Math.ceil(unit.members * 1.08),
          })
        : "\\N";
    yield `${[
      unit.id,
      unit.path,
      unit.parent ?? "\\N",
      unit.district,
      unit.code,
      unit.name,
      unit.pinyin,
      unit.initials,
      unit.level,
      unit.region,
      "ACTIVE",
      unit.createdOn,
      "5",
      "1",
      unit.createdOn,
      day("2028-01-02"),
      employer,
      String(unit.members),
      unit.createdOn,
    ].join("\t")}\n`;
  }
}

/** Lines gathered for the five tables of a member. */
function emptyChunk() {
  const lines = { person: "", identity: "", phone: "", membership: "", event: "" };
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    add(member: ReturnType<typeof drawMember>) {
      rows++;
      lines.person += member.person;
      lines.identity += member.identityLookup;
      lines.phone += member.phoneLookup;
      lines.membership += member.membership;
      lines.event += member.membershipEvent;
    },
    async copy(tx: Tx) {
      if (rows === 0) return;
      await copyIn(tx, personCopy, [lines.person]);
      await copyIn(tx, identityCopy, [lines.identity]);
      await copyIn(tx, phoneCopy, [lines.phone]);
      await copyIn(tx, membershipCopy, [lines.membership]);
      await copyIn(tx, membershipEventCopy, [lines.event]);
    },
  };
}
