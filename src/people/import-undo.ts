import type { Db, Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";
import type { Session } from "../kernel/route.ts";
import { unansweredOf, unconfirmedOf } from "./confirmation-store.ts";
import { relationFacts } from "./member-page.ts";
import { getMembership, writeMembership } from "./membership-store.ts";
import type { ImportRow } from "./roster/import-store.ts";
import { decideAsAny, decidersOf } from "./route-words.ts";
import { getPerson } from "./store.ts";

/**
 * Takes back entries of an import that nobody has answered, up to a hundred in one transaction: all of them or none. What
 * was confirmed or disowned stays. Each is an event of its own with the note as its reason; a record goes back to where it
 * stood. Nobody is told: the worker is asked no longer. Gives how many, and how many are left to take back. Refuses what
 * `decideMembership` refuses, `not-yours` of who does not decide on members there.
 */
export async function takeBackEntries(
  db: Db,
  session: Session,
  row: ImportRow,
  note: string,
  now: Date,
  today: Day,
): Promise<Or<{ readonly takenBack: number; readonly left: number }>> {
  // A record that goes back leaves the wall of the officer.
  return db.system(async (tx: Tx) => {
    let takenBack = 0;
    for (const one of await unansweredOf(tx, row)) {
      const entry = await getMembership(tx, one.district, one.id);
      // Answered while this went on: their word stands.
      if (entry.status !== "APPLIED_BY_UNION") continue;
      const facts = relationFacts(await getPerson(tx, entry.personId, entry.district), entry, today);
      const parts = decidersOf(session, entry, today);
      const change = decideAsAny(facts, { name: "takeBack", note }, parts, session.person);
      if (isRefusal(change)) return change;
      const by = { by: session.person, at: now, day: today, document: { note } };
      const written = await writeMembership(tx, entry, change, by);
      if (!isRefusal(written)) takenBack++;
      else if (written.code !== "changed-meanwhile") return written;
    }
    return { takenBack, left: await unconfirmedOf(tx, row) };
  });
}
