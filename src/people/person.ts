import type { Day } from "../kernel/day.ts";
import type { Identity, IdKind } from "../kernel/identity-number.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import type { District } from "../kernel/region.ts";
import type { MembershipStatus } from "./membership.ts";
import type { PersonSealed } from "./sealed.ts";

/** Everything plain that may be said of a person and later corrected. */
export interface PersonFacts {
  readonly name: string;
  /** 1 男, 2 女 (GB/T 2261.1). */
  readonly sex: 1 | 2 | null;
  readonly birthDate: Day | null;
  readonly ethnicity: string | null;
  readonly education: string | null;
  readonly politicalStatus: string | null;
  readonly skillLevel: string | null;
  readonly employmentType: string | null;
  readonly employmentStatus: string | null;
  readonly employerName: string | null;
  readonly jobTitle: string | null;
  readonly newEmploymentGroup: string | null;
  readonly migrant: boolean | null;
}

/** A person as the row says, without what is sealed being open. Codes are those of `codes.ts`. */
export interface Person extends PersonFacts {
  readonly district: District;
  readonly id: Id<"person">;
  readonly path: UnitPath;
  readonly unitId: Id<"unit"> | null;
  readonly namePinyin: string;
  readonly nameInitials: string;
  readonly idKind: IdKind;
  readonly idHash: Buffer | null;
  readonly sealed: Buffer | null;
  /** Fields statistics want and nobody has given yet. */
  readonly toComplete: readonly string[];
  /** Of the one relation that counts; kept by `membership-store.ts`. */
  readonly memberStatus: MembershipStatus | null;
  readonly mergedInto: Id<"person"> | null;
  readonly createdOn: Day;
  readonly version: number;
}

/** The union where a person's record is kept. */
export interface Home {
  readonly id: Id<"unit">;
  readonly path: UnitPath;
  readonly district: District;
}

/** A person to be recorded. What is left out is unknown. */
export interface PersonDraft extends Partial<Omit<PersonFacts, "name">> {
  readonly id?: Id<"person">;
  readonly unit: Home;
  readonly name: string;
  /** Null for somebody whose number is not known yet (a child in a household). */
  readonly identity: Identity | null;
  readonly sealed?: PersonSealed;
}

/** Facts asked for after the fact, in the order a person is asked for them. */
const wantedFacts = ["sex", "birthDate", "ethnicity", "education", "politicalStatus"] as const;

/** What is still wanted of a person: `phone` too, which is sealed, and `joinedOn`, which is the membership's. */
export function stillWanted(facts: Partial<PersonFacts>, sealed: PersonSealed): string[] {
  const missing: string[] = wantedFacts.filter(
    (field) => facts[field] === null || facts[field] === undefined,
  );
  if (!sealed.phone) missing.unshift("phone");
  return missing;
}
