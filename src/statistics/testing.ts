import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { TestDatabase } from "../db/testing.ts";
import { addDays, type Day, day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { insertBatch, settleRow } from "../ledger/batch-store.ts";
import { moveGrant } from "../ledger/grant-store.ts";
import { mergePersons, undoMerge } from "../people/duplicates.ts";
import type { MembershipStatus, StatusReason } from "../people/membership.ts";
import { countingMembership, openMembership, writeMembership } from "../people/membership-store.ts";
import { createPerson, editPerson, getPerson } from "../people/store.ts";
import { acceptTransfer, releaseTransfer, requestTransfer } from "../people/transfer.ts";
import { findCase, insertCase, updateCase } from "../procedures/store.ts";
import { insertFile, updateFile } from "../services/care/hardship/store.ts";
import { changeUnitStatus, editUnit, moveUnit } from "../units/change.ts";
import { systemScope, type Unit, unitById } from "../units/index.ts";
import { makeUnit } from "../units/testing.ts";

/** A federation in which whatever figures count happens at random, the same in every run. */

export const start = day("2026-01-05");
const scope = systemScope();
const ring = parseKeyring(newKeyring());

type World = ReturnType<typeof worldOn>;

/** Chance, the hour, and the unions founded so far. */
export function worldOn(t: TestDatabase) {
  let moment = new Date("2026-01-05T09:00:00+08:00").getTime();
  let seed = 11;
  const draw = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const pick = <T>(of: readonly T[]): T => of[draw(of.length)]!;
  const now = () => new Date(moment);
  /** The program, a minute later than before. */
  const by = (on: Day) => {
    moment += 60_000;
    return { by: null, person: null, at: now(), day: on };
  };
  const units: Unit["id"][] = [];
  const unions: Unit["id"][] = [];

  async function found(
    name: string,
    level: Unit["level"],
    parentId: Unit["id"] | null,
    regionCode: string,
    workers?: number,
  ): Promise<Unit["id"]> {
    return t.db.system(async (tx) => {
      const employer = workers === undefined ? null : { name, employeeCount: workers };
      const unit = await makeUnit(tx, { name, level, parentId, regionCode, employer }, by(start));
      units.push(unit.id);
      if (level === "GRASSROOTS") unions.push(unit.id);
      return unit.id;
    });
  }

  /** The unions there are from the beginning. */
  async function begin(): Promise<void> {
    await t.standing();
    await t.owner.system((tx) => sql`insert into installation (fictitious) values (true)`.execute(tx));
    const province = await found("虚构省总工会", "PROVINCIAL", null, "990000");
    const city = await found("云溪市总工会", "PREFECTURE", province, "990100");
    const near = await found("云溪县总工会", "COUNTY", city, "990101");
    const far = await found("虚谷区总工会", "COUNTY", city, "990102");
    // A county that stands under its province until its city is founded above it.
    const lone = await found("孤山县总工会", "COUNTY", province, "990201");
    const town = await found("云溪镇总工会", "TOWNSHIP", near, "990101001");
    await found("虚构机械厂工会", "GRASSROOTS", town, "990101001", 40);
    await found("虚构面粉厂工会", "GRASSROOTS", near, "990101");
    await found("虚构中学工会", "GRASSROOTS", far, "990102", 25);
    await found("虚构集团工会", "GRASSROOTS", lone, "990201", 90);
    await found("虚构集团一分厂工会", "GRASSROOTS", unions.at(-1)!, "990201");
  }

  return { draw, pick, now, by, units, unions, found, begin };
}

/** What may happen on a day; most of what is drawn may be refused, which changes nothing. The first: somebody joins. */
export function happeningsIn(world: World): readonly ((tx: Tx, on: Day) => Promise<unknown>)[] {
  const { draw, pick, now, by, units, unions } = world;
  const people: Id<"person">[] = [];
  const cases: string[] = [];
  const files: { district: string; caseId: string }[] = [];
  const grants: { district: string; id: string }[] = [];
  const batches: { district: string; id: string }[] = [];
  const merges: Id<"merge">[] = [];
  return [
    async (tx, on) => {
      const unit = (await unitById(tx, pick(unions)))!;
      const person = expect(
        await createPerson(
          tx,
          ring,
          {
            unit,
            name: `某${people.length}`,
            identity: null,
            sex: pick([1, 2, null]),
            birthDate: draw(5) === 0 ? null : addDays(day("1960-01-01"), draw(17_000)),
            migrant: pick([true, false, null]),
            newEmploymentGroup: pick([null, null, "COURIER"]),
            employmentType: pick([null, "CONTRACT", "DISPATCHED"]),
          },
          on,
        ),
      );
      people.push(person.id);
      const status = draw(6) === 0 ? "APPLIED" : "ACTIVE";
      const kind = draw(9) === 0 ? "service" : "member";
      return openMembership(tx, { person, unit, status, kind }, by(on));
    },
    async (tx) =>
      editPerson(tx, ring, await getPerson(tx, pick(people)), {
        birthDate: addDays(day("1960-01-01"), draw(17_000)),
        sex: pick([1, 2]),
        education: pick(["20", "40", null]),
        migrant: pick([true, false]),
      }),
    async (tx, on) => {
      const person = await getPerson(tx, pick(people));
      const relation = await countingMembership(tx, person);
      if (!relation) return;
      const [to, reason] = pick<readonly [MembershipStatus, StatusReason]>([
        ["RETAINED", "RETIRED"],
        ["ACTIVE", "REEMPLOYED"],
        ["WITHDRAWN", "VOLUNTARY"],
        ["EXPELLED", "CRIMINAL"],
        ["DECEASED", "DEATH"],
        ["CANCELLED", "DUPLICATE"],
      ]);
      if (to !== relation.status) await writeMembership(tx, relation, { to, reason }, by(on));
    },
    async (tx, on) => {
      const person = await getPerson(tx, pick(people));
      const membership = await countingMembership(tx, person);
      const to = (await unitById(tx, pick(unions)))!;
      if (!membership || membership.unitId === to.id) return;
      const asked = await requestTransfer(tx, {
        person,
        membership,
        to,
        initiatedBy: "member",
        by: null,
        reason: "JOB_CHANGE",
        day: on,
        dueOn: on,
      });
      if (isRefusal(asked)) return;
      const released = expect(
        await releaseTransfer(tx, asked, membership, { ...by(on), unit: membership.unitId }),
      );
      const out = (await countingMembership(tx, person))!;
      expect(await acceptTransfer(tx, ring, released, out, to, { ...by(on), unit: to.id }));
    },
    async (tx, on) => {
      const id = newId<"merge">();
      const done = await mergePersons(
        tx,
        ring,
        scope,
        { id, keepId: pick(people), mergeId: pick(people) },
        by(on),
      );
      if (isRefusal(done)) return done;
      merges.push(id);
      const gone = await sql<{
        id: Id<"person">;
      }>`select id from person where merged_into is not null and merged_into <> id`.execute(tx);
      for (const row of gone.rows) if (people.includes(row.id)) people.splice(people.indexOf(row.id), 1);
      return done;
    },
    async (tx) => {
      const id = merges.pop();
      if (id === undefined || draw(2) === 0) return;
      const apart = await undoMerge(tx, scope, id, now());
      if (!isRefusal(apart)) people.push(apart.mergedId);
      return apart;
    },
    async (tx, on) => {
      const unit = (await unitById(tx, pick(unions)))!;
      const id = newId<"case">();
      const fixed = {
        district: unit.district,
        id,
        number: `2026-${unit.district}-HS-${String(cases.length).padStart(5, "0")}`,
        service: pick(["hardship-file", "living-aid"]),
        service_version: 1,
        unit_id: unit.id,
        path: unit.path,
        applicant_id: pick(people),
        applicant_district: unit.district,
        applicant_name: "某",
        on_behalf_by: null,
        confidential: "normal",
        opened_on: addDays(on, -draw(40)),
        opened_at: now(),
        pins: {},
        parent_id: null,
        previous_id: null,
        follow_of: null,
      };
      cases.push(id);
      await insertCase(tx, fixed, movedCase(world, on, 1));
    },
    async (tx, on) => {
      if (cases.length === 0) return;
      const row = (await findCase(tx, pick(cases)))!;
      if (row.state === "open") await updateCase(tx, row, movedCase(world, on, row.seq + 1));
    },
    async (tx, on) => {
      const unit = (await unitById(tx, pick(unions)))!;
      const file = { district: unit.district, caseId: newId<"case">() };
      files.push(file);
      await insertFile(tx, {
        district: unit.district,
        id: newId(),
        file_no: `${unit.district}-${files.length}`,
        case_id: file.caseId,
        household_id: newId(),
        head_id: pick(people),
        head_name: "某",
        unit_id: unit.id,
        path: unit.path,
        category: pick(["deep", "relative"]),
        tier: "city",
        main_cause: pick(["illness", "accident"]),
        member_count: 2,
        filed_on: on,
        valid_to: addDays(on, 365),
        next_visit_on: null,
        liaison_id: null,
        liaison_name: null,
        previous_file_id: null,
      });
    },
    async (tx, on) => {
      if (files.length === 0) return;
      const change = pick([
        { state: "reverifying" },
        { state: "active", category: "accident" },
        { state: "exited", exit_reason: "reemployed", exited_on: on },
      ]);
      await updateFile(tx, pick(files), change);
    },
    async (tx, on) => {
      const unit = (await unitById(tx, pick(unions)))!;
      const grant = { district: unit.district, id: newId() };
      grants.push(grant);
      await sql`insert into aid_grant (district, id, case_id, beneficiary_id, beneficiary_district, beneficiary_name, unit_id, path, kind,
          amount_fen, year, state, decided_on, cap_check, payee_sealed)
        values (${grant.district}, ${grant.id}, ${newId()}, ${newId()}, ${grant.district}, '某', ${unit.id}, ${unit.path},
          ${pick(["living", "medical"])}, ${100 + draw(5000)}, 2026, 'decided', ${on}, '[]', '')`.execute(tx);
    },
    async (tx, on) => {
      if (grants.length === 0) return;
      const grant = pick(grants);
      const fund = {
        id: newId(),
        district: grant.district,
        name: "某",
        source: pick(["donation", "union_dues"]),
      };
      if (await moveGrant(tx, grant, ["decided"], { state: "paid", paidOn: on, fund })) return;
      await moveGrant(
        tx,
        grant,
        ["paid"],
        pick([{ state: "recovered" }, { state: "decided", paidOn: null, fund: null }]),
      );
    },
    async (tx, on) => {
      const unit = (await unitById(tx, pick(unions)))!;
      const fundId = newId();
      await sql`insert into fund (district, id, unit_id, path, source, name, year, purposes)
        values (${unit.district}, ${fundId}, ${unit.id}, ${unit.path}, 'donation', '某', 2026, '{living}')`.execute(
        tx,
      );
      const batch = { district: unit.district, id: newId() };
      batches.push(batch);
      const number = `2026-${unit.district}-F-${batches.length}`;
      await insertBatch(tx, {
        ...batch,
        number,
        unitId: unit.id,
        path: unit.path,
        fundId,
        purpose: "living",
        title: "某",
        dueOn: addDays(on, 5),
        madeBy: pick(people),
        madeOn: on,
      });
    },
    async (tx, on) => {
      if (batches.length === 0) return;
      const dueOn = pick([null, addDays(on, 3)]);
      await settleRow(tx, pick(batches), [], { state: "reviewed", dueOn, bankFileNo: 0, decision: null });
    },
    async (tx, on) => {
      const union = pick(unions);
      const parent = pick(units);
      return moveUnit(tx, scope, union, parent, "调整隶属", by(on));
    },
    async (tx, on) => {
      const unit = (await unitById(tx, pick(unions)))!;
      const employer = pick([null, { name: "某厂", employeeCount: 10 + draw(90) }]);
      return editUnit(tx, scope, unit.id, unit.version, { employer }, by(on));
    },
    async (tx, on) =>
      changeUnitStatus(tx, scope, pick(units), pick(["SUSPENDED", "ACTIVE"] as const), "整改", by(on)),
  ];
}

/** A case as it stands after something has happened to it. */
function movedCase({ draw, pick }: Pick<World, "draw" | "pick">, on: Day, seq: number) {
  const ended = draw(3) === 0;
  return {
    step: ended ? "ended" : pick(["active", "review", "reverifying"]),
    state: ended ? ("ended" as const) : ("open" as const),
    outcome: ended ? pick(["granted", "refused"]) : null,
    turn: "nobody" as const,
    turn_unit_id: null,
    turn_path: null,
    turn_power: null,
    step_since: on,
    due_on: ended ? null : pick([null, addDays(on, draw(20) - 10)]),
    clock: {},
    escalated: false,
    answers: {},
    facts: {},
    amount_fen: null,
    ended_on: ended ? on : null,
    rating: ended ? pick([null, 4, 5]) : null,
    rated_on: null,
    seq,
    head_hash: Buffer.alloc(32),
  };
}
