import { addDays, type Day } from "../../kernel/day.ts";
import { maskName } from "../../kernel/mask.ts";
import { isInside, type UnitPath } from "../../kernel/path.ts";
import { type Refusal, refuse } from "../../kernel/refusal.ts";
import {
  counts,
  disownReasons,
  type MembershipStatus,
  reasonTitles,
  type StatusReason,
} from "../membership.ts";
import type { Person } from "../person.ts";
import type { PersonSealed } from "../sealed.ts";
import type { PreparedRow } from "./prepare.ts";

/** A relation of somebody a roster names who is known already. */
export interface KnownRelation {
  readonly id: string;
  readonly unitId: string;
  readonly path: UnitPath;
  readonly status: MembershipStatus;
  readonly reason: StatusReason | null;
  readonly memberNo: string | null;
  readonly joinedOn: string | null;
  /** Since when it has stood as it does. */
  readonly since: Day;
  /** Whether they applied for it or confirmed it themselves. */
  readonly ownWord: boolean;
}

/** How somebody has signed in: by their telephone alone, or as an officer by a name of their own. */
export type SignsIn = "phone" | "login";

/** Somebody a roster names who is known already. */
export interface Known {
  readonly person: Person;
  /** The one that counts, or the last one. */
  readonly relation: KnownRelation | null;
  /** That one, and those before it. */
  readonly relations: readonly KnownRelation[];
  readonly transferOpen: boolean;
  readonly signsIn: SignsIn | null;
  /** Whether they have asked for anything, or somebody for them. */
  readonly hasCases: boolean;
  readonly facts: PersonSealed;
}

/** Where and when a roster is loaded. */
export interface Loading {
  /** The union whose roster it is. */
  readonly base: UnitPath;
  readonly today: Day;
}

/** What a roster's row means for somebody who is known already. */
export type Outcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "update"; readonly relation: KnownRelation }
  /** An entry that waited for its worker's word, where none is asked for any more. `differs`: facts change too. */
  | { readonly kind: "activate"; readonly relation: KnownRelation; readonly differs: boolean }
  | { readonly kind: "rejoin" }
  /** `dispatched`: the worker chooses between the two unions. */
  | {
      readonly kind: "transfer";
      readonly relation: KnownRelation;
      readonly dispatched: boolean;
      readonly refusal: Refusal;
    }
  | { readonly kind: "duplicate"; readonly refusal: Refusal }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Decides on a row whose identity number is known. A person has one relation: a row never makes a second, it asks
 * for the transfer of the first (membership.md §12, checks 1 and 6). Nobody's record outside the roster's own union
 * is changed by it.
 */
export function decideKnown(row: PreparedRow, known: Known, loading: Loading): Outcome {
  const { person, relation } = known;
  const { base } = loading;
  if (person.name !== row.draft.name) {
    // Whose number it is elsewhere is not this union's to know.
    const refusal = isInside(person.path, base)
      ? refuse("identity-other-name", { name: maskName(person.name) })
      : refuse("identity-other-person");
    return { kind: "refused", refusal };
  }
  const isHere = (one: KnownRelation) =>
    one.unitId === row.home.id || (!row.unitNamed && isInside(one.path, base));
  const here = relation !== null && isHere(relation);
  if (relation !== null && counts(relation.status)) {
    if (here) return differs(row, known, loading) ? { kind: "update", relation } : { kind: "unchanged" };
    if (known.transferOpen || relation.status === "TRANSFER_OUT") {
      return { kind: "duplicate", refusal: refuse("member-elsewhere-asked") };
    }
    const dispatched = row.draft.employmentType === "DISPATCHED" || person.employmentType === "DISPATCHED";
    return {
      kind: "transfer",
      relation,
      dispatched,
      refusal: refuse(dispatched ? "member-claimed" : "member-elsewhere"),
    };
  }
  if (relation?.status === "APPLIED_BY_UNION") {
    if (!here) return { kind: "duplicate", refusal: refuse("member-listed-elsewhere") };
    if (!row.confirms) return { kind: "activate", relation, differs: differs(row, known, loading) };
    return differs(row, known, loading) ? { kind: "update", relation } : { kind: "unchanged" };
  }
  // Who said no to this union is not asked by it again, whatever others asked them since.
  const last = known.relations.find(isHere);
  const no = last?.status === "CANCELLED" ? disownReasons.find((one) => one === last.reason) : undefined;
  if (no !== undefined)
    return { kind: "refused", refusal: refuse("member-disowned", { why: reasonTitles[no] }) };
  if (relation?.status === "DECEASED") return { kind: "refused", refusal: refuse("member-dead") };
  if (relation?.status === "EXPELLED") return { kind: "refused", refusal: refuse("member-expelled") };
  if (relation?.status === "APPLIED" || relation?.status === "RETURNED") {
    return { kind: "duplicate", refusal: refuse("member-applied") };
  }
  return { kind: "rejoin" };
}

/** What of a record a roster of others leaves as it is: by the one its person signs in, to the other their aid is paid. */
export const ownFacts = ["phone", "bankCard"] as const;

/** Days a membership that others spoke for stands before its union may change what one signs in and is paid by. */
const settledAfterDays = 30;

/**
 * Whether a roster leaves a person's telephone or card as it is, or a roster could speak the worker's own word, read their
 * cases and point to another's card. Only the union whose member they are changes it: at once where they applied or
 * confirmed themselves, else once that membership has stood a while. Freely only of somebody whom nothing but this roster
 * knows; of an officer never. None is given, either, to whoever has cases and none on record.
 */
export function keeps(known: Known, own: (typeof ownFacts)[number], { base, today }: Loading): boolean {
  const { person, relation, relations, signsIn, hasCases, facts } = known;
  if (signsIn === "login") return Boolean(facts[own]);
  const settled =
    relation !== null &&
    counts(relation.status) &&
    (relation.ownWord || addDays(relation.since, settledAfterDays) <= today);
  if (settled) return false;
  if (!facts[own]) return hasCases;
  return signsIn !== null || hasCases || relations.length > 1 || !isInside(person.path, base);
}

/** What the row says and the record does not: facts a roster leaves empty change nothing. */
function differs(row: PreparedRow, known: Known, loading: Loading): boolean {
  const { draft } = row;
  const told = plainOf(row);
  const { person, relation, facts } = known;
  for (const [field, value] of Object.entries(told)) {
    if (value !== null && value !== person[field as keyof Person]) return true;
  }
  for (const [field, value] of Object.entries(row.facts)) {
    if (ownFacts.some((own) => own === field && keeps(known, own, loading))) continue;
    if (value !== facts[field as keyof PersonSealed]) return true;
  }
  return (
    (draft.joinedOn !== null && relation?.joinedOn !== draft.joinedOn) ||
    (draft.memberNo !== null && relation?.memberNo !== draft.memberNo)
  );
}

/** A row's plain facts under the names of `Person`. */
export function plainOf({ draft }: PreparedRow) {
  return {
    sex: draft.sex,
    birthDate: draft.birthDate,
    ethnicity: draft.ethnicity,
    education: draft.education,
    politicalStatus: draft.politicalStatus,
    skillLevel: draft.skillLevel,
    employmentType: draft.employmentType,
    employmentStatus: draft.employmentStatus,
    employerName: draft.employer,
    jobTitle: draft.jobTitle,
    newEmploymentGroup: draft.group,
    migrant: draft.migrant,
  } as const;
}
