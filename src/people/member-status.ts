import { type Tx, violatedConstraint } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { canonical } from "../kernel/hash.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { AppContext, Session } from "../kernel/route.ts";
import type { Scope } from "../units/index.ts";
import { confirmEntry } from "./confirmation-store.ts";
import { relationFacts } from "./member-page.ts";
import { type MembershipStatus, type StatusReason, transitions } from "./membership.ts";
import {
  getMembership,
  type Membership,
  membershipEvents,
  membershipsOf,
  writeMembership,
} from "./membership-store.ts";
import { decideAsAny, decidersOf, pageActions } from "./route-words.ts";
import { findPerson } from "./store.ts";

/** What an officer decides on a membership: an action by its name, or by the status it leads to. */
interface StatusChange {
  /** Of the event; the same again is harmless. */
  readonly id: Id<"membership-event">;
  readonly name?: (typeof pageActions)[number] | undefined;
  readonly to?: MembershipStatus | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  readonly decision?: string | undefined;
  readonly opinion?: string | undefined;
  readonly filing?: string | undefined;
  readonly rehired?: boolean | undefined;
  /** The decision, by an older name. */
  readonly document?: string | undefined;
}

/**
 * Decides on the membership of a person of the scope, in a transaction of its own. Refuses `required`, `not-found`,
 * `same-id-other-content`, and what `decideMembership` refuses.
 */
export async function changeStatus(
  ctx: AppContext,
  session: Session,
  scope: Scope,
  id: Id<"person">,
  body: StatusChange,
  now: Date,
  today: Day,
): Promise<Or<Membership>> {
  const named = body.name ?? pageActions.find((one) => transitions[one].to === body.to);
  if (named === undefined) return refuse("required", {}, { at: "/name" });
  const { note, opinion, filing, decision = body.document } = body;
  const reason = body.reason as StatusReason | undefined;
  const work = async (tx: Tx) => {
    const person = await findPerson(tx, scope, id);
    if (isRefusal(person)) return person;
    const relations = await membershipsOf(tx, person);
    const document = Object.fromEntries(
      Object.entries({ note, opinion, filing, decision }).filter(([, value]) => value),
    );
    const done = (await membershipEvents(tx, person)).find((one) => one.id === body.id);
    if (done) {
      const same =
        done.toStatus === transitions[named].to &&
        (reason === undefined || reason === done.reason) &&
        canonical(done.document) === canonical(document);
      if (!same) return refuse("same-id-other-content");
      return getMembership(tx, person.district, done.membershipId);
    }
    const relation = relations.find((one) => one.kind === "member");
    if (!relation) return refuse("not-found");
    const facts = { ...relationFacts(person, relation, today), rehiredRetiree: body.rehired === true };
    const action = { name: named, reason, note, decision, opinion, filing };
    const change = decideAsAny(facts, action, decidersOf(session, relation, today), session.person);
    if (isRefusal(change)) return change;
    const by = { by: session.person, at: now, day: today, eventId: body.id, document };
    if (named !== "confirm") return writeMembership(tx, relation, change, by);
    const joined = await confirmEntry(tx, relation, by);
    if (isRefusal(joined)) return joined;
    const told = { person: person.id, district: person.district, unitId: joined.unitId, at: now };
    await ctx.memberTelling?.joined(tx, { ...told, memberNo: joined.memberNo ?? "" });
    return joined;
  };
  // What tells the person reads what they wish to be told by, behind their own wall; a record that goes back leaves this one.
  const run =
    named === "confirm" || named === "takeBack" ? ctx.db.system(work) : ctx.db.write(session.viewer, work);
  return run.catch((error: unknown) => {
    // The id of an event of somebody else's.
    if (violatedConstraint(error) === "membership_event_pkey") return refuse("same-id-other-content");
    throw error;
  });
}
