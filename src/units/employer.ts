import { z } from "zod";
import type { Text } from "../kernel/words.ts";

/** 单位性质 (organisation.md §8.2). */
export const unitNatures = {
  ENTERPRISE: { zh: "企业", en: "Enterprise" },
  PUBLIC_INSTITUTION: { zh: "事业单位", en: "Public institution" },
  STATE_ORGAN: { zh: "机关", en: "State organ" },
  SOCIAL_ORGANISATION: { zh: "社会组织", en: "Social organisation" },
  INDIVIDUAL_ECONOMY: { zh: "个体经济组织", en: "Individual business" },
  OTHER: { zh: "其他", en: "Other" },
} as const satisfies Record<string, Text>;
export type UnitNature = keyof typeof unitNatures;

/** 企业划型 (organisation.md §8.4). */
export const sizeClasses = {
  LARGE: { zh: "大型", en: "Large" },
  MEDIUM: { zh: "中型", en: "Medium" },
  SMALL: { zh: "小型", en: "Small" },
  MICRO: { zh: "微型", en: "Micro" },
} as const satisfies Record<string, Text>;
export type SizeClass = keyof typeof sizeClasses;

const zCount = z.int().min(0).max(10_000_000);

/** A covered employing unit (用人单位) as a union's record keeps it. Counts are people; payroll is fen a month. */
export const zEmployer = z
  .strictObject({
    name: z.string().min(2).max(120),
    uscc: z.string().optional(),
    nature: z.enum(Object.keys(unitNatures) as [UnitNature, ...UnitNature[]]).optional(),
    registrationType: z
      .string()
      .regex(/^\d{3}$/)
      .optional(),
    industryCode: z
      .string()
      .regex(/^[A-T]\d{0,4}$/)
      .optional(),
    sizeClass: z.enum(Object.keys(sizeClasses) as [SizeClass, ...SizeClass[]]).optional(),
    employeeCount: zCount.optional(),
    femaleEmployeeCount: zCount.optional(),
    dispatchedCount: zCount.optional(),
    migrantWorkerCount: zCount.optional(),
    partyOrganisation: z.enum(["none", "branch", "general_branch", "committee"]).optional(),
    payrollMonthlyFen: z.int().min(0).optional(),
    openedOn: z.iso.date().optional(),
    closedOn: z.iso.date().optional(),
  })
  .refine((one) => (one.femaleEmployeeCount ?? 0) <= (one.employeeCount ?? Number.POSITIVE_INFINITY), {
    path: ["femaleEmployeeCount"],
    error: "女职工数不能多于职工数 / women workers cannot outnumber workers",
  });
export type Employer = z.output<typeof zEmployer>;

/** Industries of the size classes of 工信部联企业〔2011〕300号. */
export type SizeIndustry =
  | "agriculture"
  | "industry"
  | "construction"
  | "wholesale"
  | "retail"
  | "transport"
  | "storage"
  | "post"
  | "hospitality"
  | "telecom"
  | "software"
  | "realEstate"
  | "property"
  | "leasing"
  | "other";

/** Lower limits [large, medium, small] of employees X, revenue Y and assets Z (both in 10,000 yuan); all given must be met. */
const limits: Readonly<
  Record<SizeIndustry, Readonly<Partial<Record<"x" | "y" | "z", readonly [number, number, number]>>>>
> = {
  agriculture: { y: [20_000, 500, 50] },
  industry: { x: [1000, 300, 20], y: [40_000, 2000, 300] },
  construction: { y: [80_000, 6000, 300], z: [80_000, 5000, 300] },
  wholesale: { x: [200, 20, 5], y: [40_000, 5000, 1000] },
  retail: { x: [300, 50, 10], y: [20_000, 500, 100] },
  transport: { x: [1000, 300, 20], y: [30_000, 3000, 200] },
  storage: { x: [200, 100, 20], y: [30_000, 1000, 100] },
  post: { x: [1000, 300, 20], y: [30_000, 2000, 100] },
  hospitality: { x: [300, 100, 10], y: [10_000, 2000, 100] },
  telecom: { x: [2000, 100, 10], y: [100_000, 1000, 100] },
  software: { x: [300, 100, 10], y: [10_000, 1000, 50] },
  realEstate: { y: [200_000, 1000, 100], z: [10_000, 5000, 2000] },
  property: { x: [1000, 300, 100], y: [5000, 1000, 500] },
  leasing: { x: [300, 100, 10], z: [120_000, 8000, 100] },
  other: { x: [300, 100, 10] },
};

/** The size class of an enterprise by employees X, revenue Y and assets Z in 10,000 yuan (工信部联企业〔2011〕300号). */
export function sizeClass(
  industry: SizeIndustry,
  has: { readonly x: number; readonly y: number; readonly z: number },
): SizeClass {
  const meets = (step: 0 | 1 | 2): boolean =>
    (Object.entries(limits[industry]) as ["x" | "y" | "z", readonly [number, number, number]][]).every(
      ([what, limit]) => has[what] >= limit[step],
    );
  if (meets(0)) return "LARGE";
  if (meets(1)) return "MEDIUM";
  return meets(2) ? "SMALL" : "MICRO";
}
