import { sql } from "kysely";
import { json, savepoint, type Tx, violatedConstraint } from "../db/index.ts";
import { type Day, yearsBetween } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import { record } from "../rollups/index.ts";
import { addMembers, getUnit, isClosed } from "../units/index.ts";
import { changeOf, type MemberChange } from "./member-change.ts";
import {
  counts,
  isCountedMember,
  type MembershipStatus,
  memberAge,
  type StatusReason,
  tooYoung,
} from "./membership.ts";
import type { Home, Person } from "./person.ts";
import { changeTallies, recordingPeople } from "./tallies.ts";

/** A membership as its row says. */
export interface Membership {
  readonly district: District;
  readonly id: Id<"membership">;
  readonly personId: Id<"person">;
  readonly unitId: Id<"unit">;
  readonly path: UnitPath;
  readonly memberNo: string | null;
  readonly status: MembershipStatus;
  readonly reason: StatusReason | null;
  readonly statusSince: Day;
  readonly joinedOn: Day | null;
  readonly kind: "member" | "service";
  readonly caseId: Id<"case"> | null;
}

export interface MembershipEvent {
  readonly id: Id<"membership-event">;
  readonly membershipId: Id<"membership">;
  readonly unitId: Id<"unit">;
  readonly unitName: string;
  readonly fromStatus: MembershipStatus | null;
  readonly toStatus: MembershipStatus;
  readonly reason: StatusReason | null;
  readonly byName: string | null;
  readonly onDay: Day;
  readonly at: Date;
  readonly document: unknown;
}

/** Who changes a membership and when. */
export interface ChangedBy {
  readonly by: Id<"person"> | null;
  readonly at: Date;
  readonly day: Day;
  readonly caseId?: Id<"case"> | null;
  /** Named by whoever acts, so that the same again is seen. */
  readonly eventId?: Id<"membership-event">;
  /** What the decision rests on: number, opinion, filing, note. */
  readonly document?: unknown;
}

const columns = sql`m.district, m.id, m.person_id as "personId", m.unit_id as "unitId", m.path, m.member_no as "memberNo", m.status,
  m.status_reason as reason, m.status_since as "statusSince", m.joined_on as "joinedOn", m.kind, m.case_id as "caseId"`;

/** The one relation of a person that counts: active, transferring or retained. */
export async function countingMembership(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
): Promise<Membership | null> {
  const { rows } = await sql<Membership>`select ${columns} from membership m
    where m.district = ${person.district} and m.person_id = ${person.id} and m.kind = 'member'
      and m.status in ('ACTIVE','TRANSFER_OUT','RETAINED')`.execute(tx);
  return rows[0] ?? null;
}

/** The one relation that counts of each of some people, by the person's id; whoever has none is absent. */
export async function countingMemberships(
  tx: Tx,
  people: readonly { readonly district: string; readonly id: string }[],
): Promise<ReadonlyMap<string, Membership>> {
  if (people.length === 0) return new Map();
  const districts = [...new Set(people.map(({ district }) => district))];
  const { rows } = await sql<Membership>`select ${columns} from membership m
    where m.district = any(${districts}::text[]) and m.person_id = any(${people.map(({ id }) => id)}::uuid[])
      and m.kind = 'member' and m.status in ('ACTIVE','TRANSFER_OUT','RETAINED')`.execute(tx);
  return new Map(rows.map((one) => [one.personId, one]));
}

/** Every relation a person has or had, the latest first. */
export async function membershipsOf(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
): Promise<readonly Membership[]> {
  const { rows } = await sql<Membership>`select ${columns} from membership m
    where m.district = ${person.district} and m.person_id = ${person.id} order by m.status_since desc, m.id desc`.execute(
    tx,
  );
  return rows;
}

/** One relation by its id, whatever its status; it is not locked. Throws when there is none. */
export async function getMembership(tx: Tx, district: string, id: Id<"membership">): Promise<Membership> {
  const { rows } =
    await sql<Membership>`select ${columns} from membership m where m.district = ${district} and m.id = ${id}`.execute(
      tx,
    );
  if (!rows[0]) throw new Error("membership does not exist");
  return rows[0];
}

/** What happened to a person's memberships in every district they live or lived in, the first event first. */
export async function membershipEvents(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
): Promise<readonly MembershipEvent[]> {
  const { rows: lived } = await sql<{
    district: string;
  }>`select district from person where id = ${person.id}`.execute(tx);
  const districts = [...new Set([person.district, ...lived.map((one) => one.district)])];
  const { rows } = await sql<Omit<MembershipEvent, "byName"> & { byPerson: Id<"person"> | null }>`
    select e.id, e.membership_id as "membershipId", e.unit_id as "unitId", u.name as "unitName", e.from_status as "fromStatus",
      e.to_status as "toStatus", e.reason, e.by_person as "byPerson", e.on_day as "onDay", e.at, e.document
    from membership_event e join unit u on u.id = e.unit_id
    where e.district = any(${districts}::text[]) and e.person_id = ${person.id} order by e.at, e.id`.execute(
    tx,
  );
  // Whoever wrote an event may be kept in another district.
  const writers = [...new Set(rows.flatMap((one) => one.byPerson ?? []))];
  const { rows: named } =
    writers.length === 0
      ? { rows: [] }
      : await sql<{ id: Id<"person">; name: string }>`
          select id, name from person where id = any(${writers}::uuid[]) and merged_into is null`.execute(tx);
  const names = new Map(named.map((one) => [one.id, one.name]));
  return rows.map(({ byPerson, ...one }) => ({
    ...one,
    byName: byPerson === null ? null : (names.get(byPerson) ?? null),
  }));
}

/** Whether a person's record says that they are under the age from which one may be a member. */
async function isTooYoung(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
  on: Day,
): Promise<boolean> {
  const { rows } = await sql<{ born: Day | null }>`select birth_date as born from person
    where district = ${person.district} and id = ${person.id}`.execute(tx);
  const born = rows[0]?.born ?? null;
  return born !== null && yearsBetween(born, on) < memberAge;
}

/** The next member number of a district: its code and a running number (the province's own format may replace it). */
async function nextMemberNo(tx: Tx, district: string): Promise<string> {
  const { rows } = await sql<{
    no: string;
  }>`select ${district} || lpad(nextval('member_serial')::text, 8, '0') as no`.execute(tx);
  return rows[0]!.no;
}

/**
 * Opens a relation. Refuses `already-member` when the person has one that counts: that is a transfer, never a
 * second joining (membership.md §12, check 1). A `service` relation (a second platform) stands beside. Refuses
 * `unit-closed` where the union has come to its end.
 */
export async function openMembership(
  tx: Tx,
  opened: {
    readonly id?: Id<"membership">;
    readonly person: Pick<Person, "district" | "id">;
    readonly unit: Home;
    /** Retained only where a retained relation is taken over from another district. */
    readonly status: "APPLIED" | "ACTIVE" | "RETAINED";
    /** The relation in another district that this one continues. */
    readonly continues?: Membership;
    readonly kind?: "member" | "service";
    readonly reason?: StatusReason;
    readonly memberNo?: string | null;
    readonly joinedOn?: Day | null;
    readonly importId?: Id<"import"> | null;
  },
  by: ChangedBy,
): Promise<Or<Membership>> {
  const { person, unit, status, kind = "member" } = opened;
  if (isClosed((await getUnit(tx, unit.id)).status)) return refuse("unit-closed");
  if (kind === "member" && (await countingMembership(tx, person))) return refuse("already-member");
  if (status === "ACTIVE" && !opened.continues && (await isTooYoung(tx, person, by.day))) return tooYoung();
  const memberNo =
    status === "APPLIED" ? null : (opened.memberNo ?? (await nextMemberNo(tx, person.district)));
  const joinedOn = status === "APPLIED" ? null : (opened.joinedOn ?? by.day);
  const reason = opened.reason ?? "JOINED";
  let made: Membership;
  try {
    made = await savepoint(tx, async () => {
      const { rows } = await sql<Membership>`
        insert into membership as m (district, id, person_id, unit_id, path, member_no, status, status_reason, status_since, joined_on, kind, case_id, import_id)
        values (${person.district}, ${opened.id ?? newId<"membership">()}, ${person.id}, ${unit.id}, ${unit.path}, ${memberNo}, ${status},
          ${reason}, ${by.day}, ${joinedOn}, ${kind}, ${by.caseId ?? null}, ${opened.importId ?? null})
        returning ${columns}`.execute(tx);
      return rows[0]!;
    });
  } catch (error) {
    if (violatedConstraint(error) === "membership_one") return refuse("already-member");
    throw error;
  }
  const { continues } = opened;
  const change =
    continues && isCountedMember(continues.status)
      ? "transferred"
      : changeOf(null, status, { moved: false, reason });
  await addEvent(tx, made, { status: null, change, unit: continues ?? null }, reason, by);
  if (kind === "member") {
    await mirror(tx, made, status === "APPLIED" ? null : unit);
    if (status === "ACTIVE") {
      const counted = await addMembers(tx, unit.id, 1);
      if (isRefusal(counted)) return counted;
    }
  }
  return made;
}

/**
 * Writes a change that `decideMembership` or a transfer has decided: the row, its event, the person's mirror and
 * the unions' counters, all in the caller's transaction.
 */
export async function writeMembership(
  tx: Tx,
  membership: Membership,
  change: { readonly to: MembershipStatus; readonly reason: StatusReason; readonly unit?: Home },
  by: ChangedBy,
): Promise<Or<Membership>> {
  const unit = change.unit ?? { id: membership.unitId, path: membership.path, district: membership.district };
  const joins = change.to === "ACTIVE" && membership.status === "APPLIED";
  if (
    counts(change.to) &&
    !counts(membership.status) &&
    membership.kind === "member" &&
    (await countingMembership(tx, { district: membership.district, id: membership.personId }))
  ) {
    return refuse("already-member");
  }
  const whose = { district: membership.district, id: membership.personId };
  if (change.to === "ACTIVE" && !counts(membership.status) && (await isTooYoung(tx, whose, by.day)))
    return tooYoung();
  const memberNo =
    change.to === "ACTIVE" && membership.memberNo === null && membership.kind === "member"
      ? await nextMemberNo(tx, membership.district)
      : membership.memberNo;
  const { rows } = await sql<Membership>`
    update membership m set status = ${change.to}, status_reason = ${change.reason}, status_since = ${by.day}, unit_id = ${unit.id},
      path = ${unit.path}, member_no = ${memberNo}, joined_on = ${joins ? (membership.joinedOn ?? by.day) : membership.joinedOn}
    where m.district = ${membership.district} and m.id = ${membership.id} and m.status = ${membership.status} and m.unit_id = ${membership.unitId}
    returning ${columns}`.execute(tx);
  const now = rows[0];
  if (!now) return refuse("changed-meanwhile");
  const moved = now.unitId !== membership.unitId;
  const changed = changeOf(membership.status, now.status, { moved, reason: change.reason });
  await addEvent(
    tx,
    now,
    { status: membership.status, change: changed, unit: membership },
    change.reason,
    by,
  );
  if (membership.kind !== "member") return now;
  if (membership.status !== "APPLIED_BY_UNION") await mirror(tx, now, null);
  else if (now.status !== "CANCELLED" || !(await giveBack(tx, now))) await mirror(tx, now, unit);
  const was = isCountedMember(membership.status);
  const is = isCountedMember(now.status);
  if (was && (!is || now.unitId !== membership.unitId)) await addMembers(tx, membership.unitId, -1);
  if (is && (!was || now.unitId !== membership.unitId)) {
    const counted = await addMembers(tx, now.unitId, 1);
    if (isRefusal(counted)) return counted;
  }
  return now;
}

/** The state before an event: the status, what the step changes in the counted members, the union it stood in. */
interface Before {
  readonly status: MembershipStatus | null;
  readonly change: MemberChange | null;
  readonly unit: Pick<Membership, "unitId" | "path"> | null;
}

async function addEvent(
  tx: Tx,
  now: Membership,
  before: Before,
  reason: StatusReason,
  by: ChangedBy,
): Promise<void> {
  const change = now.kind === "member" ? before.change : null;
  const from = change === "transferred" ? before.unit : null;
  await sql`insert into membership_event (district, id, membership_id, person_id, unit_id, path, from_status, to_status, reason, by_person, on_day, at, case_id, document,
      change, from_unit_id, from_path)
    values (${now.district}, ${by.eventId ?? newId<"membership-event">()}, ${now.id}, ${now.personId}, ${now.unitId}, ${now.path}, ${before.status}, ${now.status},
      ${reason}, ${by.by}, ${by.day}, ${by.at}, ${by.caseId ?? null}, ${by.document === undefined ? null : json(by.document)},
      ${change}, ${from?.unitId ?? null}, ${from?.path ?? null})`.execute(tx);
  if (change === null) return;
  const counted = {
    district: now.district,
    unit_id: now.unitId,
    from_unit_id: from?.unitId ?? null,
    on_day: by.day,
    change,
  };
  await record(tx, changeTallies, [], [counted]);
}

/**
 * An entry of a roster came to nothing: the record of somebody who was known before stands again where it stood, as what they
 * were there. False when it stood nowhere else.
 */
async function giveBack(tx: Tx, entry: Membership): Promise<boolean> {
  const { rows } = await sql<{ id: Id<"unit">; path: UnitPath }>`
    select u.id, u.path from membership_event e join unit u on u.id = e.from_unit_id
    where e.district = ${entry.district} and e.membership_id = ${entry.id} and e.to_status = 'APPLIED_BY_UNION'
    order by e.at desc limit 1`.execute(tx);
  const [home] = rows;
  if (!home) return false;
  await recordingPeople(tx, [{ district: entry.district, id: entry.personId }], () =>
    sql`update person p set path = ${home.path}, unit_id = ${home.id}, version = p.version + 1,
        member_status = (select m.status from membership m where m.district = p.district and m.person_id = p.id
          and m.kind = 'member' and m.id <> ${entry.id} order by m.status_since desc, m.id desc limit 1)
      where p.district = ${entry.district} and p.id = ${entry.personId}`.execute(tx),
  );
  return true;
}

/** The person's row shows the status of the relation that matters, and stands where a new member joined. */
async function mirror(tx: Tx, now: Membership, home: Home | null): Promise<void> {
  await recordingPeople(tx, [{ district: now.district, id: now.personId }], () =>
    sql`update person set member_status = ${now.status}, version = version + 1
        ${home === null ? sql`` : sql`, path = ${home.path}, unit_id = ${home.id}`}
      where district = ${now.district} and id = ${now.personId}`.execute(tx),
  );
}

/** The unions whose counter does not say what their memberships do: for `zhijia verify`. */
export async function wrongCounters(
  tx: Tx,
): Promise<readonly { readonly unitId: Id<"unit">; readonly kept: number; readonly counted: number }[]> {
  const { rows } = await sql<{ unitId: Id<"unit">; kept: number; counted: number }>`
    select u.id as "unitId", u.members as kept, coalesce(c.n, 0)::int as counted
    from unit u left join (select unit_id, count(*)::int as n from membership
      where status in ('ACTIVE','TRANSFER_OUT') and kind = 'member' group by unit_id) c on c.unit_id = u.id
    where u.members <> coalesce(c.n, 0) order by u.path limit 1000`.execute(tx);
  return rows;
}
