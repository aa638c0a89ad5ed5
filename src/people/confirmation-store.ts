import { sql } from "kysely";
import type { Db, Tx } from "../db/index.ts";
import { addDays, type Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import {
  getUnit,
  insideRoots,
  insideScope,
  isClosed,
  resolveEach,
  resolvePolicy,
  type Scope,
} from "../units/index.ts";
import { confirmationDays, confirmationSilence } from "./confirmation.ts";
import { disownReasons, type StatusReason } from "./membership.ts";
import { type ChangedBy, getMembership, type Membership, writeMembership } from "./membership-store.ts";

/** An entry of a roster that waits for its worker. */
export interface Entry {
  readonly id: Id<"membership">;
  readonly unitId: Id<"unit">;
  readonly unitName: string;
  readonly path: UnitPath;
  readonly since: Day;
}

/** What is told to others about memberships, in the transaction of what happened; the composition's. */
export interface MemberTelling {
  /** A worker whom a roster named is a member now. */
  joined(tx: Tx, told: ToldMember & { readonly memberNo: string }): Promise<void>;
  /** A worker said that a roster should not name them: to the officers who decide on members there. */
  disowned(
    tx: Tx,
    told: ToldMember & {
      readonly name: string;
      readonly reason: StatusReason;
      readonly day: Day;
      /** Whether their record stays with that union, and its page opens there. */
      readonly stays: boolean;
    },
  ): Promise<void>;
  /** Those who have not answered are reminded. */
  reminded(
    tx: Tx,
    told: { readonly people: readonly Whose[]; readonly unitId: Id<"unit">; readonly at: Date },
  ): Promise<void>;
  /** A union’s roster gave people other telephone numbers: each is told where they were until now, `former` (sealed). */
  renumbered(
    tx: Tx,
    told: {
      readonly people: readonly (Whose & { readonly former: string })[];
      readonly unitId: Id<"unit">;
      readonly at: Date;
    },
  ): Promise<void>;
}

interface Whose {
  readonly person: Id<"person">;
  readonly district: District;
}

interface ToldMember extends Whose {
  readonly unitId: Id<"unit">;
  readonly at: Date;
}

/** The entries that wait for a person. */
export async function entriesOf(
  tx: Tx,
  person: { readonly district: string; readonly id: string },
): Promise<readonly Entry[]> {
  const { rows } = await sql<Entry>`
    select m.id, m.unit_id as "unitId", u.name as "unitName", m.path, m.status_since as since
    from membership m join unit u on u.id = m.unit_id
    where m.district = ${person.district} and m.person_id = ${person.id} and m.status = 'APPLIED_BY_UNION'
    order by m.status_since, m.id`.execute(tx);
  return rows;
}

/** The last day on which an entry may be answered; null where it waits as long as it takes. */
export async function answerBy(tx: Tx, entry: Pick<Entry, "path" | "since">, on: Day): Promise<Day | null> {
  const silence = await resolvePolicy(tx, confirmationSilence, entry.path, on);
  if (silence.value === "stays") return null;
  return addDays(entry.since, (await resolvePolicy(tx, confirmationDays, entry.path, on)).value);
}

/**
 * An entry becomes a membership, and what other rosters say of the person is taken back. Refuses `roster-unit-closed`,
 * `already-member`, `under-sixteen`, `changed-meanwhile`.
 */
export async function confirmEntry(tx: Tx, entry: Membership, by: ChangedBy): Promise<Or<Membership>> {
  const unit = await getUnit(tx, entry.unitId);
  if (isClosed(unit.status)) return refuse("roster-unit-closed", { unit: unit.name });
  const others = await entriesOf(tx, { district: entry.district, id: entry.personId });
  for (const other of others.filter((one) => one.id !== entry.id)) {
    const written = await writeMembership(
      tx,
      await getMembership(tx, entry.district, other.id),
      { to: "CANCELLED", reason: "DUPLICATE" },
      { by: null, at: by.at, day: by.day },
    );
    if (isRefusal(written)) return written;
  }
  return writeMembership(tx, entry, { to: "ACTIVE", reason: "CONFIRMED" }, by);
}

/** How many of a scope's entries wait, were not reminded yet, and were answered with a no. */
export async function countEntries(
  tx: Tx,
  scope: Scope,
): Promise<{ readonly waiting: number; readonly unreminded: number; readonly disowned: number }> {
  const { rows } = await sql<{ waiting: number; unreminded: number }>`
    select count(*)::int as waiting, (count(*) filter (where m.reminded_on is null))::int as unreminded
    from membership m where m.status = 'APPLIED_BY_UNION' and ${insideScope(scope, "m.path")}`.execute(tx);
  // Of those whose record has gone back to where it stood, no list is opened here.
  const { rows: said } = await sql<{ n: number }>`select count(*)::int as n from membership m
    join person p on p.district = m.district and p.id = m.person_id and p.unit_id = m.unit_id
    where ${disowned("m")} and p.member_status = 'CANCELLED' and ${insideScope(scope, "m.path")}`.execute(tx);
  return { ...rows[0]!, disowned: said[0]!.n };
}

/** How many of those an import loaded have yet to confirm. */
export async function unconfirmedOf(
  tx: Tx,
  { id, path }: { readonly id: Id<"import">; readonly path: UnitPath },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from membership m
    where m.status = 'APPLIED_BY_UNION' and m.import_id = ${id} and ${insideRoots([path], "m.path")}`.execute(
    tx,
  );
  return rows[0]!.n;
}

/** The first of an import's entries that nobody has answered, as many as are taken back in one transaction. */
export async function unansweredOf(
  tx: Tx,
  { id, path }: { readonly id: Id<"import">; readonly path: UnitPath },
): Promise<readonly { readonly district: District; readonly id: Id<"membership"> }[]> {
  const { rows } = await sql<{
    district: District;
    id: Id<"membership">;
  }>`select m.district, m.id from membership m
    where m.status = 'APPLIED_BY_UNION' and m.import_id = ${id} and ${insideRoots([path], "m.path")}
    order by m.path, m.id limit ${atOnce}`.execute(tx);
  return rows;
}

/** The condition that a membership of an alias was disowned by its worker. */
export function disowned(alias: string) {
  const reasons = sql.join(disownReasons.map((one) => sql.lit(one)));
  return sql<boolean>`(${sql.ref(`${alias}.status`)} = 'CANCELLED' and ${sql.ref(`${alias}.status_reason`)} in (${reasons}))`;
}

/** How many are reminded in one transaction. */
const atOnce = 100;

/** Reminds everybody under some roots who has not answered and was not reminded: each once. Gives how many. */
export async function remindEntries(
  db: Db,
  roots: readonly UnitPath[],
  on: { readonly at: Date; readonly day: Day },
  telling: Pick<MemberTelling, "reminded">,
): Promise<number> {
  let all = 0;
  for (;;) {
    const done = await db.system(async (tx) => {
      const { rows } = await sql<Whose & { id: string; unitId: Id<"unit"> }>`
        select m.district, m.id, m.person_id as person, m.unit_id as "unitId" from membership m
        where m.status = 'APPLIED_BY_UNION' and m.reminded_on is null and ${insideRoots(roots, "m.path")}
        order by m.path, m.id limit ${atOnce}`.execute(tx);
      for (const district of new Set(rows.map((one) => one.district))) {
        const ids = rows.filter((one) => one.district === district).map((one) => one.id);
        await sql`update membership set reminded_on = ${on.day} where district = ${district} and id = any(${ids}::uuid[])`.execute(
          tx,
        );
      }
      for (const unitId of new Set(rows.map((one) => one.unitId)))
        await telling.reminded(tx, {
          people: rows.filter((one) => one.unitId === unitId),
          unitId,
          at: on.at,
        });
      return rows.length;
    });
    all += done;
    if (done < atOnce) return all;
  }
}

/** Ends the entries that waited their time where silence ends them. Each is written down with its reason. */
export async function lapseEntries(db: Db, at: Date, today: Day): Promise<void> {
  const { paths, silence, days } = await db.systemRead(async (tx) => {
    const { rows } = await sql<{ path: UnitPath }>`
      select distinct path from membership where status = 'APPLIED_BY_UNION'`.execute(tx);
    const places = rows.map((one) => one.path);
    return {
      paths: places,
      silence: await resolveEach(tx, confirmationSilence, places, today),
      days: await resolveEach(tx, confirmationDays, places, today),
    };
  });
  for (const path of paths) {
    if (silence.get(path) !== "lapses") continue;
    const before = addDays(today, -days.get(path)!);
    for (let more = true; more; )
      more = await db.system(async (tx) => {
        const { rows } = await sql<{ district: string; id: Id<"membership"> }>`
          select district, id from membership where status = 'APPLIED_BY_UNION' and path = ${path}
            and status_since < ${before}::date order by id limit ${atOnce}`.execute(tx);
        for (const { district, id } of rows)
          await writeMembership(
            tx,
            await getMembership(tx, district, id),
            { to: "CANCELLED", reason: "UNCONFIRMED" },
            { by: null, at, day: today },
          );
        return rows.length === atOnce;
      });
  }
}
