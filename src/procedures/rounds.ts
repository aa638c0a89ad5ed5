import { type Or, type Refusal, refuse } from "../kernel/refusal.ts";

/**
 * Rounds (场次): the places of a service, few and claimed within a window; whoever arrives first has them. Here is what
 * is decided, pure: when a round takes claims, and who of many that arrived together gets what.
 */

/** What a round promises, as its row has it. Amounts in fen. */
export interface Round {
  readonly id: string;
  readonly service: string;
  readonly unitId: string;
  /** For the members of this union and of those below. */
  readonly path: string;
  readonly title: string;
  readonly opensAt: Date;
  readonly closesAt: Date;
  /** Whether places left at closing may still be claimed, until an officer ends the round. */
  readonly late: boolean;
  readonly quota: number;
  /** What one place is worth. */
  readonly eachFen: bigint;
  readonly budgetFen: bigint | null;
  /** Only people of these trades (`new_employment_group`); empty: everybody. */
  readonly groups: readonly string[];
  readonly endedAt: Date | null;
}

/** The places of a round in one district, and what is taken of them. */
export interface Share {
  readonly district: string;
  readonly quota: number;
  readonly waitingQuota: number;
  readonly held: number;
  readonly waiting: number;
  /** The number of the latest claim: arrivals are numbered from 1, in the order in which they came. */
  readonly lastNumber: number;
}

/** Where a round stands at an instant. `late`: closed, but places left may be claimed. */
export type RoundPhase = "before" | "open" | "late" | "over";

/** Open from `opensAt` on, and no longer at `closesAt`. */
export function phaseOf(
  round: Pick<Round, "opensAt" | "closesAt" | "late" | "endedAt">,
  at: Date,
): RoundPhase {
  if (round.endedAt !== null) return "over";
  if (at < round.opensAt) return "before";
  if (at < round.closesAt) return "open";
  return round.late ? "late" : "over";
}

/** One person asking for a place, with what stands in the books about them. */
export interface Claimant {
  /** The claim's id, named by the client; the case that follows has the same. */
  readonly id: string;
  readonly personId: string;
  readonly personDistrict: string;
  /** When the request arrived. */
  readonly at: Date;
  /** Null: nobody by this id. */
  readonly person: {
    readonly name: string;
    readonly unitId: string | null;
    readonly path: string;
    readonly memberStatus: string | null;
    readonly group: string | null;
  } | null;
  /** The claim of this round that the person has and has not given back. */
  readonly mine: Claimed | null;
  /** The claim that already has this id. */
  readonly same: (Claimed & { readonly personId: string; readonly roundId: string }) | null;
}

export type ClaimState = "held" | "waiting" | "returned" | "lapsed";

/** A claim as its person is told of it. */
export interface Claimed {
  readonly id: string;
  /** The place in the order of arrival, within the district's share. */
  readonly number: number;
  readonly state: ClaimState;
}

/** A claim to be written down. */
export interface NewClaim extends Claimed {
  readonly state: "held" | "waiting";
  readonly personId: string;
  readonly personDistrict: string;
  readonly name: string;
  readonly unitId: string;
  readonly path: string;
  readonly at: Date;
}

/** Everybody's answer in the order asked, the claims to be written, and the share as it stands after them. */
export interface Allotment {
  readonly answers: readonly Or<Claimed>[];
  readonly taken: readonly NewClaim[];
  readonly share: Share;
}

const counting = new Set(["ACTIVE", "TRANSFER_OUT", "RETAINED"]);

/**
 * Gives out places to those who arrived, in the order in which they stand. Never more than the share has; a place goes to
 * somebody who waits before it goes to somebody who comes. The same id again is answered as the first time.
 */
export function allot(round: Round, before: Share, claimants: readonly Claimant[]): Allotment {
  const answers: Or<Claimed>[] = [];
  const taken = new Map<string, NewClaim>();
  const byId = new Map<string, NewClaim>();
  let share = before;
  for (const claimant of claimants) {
    const answer = one(claimant);
    answers.push(answer);
  }
  return { answers, taken: [...taken.values()], share };

  function one(claimant: Claimant): Or<Claimed> {
    const { id, person } = claimant;
    const twin = byId.get(id);
    const same = twin ? { ...claimedOf(twin), personId: twin.personId, roundId: round.id } : claimant.same;
    if (same)
      return same.personId === claimant.personId && same.roundId === round.id
        ? claimedOf(same)
        : refuse("same-id-other-content");
    const barred = barredFrom(round, claimant);
    if (barred) return barred;
    const mine = taken.get(claimant.personId) ?? claimant.mine;
    if (mine) return refuse("round-claimed", { number: mine.number });
    const state = roomIn(share);
    if (state === null || !person?.unitId) return refuse("round-full");
    const number = share.lastNumber + 1;
    const made: NewClaim = {
      id,
      number,
      state,
      personId: claimant.personId,
      personDistrict: claimant.personDistrict,
      name: person.name,
      unitId: person.unitId,
      path: person.path,
      at: claimant.at,
    };
    taken.set(claimant.personId, made);
    byId.set(id, made);
    share = {
      ...share,
      lastNumber: number,
      held: share.held + (state === "held" ? 1 : 0),
      waiting: share.waiting + (state === "waiting" ? 1 : 0),
    };
    return claimedOf(made);
  }
}

/** What the next to arrive would get. */
function roomIn(share: Share): "held" | "waiting" | null {
  if (share.waiting === 0 && share.held < share.quota) return "held";
  return share.waiting < share.waitingQuota ? "waiting" : null;
}

/** Why this person cannot claim here now, before places are counted. Whom a round is not for is not told that it is. */
function barredFrom(round: Round, claimant: Pick<Claimant, "at" | "person">): Refusal | undefined {
  const { person } = claimant;
  if (!person || !isFor(round.path, person.path)) return refuse("not-found");
  switch (phaseOf(round, claimant.at)) {
    case "before":
      return refuse("round-not-open", { opens: shanghai(round.opensAt) });
    case "over":
      return refuse("round-over");
    default:
  }
  if (!person.unitId || !counting.has(person.memberStatus ?? "")) return refuse("round-members-only");
  if (round.groups.length > 0 && !round.groups.includes(person.group ?? ""))
    return refuse("round-not-for-you");
  return undefined;
}

/** An instant as people in Shanghai write it: 2026-07-01 09:00. */
function shanghai(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
}

/** Whether a person of this place is among those a round is for. */
function isFor(roundPath: string, personPath: string): boolean {
  return `${personPath}.`.startsWith(`${roundPath}.`);
}

function claimedOf({ id, number, state }: Claimed): Claimed {
  return { id, number, state };
}

/** A round as an officer asks for it. */
export interface RoundPlan {
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly quota: number;
  readonly waiting: number;
  readonly eachFen: bigint;
  readonly budgetFen: bigint | null;
}

/** What is wrong with a plan. */
export function planFault(plan: RoundPlan, now: Date): Refusal | undefined {
  if (plan.closesAt <= plan.opensAt || plan.closesAt <= now)
    return refuse("round-times", {}, { at: "/closesAt" });
  if (plan.budgetFen !== null && plan.eachFen * BigInt(plan.quota) > plan.budgetFen)
    return refuse("round-budget", { places: plan.quota }, { at: "/budgetFen" });
  return undefined;
}

/**
 * Splits places over districts by how many members each has: by largest remainder, ties to the first, so that the parts
 * sum to the whole. Districts without members get a part only when nobody has any.
 */
export function splitPlaces(
  places: number,
  districts: readonly { readonly district: string; readonly members: number }[],
): ReadonlyMap<string, number> {
  const total = districts.reduce((sum, one) => sum + one.members, 0);
  const weighed = districts.map(({ district, members }) => {
    const exact = total === 0 ? places / districts.length : (places * members) / total;
    return { district, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left = places - weighed.reduce((sum, one) => sum + one.whole, 0);
  const order = weighed.toSorted((one, other) => other.rest - one.rest);
  const parts = new Map(weighed.map(({ district, whole }) => [district, whole]));
  for (const { district } of order) {
    if (left-- <= 0) break;
    parts.set(district, (parts.get(district) ?? 0) + 1);
  }
  return parts;
}
