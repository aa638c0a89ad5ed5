import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, type Refusal, refuse, type Source } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import type { Keyring } from "../kernel/seal.ts";
import type { Text } from "../kernel/words.ts";
import { getUnit, isClosed } from "../units/index.ts";
import { counts, statusTitles } from "./membership.ts";
import { getMembership, type Membership, openMembership, writeMembership } from "./membership-store.ts";
import type { Home, Person } from "./person.ts";
import { sealPerson, unsealPerson } from "./sealed.ts";
import { recordingPeople } from "./tallies.ts";

/** 会籍接转: asked for, released by the old union, accepted by the new (membership.md §9.2). */
export const transferTitles = {
  requested: { zh: "待原工会转出", en: "Awaiting release" },
  released: { zh: "待新工会接收", en: "Awaiting acceptance" },
  accepted: { zh: "已接收", en: "Accepted" },
  refused: { zh: "未接收", en: "Not accepted" },
  cancelled: { zh: "已撤回", en: "Called back" },
  escalated: { zh: "已报共同上级", en: "Before the common superior" },
} as const satisfies Record<string, Text>;

export type TransferStatus = keyof typeof transferTitles;

export interface Transfer {
  readonly district: District;
  readonly id: Id<"transfer-request">;
  readonly personId: Id<"person">;
  readonly personName: string;
  readonly membershipId: Id<"membership">;
  readonly fromUnitId: Id<"unit">;
  readonly fromPath: UnitPath;
  readonly toUnitId: Id<"unit">;
  readonly toPath: UnitPath;
  readonly toDistrict: District;
  readonly status: TransferStatus;
  readonly initiatedBy: "member" | "from" | "to" | "upper";
  readonly reason: string | null;
  readonly requestedOn: Day;
  readonly releasedOn: Day | null;
  readonly endedOn: Day | null;
  readonly dueOn: Day | null;
  /** What the union that asked says of it: how the member agreed. */
  readonly grounds: string | null;
  /** Why it was not accepted. */
  readonly note: string | null;
}

/** What a `Transfer` is read from, of the table as `t`. */
export const transferColumns = sql`t.district, t.id, t.person_id as "personId", t.person_name as "personName", t.membership_id as "membershipId",
  t.from_unit_id as "fromUnitId", t.from_path as "fromPath", t.to_unit_id as "toUnitId", t.to_path as "toPath",
  t.to_district as "toDistrict", t.status, t.initiated_by as "initiatedBy", t.reason, t.requested_on as "requestedOn",
  t.released_on as "releasedOn", t.ended_on as "endedOn", t.due_on as "dueOn", t.grounds, t.note`;

/**
 * 两家工会都登记的派遣工: agency and user unit each name the worker a member. One relation stands; the other union's claim
 * is a transfer it asked for, on which the worker alone decides (Labour Contract Law, Article 64; membership.md §12.6).
 */
export const claimReason = "DISPATCHED";

/** Whether a transfer is a claim that the worker decides. */
export function isClaim(transfer: Pick<Transfer, "reason" | "initiatedBy">): boolean {
  return transfer.reason === claimReason && transfer.initiatedBy === "to";
}

const article64: Source = {
  document: { zh: "《中华人民共和国劳动合同法》", en: "Labour Contract Law" },
  article: "第六十四条",
};

/** Asks for a transfer. Refuses `transfer-open` while another of the person's is under way. */
export async function requestTransfer(
  tx: Tx,
  asked: {
    readonly id?: Id<"transfer-request">;
    readonly person: Pick<Person, "district" | "id" | "name">;
    readonly membership: {
      readonly id: Id<"membership">;
      readonly unitId: Id<"unit">;
      readonly path: UnitPath;
    };
    readonly to: Home;
    readonly initiatedBy: Transfer["initiatedBy"];
    readonly by: Id<"person"> | null;
    readonly reason: string;
    readonly grounds?: string | undefined;
    readonly day: Day;
    readonly dueOn: Day;
    readonly importId?: Id<"import">;
  },
): Promise<Or<Transfer>> {
  const { person, membership, to } = asked;
  const { rows } = await sql<Transfer>`
    insert into membership_transfer as t (district, id, person_id, person_name, membership_id, from_unit_id, from_path, to_unit_id,
      to_path, to_district, status, initiated_by, by_person, reason, grounds, requested_on, due_on, import_id)
    values (${person.district}, ${asked.id ?? newId<"transfer-request">()}, ${person.id}, ${person.name}, ${membership.id},
      ${membership.unitId}, ${membership.path}, ${to.id}, ${to.path}, ${to.district}, 'requested', ${asked.initiatedBy},
      ${asked.by}, ${asked.reason}, ${asked.grounds ?? null}, ${asked.day}, ${asked.dueOn}, ${asked.importId ?? null})
    on conflict (district, person_id) where status in ('requested','released','escalated') do nothing
    returning ${transferColumns}`.execute(tx);
  return rows[0] ?? refuse("transfer-open");
}

/**
 * A transfer by its id alone, in whatever district; null when there is none. Nothing is locked, and whose it
 * is is not asked.
 */
export async function transferOf(tx: Tx, id: Id<"transfer-request">): Promise<Transfer | null> {
  const { rows } =
    await sql<Transfer>`select ${transferColumns} from membership_transfer t where t.id = ${id}`.execute(tx);
  return rows[0] ?? null;
}

/** Whether a transfer of a person is under way. */
export async function hasOpenTransfer(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
): Promise<boolean> {
  const { rows } = await sql`select 1 from membership_transfer t where t.district = ${person.district}
    and t.person_id = ${person.id} and t.status in ('requested','released','escalated')`.execute(tx);
  return rows.length > 0;
}

/** A step of a transfer by one of its unions. */
export interface TransferStep {
  /** The union that acts. */
  readonly unit: Id<"unit">;
  readonly by: Id<"person"> | null;
  readonly at: Date;
  readonly day: Day;
  readonly note?: string;
  /** The worker said so, of a claim that is theirs to decide. false. */
  readonly chosen?: boolean;
}

/** Who may take a step, and from which states (membership.md §12, check 4). */
function decideTransfer(
  transfer: Pick<Transfer, "status" | "fromUnitId" | "toUnitId" | "reason" | "initiatedBy">,
  step: "release" | "accept" | "refuse" | "callBack",
  { unit, chosen }: Pick<TransferStep, "unit" | "chosen">,
): Or<"ok"> {
  const offered = {
    release: chosen ? ["requested", "escalated"] : ["requested"],
    accept: ["released", "escalated"],
    refuse: ["requested", "released", "escalated"],
    callBack: ["requested", "released"],
  } as const;
  if (!(offered[step] as readonly string[]).includes(transfer.status)) {
    return refuse("transfer-not-offered", { status: transferTitles[transfer.status], offered: [] });
  }
  // The claiming union may let its claim go; nothing else is a union's to decide until the worker was asked in vain.
  const letsGo = step === "refuse" && unit === transfer.toUnitId;
  if (isClaim(transfer) && !chosen && !letsGo && transfer.status !== "escalated")
    return refuse("worker-chooses-union", {}, { source: article64 });
  const mine = step === "release" ? transfer.fromUnitId : step === "accept" ? transfer.toUnitId : null;
  const either = unit === transfer.fromUnitId || unit === transfer.toUnitId;
  if (mine === null ? !either : unit !== mine) return refuse("transfer-other-union");
  return "ok";
}

export type TransferStepName = "release" | "accept" | "refuse";

/**
 * Why a step that moves a relation may not be taken: it has ended meanwhile (`transfer-membership-over`). Nobody who was
 * expelled, left or died is made a member again by a transfer that was still under way; it can only be refused.
 */
export function membershipOver(
  step: TransferStepName,
  membership: Pick<Membership, "status">,
): Refusal | undefined {
  if (step === "refuse" || counts(membership.status)) return undefined;
  return refuse("transfer-membership-over", { status: statusTitles[membership.status] });
}

/**
 * The union for which whoever stands over one union of a transfer, or over both, takes a step; or why they may not. One
 * answer for the button and for the act.
 */
export function mayStep(
  transfer: Pick<Transfer, "status" | "fromUnitId" | "toUnitId" | "reason" | "initiatedBy" | "releasedOn">,
  step: TransferStepName,
  over: { readonly from: boolean; readonly to: boolean },
): Or<Id<"unit">> {
  const { fromUnitId, toUnitId } = transfer;
  // What the old union never released is decided by a union above both, not by the new one alone.
  const overdue = transfer.status === "escalated" && transfer.releasedOn === null;
  if (step === "accept" && overdue && !(over.from && over.to)) return refuse("transfer-common-superior");
  // Who stands over both acts for the side whose turn it is.
  const first = step === "release" ? over.from : !over.to;
  const unit = first ? fromUnitId : toUnitId;
  const may = decideTransfer(transfer, step, { unit });
  return may === "ok" ? unit : may;
}

/** The old union lets go: the relation is `TRANSFER_OUT`, still counted there until the new one accepts. */
export async function releaseTransfer(
  tx: Tx,
  transfer: Transfer,
  membership: Membership,
  step: TransferStep,
): Promise<Or<Transfer>> {
  const may = decideTransfer(transfer, "release", step);
  if (may !== "ok") return may;
  const over = membershipOver("release", membership);
  if (over) return over;
  if (membership.status === "ACTIVE") {
    const out = await writeMembership(tx, membership, { to: "TRANSFER_OUT", reason: "JOB_CHANGE" }, step);
    if (isRefusal(out)) return out;
  }
  return moved(tx, transfer, sql`status = 'released', released_on = ${step.day}`);
}

/**
 * The new union accepts: the relation stands there, active, under the same number; the person's record goes with
 * it. Within a district the row moves; into another the record is made anew there and the old one points to it.
 */
export async function acceptTransfer(
  tx: Tx,
  ring: Keyring,
  transfer: Transfer,
  membership: Membership,
  to: Home,
  step: TransferStep,
): Promise<Or<Transfer>> {
  const may = decideTransfer(transfer, "accept", step);
  if (may !== "ok") return may;
  const over = membershipOver("accept", membership);
  if (over) return over;
  if (isClosed((await getUnit(tx, to.id)).status)) return refuse("unit-closed");
  const status = membership.status === "RETAINED" ? "RETAINED" : "ACTIVE";
  if (to.district !== membership.district) {
    const gone = await rehome(tx, ring, membership, to, status, step);
    if (isRefusal(gone)) return gone;
    return moved(tx, transfer, sql`status = 'accepted', ended_on = ${step.day}`);
  }
  const stands = await writeMembership(tx, membership, { to: status, reason: "JOB_CHANGE", unit: to }, step);
  if (isRefusal(stands)) return stands;
  await homePerson(tx, { district: transfer.district, id: transfer.personId }, to);
  return moved(tx, transfer, sql`status = 'accepted', ended_on = ${step.day}`);
}

/** The person's record stands at a union of its district. */
export async function homePerson(
  tx: Tx,
  person: Pick<Person, "district" | "id">,
  to: Pick<Home, "id" | "path">,
): Promise<void> {
  await recordingPeople(tx, [person], () =>
    sql`update person set path = ${to.path}, unit_id = ${to.id}, version = version + 1
      where district = ${person.district} and id = ${person.id}`.execute(tx),
  );
}

/**
 * Takes a person's record to another district: made anew there under the same id, sealed with that district's key.
 * The old row stays, empty of what is sealed and pointing to the person, because its history hangs on it.
 */
async function rehome(
  tx: Tx,
  ring: Keyring,
  membership: Membership,
  to: Home,
  status: "ACTIVE" | "RETAINED",
  step: TransferStep,
): Promise<Or<Membership>> {
  const { district: old, personId: id } = membership;
  const { rows } = await sql<{ district: District; id: string; sealed: Buffer | null; hash: Buffer | null }>`
    select district, id, sealed, id_hash as hash from person where district = ${old} and id = ${id} for update`.execute(
    tx,
  );
  const facts = unsealPerson(ring, rows[0]!);
  const left = await writeMembership(tx, membership, { to: "CANCELLED", reason: "JOB_CHANGE" }, step);
  if (isRefusal(left)) return left;
  await sql`insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, sex, birth_date, ethnicity, education,
      political_status, skill_level, employment_type, employment_status, employer_name, job_title, new_employment_group, migrant,
      id_kind, id_hash, sealed, to_complete, created_on, version, former_districts)
    select ${to.district}, id, ${to.path}, ${to.id}, name, name_pinyin, name_initials, sex, birth_date, ethnicity, education,
      political_status, skill_level, employment_type, employment_status, employer_name, job_title, new_employment_group, migrant,
      id_kind, id_hash, ${sealPerson(ring, to.district, id, facts)}, to_complete, created_on, version + 1,
      array_append(array_remove(former_districts, ${to.district}), district)
    from person where district = ${old} and id = ${id}
    on conflict (district, id) do update set path = excluded.path, unit_id = excluded.unit_id, name = excluded.name,
      sealed = excluded.sealed, merged_into = null, version = excluded.version, former_districts = excluded.former_districts`.execute(
    tx,
  );
  await recordingPeople(tx, [{ district: old, id }], () =>
    sql`update person set merged_into = id, sealed = null, member_status = null where district = ${old} and id = ${id}`.execute(
      tx,
    ),
  );
  await sql`update identity_lookup set district = ${to.district} where person_id = ${id} and hash = ${rows[0]!.hash}`.execute(
    tx,
  );
  await sql`update phone_lookup set district = ${to.district} where person_id = ${id}`.execute(tx);
  await sql`update account set district = ${to.district} where person_id = ${id}`.execute(tx);
  await sql`update post set person_district = ${to.district} where person_id = ${id}`.execute(tx);
  return openMembership(
    tx,
    {
      person: { district: to.district, id },
      unit: to,
      status,
      reason: status === "RETAINED" ? (membership.reason ?? "RETIRED") : "JOB_CHANGE",
      continues: membership,
      memberNo: membership.memberNo,
      joinedOn: membership.joinedOn,
    },
    step,
  );
}

/** Either union says no, or the initiator calls it back: the relation is active where it was. */
export async function refuseTransfer(
  tx: Tx,
  transfer: Transfer,
  membership: Membership,
  step: TransferStep,
): Promise<Or<Transfer>> {
  const may = decideTransfer(transfer, "refuse", step);
  if (may !== "ok") return may;
  if (membership.status === "TRANSFER_OUT") {
    const back = await writeMembership(tx, membership, { to: "ACTIVE", reason: "RESTORED" }, step);
    if (isRefusal(back)) return back;
  }
  return moved(tx, transfer, sql`status = 'refused', ended_on = ${step.day}, note = ${step.note ?? null}`);
}

/** Claims on a person that wait for their choice. */
export async function claimsOn(tx: Tx, person: Pick<Person, "district" | "id">) {
  const { rows } = await sql<Transfer & { fromUnitName: string; toUnitName: string }>`
    select ${transferColumns}, f.name as "fromUnitName", o.name as "toUnitName" from membership_transfer t
    join unit f on f.id = t.from_unit_id join unit o on o.id = t.to_unit_id
    where t.district = ${person.district} and t.person_id = ${person.id} and t.reason = ${claimReason}
      and t.initiated_by = 'to' and t.status in ('requested', 'escalated')`.execute(tx);
  return rows;
}

/** The worker chooses between two unions: the relation goes to the claiming one at once, or stays where it is. */
export async function chooseUnion(
  tx: Tx,
  ring: Keyring,
  transfer: Transfer,
  membership: Membership,
  to: Home,
  choice: { readonly move: boolean; readonly at: Date; readonly day: Day; readonly note?: string },
): Promise<Or<Transfer>> {
  if (!isClaim(transfer)) return refuse("not-found");
  const step = { ...choice, by: transfer.personId, chosen: true };
  if (!choice.move) return refuseTransfer(tx, transfer, membership, { ...step, unit: transfer.fromUnitId });
  const released = await releaseTransfer(tx, transfer, membership, { ...step, unit: transfer.fromUnitId });
  if (isRefusal(released)) return released;
  const out = await getMembership(tx, membership.district, membership.id);
  return acceptTransfer(tx, ring, released, out, to, { ...step, unit: transfer.toUnitId });
}

async function moved(tx: Tx, transfer: Transfer, set: ReturnType<typeof sql>): Promise<Or<Transfer>> {
  const { rows } = await sql<Transfer>`update membership_transfer t set ${set}
    where t.district = ${transfer.district} and t.id = ${transfer.id} and t.status = ${transfer.status}
    returning ${transferColumns}`.execute(tx);
  return rows[0] ?? refuse("changed-meanwhile");
}

/** Transfers nobody answered in time go before the nearest common superior, which may decide (membership.md §9.2). */
export async function escalateTransfers(tx: Tx, today: Day): Promise<readonly Transfer[]> {
  const { rows } = await sql<Transfer>`update membership_transfer t set status = 'escalated'
    where t.status in ('requested','released') and t.due_on < ${today}::date returning ${transferColumns}`.execute(
    tx,
  );
  return rows;
}
