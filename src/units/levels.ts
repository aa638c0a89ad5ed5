import type { Text } from "../kernel/words.ts";

/** The levels of the union tree (organisation.md §2.1), highest first. `rank` orders them; `code` opens unit codes. */
export const levels = {
  NATIONAL: { rank: 0, zh: "全国级", en: "National" },
  NATIONAL_INDUSTRIAL: { rank: 1, zh: "全国产业工会", en: "National industrial" },
  PROVINCIAL: { rank: 2, zh: "省级", en: "Provincial" },
  PREFECTURE: { rank: 3, zh: "市级", en: "City" },
  COUNTY: { rank: 4, zh: "县级", en: "County" },
  TOWNSHIP: { rank: 5, zh: "乡镇（街道）级", en: "Township or street" },
  PARK: { rank: 5, zh: "开发区（园区）级", en: "Development park" },
  COMMUNITY: { rank: 6, zh: "村（社区）级", en: "Village or community" },
  GRASSROOTS: { rank: 7, zh: "基层工会", en: "Grassroots" },
  BRANCH: { rank: 8, zh: "工会分会", en: "Branch" },
  GROUP: { rank: 9, zh: "工会小组", en: "Group" },
} as const satisfies Record<string, Text & { rank: number }>;

export type UnionLevel = keyof typeof levels;

export const unionLevels = Object.keys(levels) as readonly UnionLevel[];

/** Whether a value from outside is the code of a level (`COUNTY`); its title is none. */
export function isUnionLevel(value: unknown): value is UnionLevel {
  return typeof value === "string" && Object.hasOwn(levels, value);
}

/** The level's name, for people. */
export function levelTitle(level: UnionLevel): Text {
  const { zh, en } = levels[level];
  return { zh, en };
}

/** 工会组织类型 (organisation.md §2.2). */
export const orgTypes = {
  SINGLE_UNIT: { zh: "独立基层工会", en: "Single unit" },
  JOINT: { zh: "联合基层工会", en: "Joint" },
  SUBDISTRICT: { zh: "街道工会", en: "Subdistrict" },
  PARK: { zh: "园区工会", en: "Park" },
  INDUSTRY: { zh: "行业工会", en: "Industry" },
  GROUP_COMPANY: { zh: "集团工会", en: "Group company" },
  SYSTEM: { zh: "系统工会", en: "System" },
  BRANCH_OR_GROUP: { zh: "分会/小组", en: "Branch or group" },
} as const satisfies Record<string, Text>;
export type OrgType = keyof typeof orgTypes;

/** 工会组织形式 (organisation.md §2.2). */
export const orgForms = {
  FEDERATION: { zh: "总工会", en: "Federation" },
  UNION: { zh: "工会", en: "Union" },
  UNION_ASSOCIATION: { zh: "工会联合会", en: "Association of unions" },
  UNION_COMMITTEE: { zh: "工会委员会", en: "Union committee" },
  JOINT_UNION_COMMITTEE: { zh: "联合工会委员会", en: "Joint union committee" },
  BRANCH: { zh: "分会", en: "Branch" },
  GROUP: { zh: "小组", en: "Group" },
  WORKING_COMMITTEE: { zh: "工会工作委员会", en: "Working committee" },
  OFFICE: { zh: "工会办事处", en: "Office" },
} as const satisfies Record<string, Text>;
export type OrgForm = keyof typeof orgForms;

/** 组织状态 (organisation.md §5.1). */
export const unitStatuses = {
  DRAFT: { zh: "拟建", en: "Draft" },
  PREPARING: { zh: "筹备期", en: "Preparing" },
  FOUNDING_APPROVED: { zh: "批准建会", en: "Founding approved" },
  ELECTED: { zh: "已选举待批", en: "Elected, awaiting approval" },
  ACTIVE: { zh: "正常", en: "Active" },
  TERM_EXPIRED: { zh: "届满未换届", en: "Term expired" },
  TERM_EXTENDED: { zh: "延期换届", en: "Term extended" },
  RESTRUCTURING: { zh: "隶属关系调整中", en: "Changing superior" },
  SUSPENDED: { zh: "停用", en: "Suspended" },
  DISSOLVING: { zh: "撤销清理中", en: "Dissolving" },
  DISSOLVED: { zh: "已撤销", en: "Dissolved" },
  MERGED: { zh: "已合并", en: "Merged" },
} as const satisfies Record<string, Text>;
export type UnitStatus = keyof typeof unitStatuses;

/** 法人资格状态 (organisation.md §6). */
export const legalPersonStatuses = {
  NONE: { zh: "未登记", en: "None" },
  APPLIED: { zh: "已申请", en: "Applied" },
  REJECTED: { zh: "未获批准", en: "Rejected" },
  REGISTERED: { zh: "已登记", en: "Registered" },
  CHANGE_PENDING: { zh: "变更中", en: "Change pending" },
  EXPIRING: { zh: "即将到期", en: "Expiring" },
  EXPIRED: { zh: "已到期", en: "Expired" },
  CANCELLATION_PENDING: { zh: "注销中", en: "Cancellation pending" },
  CANCELLED: { zh: "已注销", en: "Cancelled" },
} as const satisfies Record<string, Text>;
export type LegalPersonStatus = keyof typeof legalPersonStatuses;

/** Committees of a union (organisation.md §4.1). */
export const committeeKinds = {
  UNION_COMMITTEE: { zh: "工会委员会", en: "Union committee" },
  STANDING_COMMITTEE: { zh: "常务委员会", en: "Standing committee" },
  FUND_AUDIT: { zh: "经费审查委员会", en: "Fund audit committee" },
  WOMEN_WORKERS: { zh: "女职工委员会", en: "Women workers’ committee" },
  LABOUR_LAW_SUPERVISION: { zh: "劳动法律监督委员会", en: "Labour law supervision committee" },
  LABOUR_PROTECTION: { zh: "劳动保护监督检查委员会", en: "Labour protection committee" },
  LABOUR_DISPUTE_MEDIATION: { zh: "劳动争议调解委员会", en: "Labour dispute mediation committee" },
} as const satisfies Record<string, Text>;
export type CommitteeKind = keyof typeof committeeKinds;
