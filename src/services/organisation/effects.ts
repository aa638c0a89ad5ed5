import type { Tx } from "../../db/index.ts";
import { addDays, type Day } from "../../kernel/day.ts";
import { isIdKind, parseIdentity } from "../../kernel/identity-number.ts";
import { derivedId, type Id } from "../../kernel/ids.ts";
import type { UnitPath } from "../../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../../kernel/refusal.ts";
import type { District } from "../../kernel/region.ts";
import {
  claimReason,
  countingMembership,
  editPerson,
  editSealed,
  entriesOf,
  getPerson,
  giveIdentity,
  homePerson,
  type Membership,
  type MembershipStatus,
  membershipsOf,
  openMembership,
  requestTransfer,
  tellTurn,
  unsealPerson,
  writeMembership,
} from "../../people/index.ts";
import { given } from "../../procedures/define.ts";
import type { EffectHandlers, EffectSite, KnownLoaders } from "../../procedures/engine.ts";
import { joinAsks } from "./join.ts";
import { tellClaimed, tellJoined, transferTelling } from "./telling.ts";

declare module "../../procedures/define.ts" {
  interface EffectKinds {
    /** Write the application into the roster, or put a returned one back before the committee. */
    readonly "membership.apply": { readonly route: "join" | "reactivate" | "service" };
    /** The committee approved: the relation is active, the card can be shown. */
    readonly "membership.activate": Readonly<Record<never, never>>;
    readonly "membership.status": { readonly to: "RETURNED" | "REJECTED" | "CANCELLED" };
    /** The person has an active relation elsewhere: joining is a transfer. */
    readonly "membership.transfer": Readonly<Record<never, never>>;
  }
  interface KnownFacts {
    /** The applicant's relation that counts, if there is one. */
    readonly relation: KnownRelation | null;
    /** The union whose roster names the applicant and waits for their word, if one does. */
    readonly entry: { readonly unitName: string } | null;
  }
}

/** A relation, as the rules of joining need it. */
export interface KnownRelation {
  readonly status: "ACTIVE" | "TRANSFER_OUT" | "RETAINED";
  /** Why it stands so: retired, out of work. */
  readonly reason: string | null;
  readonly unitId: string;
  readonly unitName: string;
}

function applicantOf(site: EffectSite): { readonly district: District; readonly id: Id<"person"> } {
  return { district: site.applicantDistrict as District, id: site.case.applicant.id as Id<"person"> };
}

function homeOf(site: EffectSite) {
  const { unit, district } = site.case;
  return { id: unit.id as Id<"unit">, path: unit.path as UnitPath, district: district as District };
}

function byOf(site: EffectSite) {
  return {
    by: site.actor.person as Id<"person"> | null,
    at: site.at,
    day: site.day,
    caseId: site.case.id as Id<"case">,
  };
}

/** The relation this case is about: the one it opened, or the retained one it wakes. */
async function relationOf(tx: Tx, site: EffectSite): Promise<Membership | null> {
  const person = applicantOf(site);
  const all = await membershipsOf(tx, person);
  return all.find((one) => one.caseId === site.case.id) ?? (await countingMembership(tx, person));
}

async function change(
  tx: Tx,
  site: EffectSite,
  to: MembershipStatus,
  reason: Parameters<typeof writeMembership>[2]["reason"],
) {
  const relation = await relationOf(tx, site);
  if (!relation || relation.status === to) return undefined;
  return writeMembership(tx, relation, { to, reason, unit: homeOf(site) }, byOf(site));
}

/**
 * What the worker stated and the committee accepted becomes their record: the identity number with the sex and birth
 * date it tells, their work, and a phone where none is kept (one kept was proved by signing in, and stays).
 */
async function recordStatement(tx: Tx, site: EffectSite): Promise<Or<null>> {
  const { ring, fictitious } = site.engine;
  const said = given(joinAsks, site.case.answers);
  const person = await getPerson(tx, applicantOf(site).id, site.applicantDistrict);
  const identity = parseIdentity(said.idNumber, {
    ...(isIdKind(said.idKind) && { kind: said.idKind }),
    today: site.day,
    fictitious,
  });
  if (isRefusal(identity)) return identity;
  const known = await giveIdentity(tx, ring, person, identity, "/answers/idNumber");
  if (isRefusal(known)) return known;
  const employment = employmentOf[said.situation ?? "unit_has_union"];
  const told = await editPerson(tx, ring, known, {
    // What the number tells governs; a passport tells neither.
    ...(!identity.born && said.birthDate && { birthDate: said.birthDate as Day }),
    ...(!identity.sex && said.sex && { sex: said.sex === "male" ? 1 : 2 }),
    ...(said.employerName && { employerName: said.employerName }),
    ...(said.group && { newEmploymentGroup: said.group }),
    ...(said.migrant !== undefined && { migrant: said.migrant }),
    ...(employment && { employmentType: employment }),
  });
  if (said.phone && !unsealPerson(ring, told).phone) await editSealed(tx, ring, told, { phone: said.phone });
  return null;
}

/** The form of employment a stated situation is, where it is one (codes of `employmentTypes`). */
const employmentOf: Readonly<Record<string, string>> = {
  flexible: "FLEXIBLE",
  dispatched: "DISPATCHED",
  platform: "NEW_FORM",
};

/** What joining does to the roster. */
export const membershipEffects: Pick<
  EffectHandlers,
  "membership.apply" | "membership.activate" | "membership.status" | "membership.transfer"
> = {
  "membership.apply": async (tx, effect, site) => {
    if (effect.route === "reactivate") return undefined;
    const all = await membershipsOf(tx, applicantOf(site));
    if (all.some((one) => one.status === "DECEASED")) return refuse("member-dead");
    const relation = all.find((one) => one.caseId === site.case.id);
    const done: Or<Membership> = relation
      ? await writeMembership(tx, relation, { to: "APPLIED", reason: "JOINED" }, byOf(site))
      : await openMembership(
          tx,
          {
            id: derivedId<"membership">("membership", site.case.id),
            person: applicantOf(site),
            unit: homeOf(site),
            status: "APPLIED",
            kind: effect.route === "service" ? "service" : "member",
          },
          byOf(site),
        );
    return isRefusal(done) ? done : undefined;
  },
  "membership.activate": async (tx, _effect, site) => {
    const identified = await recordStatement(tx, site);
    if (isRefusal(identified)) return identified;
    const route = site.case.facts.route;
    const done = await change(tx, site, "ACTIVE", route === "reactivate" ? "REEMPLOYED" : "JOINED");
    if (isRefusal(done)) return done;
    const person = await getPerson(tx, applicantOf(site).id, site.applicantDistrict);
    if (route === "service") return undefined;
    if (person.unitId !== site.case.unit.id) await homePerson(tx, person, homeOf(site));
    const memberNo = done?.memberNo ?? (await relationOf(tx, site))?.memberNo ?? "";
    const { id, district } = person;
    await tellJoined(
      tx,
      { person: id, district, unitId: site.case.unit.id as Id<"unit">, at: site.at, memberNo },
      site.case.id as Id<"case">,
    );
    return { facts: { memberNo } };
  },
  "membership.status": async (tx, effect, site) => {
    if (site.case.facts.route === "reactivate") return undefined;
    const done = await change(
      tx,
      site,
      effect.to,
      effect.to === "CANCELLED" ? "VOLUNTARY" : effect.to === "REJECTED" ? "NOT_ELIGIBLE" : "DATA_ERROR",
    );
    return isRefusal(done) ? done : undefined;
  },
  "membership.transfer": async (tx, _effect, site) => {
    const person = await getPerson(tx, applicantOf(site).id, site.applicantDistrict);
    const relation = await countingMembership(tx, person);
    if (!relation) return undefined;
    // Who applies has chosen; where a union applied for a dispatched worker, the worker is still to choose.
    const claimed = site.case.answers.situation === "dispatched" && site.actor.person !== person.id;
    const done = await requestTransfer(tx, {
      id: derivedId<"transfer-request">("transfer", site.case.id),
      person,
      membership: relation,
      to: homeOf(site),
      initiatedBy: claimed ? "to" : "member",
      by: site.actor.person as Id<"person"> | null,
      reason: claimed ? claimReason : "join",
      day: site.day,
      dueOn: addDays(site.day, 30),
    });
    if (isRefusal(done)) return done;
    if (claimed)
      await tellClaimed(tx, {
        person: person.id,
        district: person.district,
        unitName: site.case.unit.name,
        at: site.at,
      });
    else
      await tellTurn(tx, transferTelling, [done], {
        at: site.at,
        day: site.day,
        by: site.actor.person as Id<"person"> | null,
      });
    return { facts: { transferId: done.id } };
  },
};

export const membershipKnown: Pick<KnownLoaders, "relation" | "entry"> = {
  entry: async (tx, site) => {
    const [entry] = await entriesOf(tx, { district: site.applicant.district, id: site.applicant.id });
    return entry ? { unitName: entry.unitName } : null;
  },
  relation: async (tx, site) => {
    const relation = await countingMembership(tx, {
      district: site.applicant.district,
      id: site.applicant.id,
    });
    if (!relation) return null;
    const unit = await tx
      .selectFrom("unit")
      .where("id", "=", relation.unitId)
      .select("name")
      .executeTakeFirst();
    return {
      status: relation.status as KnownRelation["status"],
      reason: relation.reason,
      unitId: relation.unitId,
      unitName: unit?.name ?? "",
    };
  },
};
