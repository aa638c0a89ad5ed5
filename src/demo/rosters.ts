import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { type Day, day, startOf } from "../kernel/day.ts";
import { fictitiousIdentity } from "../kernel/identity-number.ts";
import { derivedId } from "../kernel/ids.ts";
import type { Keyring } from "../kernel/seal.ts";
import { employmentGroups } from "../people/codes.ts";
import type { PreparedRow } from "../people/roster/prepare.ts";
import { readRow } from "../people/roster/row.ts";
import { claimIdentities, insertNewPeople, openStage, stage } from "../people/roster/stage.ts";
import { stagedNew, stageLines } from "../people/roster/stage-lines.ts";
import { identityHash, phoneHash, sealPerson } from "../people/sealed.ts";
import type { Unit } from "../units/index.ts";
import { foundedOfficers, foundedUnits, foundedWorkers } from "./federation.ts";
import { type Draw, drawFrom } from "./generate/draw.ts";
import { drawName } from "./generate/names.ts";

/**
 * The rest of each roster, drawn by a seed, the same people on every machine; read and stored at once as the rows of an
 * imported spreadsheet are.
 */
export async function foundRosters(
  tx: Tx,
  ring: Keyring,
  units: ReadonlyMap<string, Unit>,
  on: Day,
): Promise<void> {
  const rows = [...drawnRows(ring, units, on)];
  await openStage(tx);
  await stage(tx, stageLines(rows.map(stagedNew)));
  const taken = await claimIdentities(tx, rows.length);
  if (taken.length > 0) throw new Error("the drawn rosters name somebody twice");
  await insertNewPeople(tx, null, null, startOf(on), on);
  // The stage told the planner to keep to indexes; what is founded after it is small.
  await sql`select set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
    set_config('enable_mergejoin', 'on', true)`.execute(tx);
}

function* drawnRows(ring: Keyring, units: ReadonlyMap<string, Unit>, on: Day): Generator<PreparedRow> {
  const draw = drawFrom(20240301);
  let serial = 0;
  for (const one of foundedUnits) {
    const unit = units.get(one.key)!;
    const known = [...foundedOfficers, ...foundedWorkers].filter((person) => person.unit === one.key).length;
    for (let index = known; index < (one.members ?? 0); index++) {
      const { name } = drawName(draw);
      const born = bornOn(draw);
      // The sequence's last digit tells the sex: odd for men. None ends in 00, as numbers do that Excel cut.
      const sequence = ((++serial % 49) + 1) * 2 + (draw.chance(0.44) ? 0 : 1);
      const number = fictitiousIdentity(unit.district, born, sequence);
      const cells = {
        name,
        idNumber: number,
        phone: `138${String(99000000 + serial)}`,
        ethnicity: "汉族",
        education: draw.pick(["大学本科", "大学专科", "中等职业教育", "初中"]),
        politicalStatus: draw.chance(0.1) ? "中共党员" : "群众",
        employer: unit.employer?.name ?? null,
        joinedOn: on,
        migrant: draw.chance(0.4) ? "是" : "否",
        group: one.newEmployment ? employmentGroups[one.newEmployment]!.zh : null,
      };
      const { draft } = readRow(cells, { today: on, fictitious: true });
      if (draft === null) throw new Error(`the drawn roster has a bad row: ${JSON.stringify(cells)}`);
      const id = derivedId<"person">("demo", `roster-${serial}`);
      const facts = { idNumber: number, phone: cells.phone };
      yield {
        sheet: one.name,
        row: index + 1,
        draft,
        home: unit,
        unitNamed: false,
        confirms: false,
        id,
        membershipId: derivedId<"membership">("demo", `roster-${serial}`),
        eventId: derivedId<"membership-event">("demo", `roster-${serial}`),
        idHash: identityHash(ring, draft.identity),
        phoneHash: phoneHash(ring, facts.phone),
        facts,
        sealed: sealPerson(ring, unit.district, id, facts),
      };
    }
  }
}

const bornOn = (draw: Draw): Day =>
  day(
    `${draw.whole(1966, 2004)}-${String(draw.whole(1, 12)).padStart(2, "0")}-${String(draw.whole(1, 28)).padStart(2, "0")}`,
  );
