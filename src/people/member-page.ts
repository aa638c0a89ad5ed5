import type { z } from "zod";
import type { Tx } from "../db/index.ts";
import { type Day, instantText, yearOf, yearsBetween } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { maskAddress, maskCard, maskId, maskPhone } from "../kernel/mask.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { AppContext, Session } from "../kernel/route.ts";
import type { Lang } from "../kernel/words.ts";
import { may, type Scope } from "../units/index.ts";
import { wordsOf } from "./codes.ts";
import { findHouseholdOf } from "./household.ts";
import { looksAt } from "./looks.ts";
import { counts, reasonTitles, statusTitles } from "./membership.ts";
import { type Membership, membershipEvents, membershipsOf } from "./membership-store.ts";
import type { Person } from "./person.ts";
import { householdAnswer, type zMemberLine, type zMemberPage } from "./route-schemas.ts";
import {
  decidersOf,
  lookAnswer,
  maySeeLooks,
  offersOf,
  transferOffer,
  wantedTitles,
  withoutCase,
} from "./route-words.ts";
import { unsealPerson } from "./sealed.ts";
import { districtsLived, findPerson, unitNamesOf } from "./store.ts";
import { hasOpenTransfer } from "./transfer.ts";

declare module "../kernel/route.ts" {
  interface AppContext {
    /** A person's cases as an officer may see them: the engine's answer, put in by the composition. */
    readonly casesOfPerson?: (
      session: Session,
      person: Id<"person">,
      today: Day,
    ) => Promise<readonly Record<string, unknown>[]>;
  }
}

/**
 * One person of the scope as an officer reads them, numbers masked: relations and what became of them, household, cases,
 * who looked, and what may be done. Else `not-found`.
 */
export async function memberPage(
  ctx: AppContext,
  session: Session,
  scope: Scope,
  id: Id<"person">,
  today: Day,
  lang: Lang,
): Promise<Or<z.input<typeof zMemberPage>>> {
  const cases = (await ctx.casesOfPerson?.(session, id, today)) ?? [];
  // Whoever may open what is sealed sees who did; the log itself lies behind the person's own wall.
  const found = await ctx.db.read(session.viewer, (tx) => findPerson(tx, scope, id));
  if (isRefusal(found)) return found;
  const looks = maySeeLooks(session, found.path, today)
    ? await ctx.db.systemRead(async (tx) =>
        looksAt(
          tx,
          await districtsLived(tx, { person: found.id, district: found.district }),
          found.id,
          null,
          50,
        ),
      )
    : null;
  return ctx.db.read(session.viewer, async (tx) => {
    const person = await findPerson(tx, scope, id);
    if (isRefusal(person)) return person;
    if (person.mergedInto !== null) return refuse("not-found");
    const relations = await membershipsOf(tx, person);
    const now = relations.find((one) => one.kind === "member" && counts(one.status)) ?? relations[0] ?? null;
    const household = await findHouseholdOf(tx, ctx.ring, person);
    const sealed = unsealPerson(ctx.ring, person);
    const events = await membershipEvents(tx, person);
    const names = await unitNamesOf(tx, [person.unitId, ...relations.map(({ unitId }) => unitId)]);
    return {
      person: {
        ...memberLine(person, now, names.get(person.unitId ?? "") ?? null),
        district: person.district as string,
        idKind: person.idKind as string,
        idNumber: sealed.idNumber ? maskId(sealed.idNumber) : null,
        phone: sealed.phone ? maskPhone(sealed.phone) : null,
        bankCard: sealed.bankCard ? maskCard(sealed.bankCard) : null,
        address: sealed.address ? maskAddress(sealed.address) : null,
        employerName: person.employerName,
        jobTitle: person.jobTitle,
        employmentTypeTitle: wordsOf("employmentType", person.employmentType) ?? null,
        migrant: person.migrant,
        ethnicityTitle: wordsOf("ethnicity", person.ethnicity) ?? null,
        educationTitle: wordsOf("education", person.education) ?? null,
        politicalStatusTitle: wordsOf("politicalStatus", person.politicalStatus) ?? null,
        toComplete: wantedTitles(person.toComplete),
        version: person.version,
      },
      memberships: relations.map((one) => ({
        id: one.id as string,
        unitId: one.unitId as string,
        unitName: names.get(one.unitId) ?? null,
        status: one.status,
        statusTitle: statusTitles[one.status],
        memberNo: one.memberNo,
        joinedOn: one.joinedOn,
        since: one.statusSince,
        kind: one.kind,
      })),
      events: events.toReversed().map((one) => ({
        id: one.id as string,
        from: one.fromStatus,
        to: one.toStatus,
        fromTitle: one.fromStatus ? statusTitles[one.fromStatus] : null,
        toTitle: statusTitles[one.toStatus],
        reason: one.reason,
        reasonTitle: one.reason ? reasonTitles[one.reason] : null,
        on: one.onDay,
        at: instantText(one.at),
        unitName: one.unitName,
        byName: one.byName,
        ...documentOf(one.document),
      })),
      household: householdAnswer(household),
      cases: cases as { id: string }[],
      lookedAt: looks?.map((look) => lookAnswer(withoutCase(look, cases), lang)) ?? null,
      may: now === null ? [] : await offers(tx, { person, now, session, today, lang }),
    };
  });
}

/** What may be done with a person's relation, with the reason where it may not. */
async function offers(
  tx: Tx,
  asked: {
    readonly person: Person;
    readonly now: Membership;
    readonly session: Session;
    readonly today: Day;
    readonly lang: Lang;
  },
) {
  const { person, now, session, today, lang } = asked;
  const changes = offersOf(
    relationFacts(person, now, today),
    decidersOf(session, now, today),
    session.person,
    lang,
  );
  const at = {
    decides: may(session.actor, "member.decide", person.path, today),
    open: await hasOpenTransfer(tx, person),
  };
  const move = transferOffer(now, at, lang);
  return move ? [move, ...changes] : changes;
}

/** What a decision on a membership reads of a person and their relation. `age` in whole years, null when unknown. */
export function relationFacts(person: Person, relation: Membership, today: Day) {
  return {
    status: relation.status,
    reason: relation.reason,
    age: person.birthDate === null ? null : yearsBetween(person.birthDate, today),
  };
}

/** A person as lists show them. */
export function memberLine(
  person: Person,
  relation: Membership | null,
  unitName: string | null,
): z.input<typeof zMemberLine> {
  return {
    id: person.id,
    name: person.name,
    sex: person.sex,
    birthYear: person.birthDate === null ? null : yearOf(person.birthDate),
    unitId: person.unitId as string | null,
    unitName,
    status: relation?.status ?? person.memberStatus,
    memberNo: relation?.memberNo ?? null,
    joinedOn: relation?.joinedOn ?? null,
    employmentGroup: person.newEmploymentGroup,
    toComplete: [...person.toComplete],
    hardship: false,
  };
}

/** What a decision rested on, as a line and a note. */
function documentOf(document: unknown): { readonly document: string | null; readonly note: string | null } {
  const told = (document ?? {}) as Partial<Record<"note" | "decision" | "opinion" | "filing", string>>;
  const line = [told.decision, told.opinion, told.filing].filter(Boolean).join(" · ");
  return { document: line === "" ? null : line, note: told.note ?? null };
}
