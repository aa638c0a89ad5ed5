import { z } from "zod";
import { yearOf } from "../kernel/day.ts";
import { zCursor, zDay, zId, zPage, zText } from "../kernel/schemas.ts";
import { employmentGroups } from "./codes.ts";
import { type Household, relationTitles } from "./household.ts";
import { type MembershipStatus, membershipStatuses } from "./membership.ts";
import { zLook, zOffer } from "./route-words.ts";

export const zStatus = z.enum(membershipStatuses as [MembershipStatus, ...MembershipStatus[]]);

export const zMemberLine = z.object({
  id: zId<"person">(),
  name: z.string(),
  sex: z.union([z.literal(1), z.literal(2)]).nullable(),
  birthYear: z.int().nullable(),
  unitId: z.string().nullable(),
  unitName: z.string().nullable(),
  status: zStatus.nullable(),
  memberNo: z.string().nullable(),
  joinedOn: zDay.nullable(),
  employmentGroup: z.string().nullable(),
  toComplete: z.array(z.string()),
  hardship: z.boolean(),
});

export const zFilters = zPage.extend({
  q: z.string().max(60).optional(),
  unit: z.union([zId<"unit">(), z.literal("")]).optional(),
  status: z.union([zStatus, z.enum(["roster", "members", "disowned", "all", ""])]).optional(),
  group: z.union([z.enum(Object.keys(employmentGroups) as [string, ...string[]]), z.literal("")]).optional(),
  migrant: z.enum(["true", "false", ""]).optional(),
});

export const zMemberList = z.object({
  items: z.array(zMemberLine),
  next: zCursor.nullable(),
  total: z.int().optional(),
});

/** A household as its own people and the desk read it. */
export const zHousehold = z.object({
  id: z.string(),
  members: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      relation: z.string(),
      relationTitle: zText,
      birthYear: z.int().nullable(),
      workStatus: z.string().nullable(),
    }),
  ),
});

/** A household presented, or none. */
export function householdAnswer(household: Household | null): z.input<typeof zHousehold> | null {
  if (household === null) return null;
  return {
    id: household.id,
    members: household.members.map(({ id, name, relation, birthDate, workStatus }) => ({
      id,
      name,
      relation,
      relationTitle: relationTitles[relation as keyof typeof relationTitles] ?? {
        zh: relation,
        en: relation,
      },
      birthYear: birthDate ? yearOf(birthDate) : null,
      workStatus,
    })),
  };
}

export const zMemberPage = z.object({
  person: z.object({
    id: zId<"person">(),
    district: z.string(),
    name: z.string(),
    status: zStatus.nullable(),
    unitId: z.string().nullable(),
    unitName: z.string().nullable(),
    idKind: z.string(),
    idNumber: z.string().nullable(),
    phone: z.string().nullable(),
    bankCard: z.string().nullable(),
    address: z.string().nullable(),
    sex: z.union([z.literal(1), z.literal(2)]).nullable(),
    birthYear: z.int().nullable(),
    memberNo: z.string().nullable(),
    joinedOn: zDay.nullable(),
    employerName: z.string().nullable(),
    jobTitle: z.string().nullable(),
    employmentGroup: z.string().nullable(),
    employmentTypeTitle: zText.nullable(),
    migrant: z.boolean().nullable(),
    ethnicityTitle: zText.nullable(),
    educationTitle: zText.nullable(),
    politicalStatusTitle: zText.nullable(),
    toComplete: z.array(zText),
    version: z.int(),
  }),
  memberships: z.array(
    z.object({
      id: z.string(),
      unitId: z.string(),
      unitName: z.string().nullable(),
      status: zStatus,
      statusTitle: zText,
      memberNo: z.string().nullable(),
      joinedOn: zDay.nullable(),
      since: zDay,
      kind: z.string(),
    }),
  ),
  events: z.array(
    z.object({
      id: z.string(),
      from: zStatus.nullable(),
      to: zStatus,
      fromTitle: zText.nullable(),
      toTitle: zText,
      reason: z.string().nullable(),
      reasonTitle: zText.nullable(),
      on: zDay,
      at: z.string(),
      unitName: z.string(),
      byName: z.string().nullable(),
      document: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
  household: zHousehold.nullable(),
  cases: z.array(z.looseObject({ id: z.string() })),
  /** The latest looks at the person; null for officers who may neither reveal nor audit there. */
  lookedAt: z.array(zLook).nullable(),
  may: z.array(zOffer),
});
