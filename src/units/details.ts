import { z } from "zod";
import { zEmployer } from "./employer.ts";
import { type CommitteeKind, committeeKinds } from "./levels.ts";
import { type RuleDocument, ruleDocuments } from "./six-haves.ts";

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): [Key, ...Key[]] =>
  Object.keys(table) as [Key, ...Key[]];

/**
 * What a union's record holds beside its columns (organisation.md §3): profile, committees, and the facts the
 * six-haves check and the annual figures read. The office telephone is the union's own landline; people's numbers
 * are never here.
 */
export const zUnitDetails = z.strictObject({
  address: z.string().max(200).optional(),
  postalCode: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  officePhone: z
    .string()
    .regex(/^0\d{2,3}-?\d{7,8}$/)
    .optional(),
  email: z.email().max(120).optional(),
  industryCode: z
    .string()
    .regex(/^[A-T]\d{0,4}$/)
    .optional(),
  approvalDocNo: z.string().max(60).optional(),
  foundingMode: z.enum(["OFFLINE", "ONLINE"]).optional(),
  hasSeal: z.boolean().optional(),
  sealDiameterMm: z.int().min(1).max(200).optional(),
  hasBankAccount: z.boolean().optional(),
  hasApprovedBudget: z.boolean().optional(),
  committees: z
    .array(
      z.strictObject({
        kind: z.enum(keysOf<CommitteeKind>(committeeKinds)),
        seats: z.int().min(1).max(99).optional(),
        since: z.iso.date().optional(),
      }),
    )
    .max(20)
    .optional(),
  womenDelegate: z.boolean().optional(),
  fullTimeChair: z.boolean().optional(),
  chairTrainedOn: z.iso.date().optional(),
  lastActivityOn: z.iso.date().optional(),
  rules: z.array(z.enum(keysOf<RuleDocument>(ruleDocuments))).optional(),
  satisfiedBp: z.int().min(0).max(10_000).optional(),
  evaluatedOn: z.iso.date().optional(),
  hasWorkersCongress: z.boolean().optional(),
  opensAffairs: z.boolean().optional(),
  hasCollectiveContract: z.boolean().optional(),
  hasWageBargaining: z.boolean().optional(),
  hasMediationCommittee: z.boolean().optional(),
  hasServiceStation: z.boolean().optional(),
  displaysPlate: z.boolean().optional(),
  chairDisclosesIdentity: z.boolean().optional(),
  homeRating: z.enum(["NONE", "QUALIFIED", "ADVANCED", "MODEL", "NATIONAL_MODEL"]).optional(),
  /** Enterprises and workers in the territory, for township federations. */
  enterprises: z.int().min(0).optional(),
  workers: z.int().min(0).optional(),
  womenMembers: z.int().min(0).optional(),
  /** Units covered by a joint, industry or park union. */
  covered: z.array(zEmployer).max(2000).optional(),
});
export type UnitDetails = z.output<typeof zUnitDetails>;
