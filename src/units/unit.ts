import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import type { District, Region } from "../kernel/region.ts";
import type { UnitDetails } from "./details.ts";
import type { Employer } from "./employer.ts";
import type { LegalPersonStatus, OrgForm, OrgType, UnionLevel, UnitStatus } from "./levels.ts";

/** A union body, as its row says. */
export interface Unit {
  readonly id: Id<"unit">;
  readonly path: UnitPath;
  /** 上一级工会: null for the topmost union of the installation. */
  readonly parentId: Id<"unit"> | null;
  /** 经费隶属, when it is not the superior. */
  readonly fundsParentId: Id<"unit"> | null;
  /** 产业工会指导关系. */
  readonly industrialParentId: Id<"unit"> | null;
  /** Where its records live. */
  readonly district: District;
  readonly code: string;
  readonly formerCodes: readonly string[];
  readonly name: string;
  readonly shortName: string | null;
  readonly level: UnionLevel;
  readonly orgType: OrgType | null;
  readonly orgForm: OrgForm | null;
  readonly regionCode: Region;
  readonly uscc: string | null;
  readonly legalPersonStatus: LegalPersonStatus;
  readonly status: UnitStatus;
  readonly foundedOn: Day | null;
  readonly termYears: number | null;
  readonly termNumber: number | null;
  readonly termStart: Day | null;
  readonly termEnd: Day | null;
  readonly employer: Employer | null;
  readonly details: UnitDetails;
  /** Members this union holds itself; those of unions below are not in it. */
  readonly members: number;
  readonly version: number;
  readonly createdOn: Day;
}

/** Who does something, and when: stamped on events and rows. `person` is null for the program itself. */
export interface By {
  readonly person: Id<"person"> | null;
  readonly at: Date;
  readonly day: Day;
}

/** One line of a unit's history. */
export interface UnitEvent {
  readonly id: Id<"unit-event">;
  readonly kind: "created" | "edited" | "moved" | "status" | "imported";
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
  readonly byPerson: Id<"person"> | null;
  readonly at: Date;
  readonly onDay: Day;
}
