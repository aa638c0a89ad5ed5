import type { Text } from "../kernel/words.ts";

/** What a post makes its holder in a union. The words of the posts' table; `post.role` holds one of them. */
export const roleTitles = {
  chair: { zh: "主席", en: "Chair" },
  vice_chair: { zh: "副主席", en: "Vice chair" },
  organiser: { zh: "组织员", en: "Organiser" },
  aid: { zh: "帮扶干事", en: "Aid officer" },
  rights: { zh: "维权干事", en: "Rights officer" },
  legal: { zh: "法律工作", en: "Legal officer" },
  finance: { zh: "财务", en: "Finance officer" },
  cashier: { zh: "出纳", en: "Cashier" },
  audit: { zh: "经审", en: "Auditor" },
  women: { zh: "女职工工作", en: "Women workers’ officer" },
  growth: { zh: "经济技术工作", en: "Growth officer" },
  publicity: { zh: "宣传文体工作", en: "Publicity officer" },
  counsellor: { zh: "心理咨询师", en: "Counsellor" },
  mediator: { zh: "调解员", en: "Mediator" },
  lawyer: { zh: "律师", en: "Lawyer" },
  employer_rep: { zh: "用人单位代表", en: "Employer’s representative" },
  assessor: { zh: "评审员", en: "Assessor" },
  keeper: { zh: "驿站管理员", en: "Station keeper" },
  admin: { zh: "系统管理员", en: "Administrator" },
  staff: { zh: "工作人员", en: "Staff" },
} as const satisfies Record<string, Text>;

export type Role = keyof typeof roleTitles;

/** What one may do. A route, a step and a query each ask for one of these. */
export const powerTitles = {
  "unit.read": { zh: "查看组织", en: "See unions" },
  "unit.write": { zh: "新建和修改组织", en: "Create and edit unions" },
  "unit.move": { zh: "调整隶属关系", en: "Move unions" },
  "post.write": { zh: "任免岗位", en: "Give and end posts" },
  "policy.write": { zh: "设定本地政策", en: "Set local policies" },
  "roster.read": { zh: "查看会员名册", en: "See the roster" },
  "roster.write": { zh: "维护会员名册", en: "Keep the roster" },
  "roster.reveal": { zh: "查看完整证件号等信息", en: "Reveal personal numbers" },
  "member.decide": { zh: "审批入会和会籍", en: "Decide on membership" },
  "case.read": { zh: "查看办件", en: "See cases" },
  "aid.check": { zh: "受理和入户走访", en: "Accept and visit" },
  "aid.verify": { zh: "核对经济状况", en: "Verify means" },
  "aid.review": { zh: "复核帮扶申请", en: "Review aid" },
  "aid.approve": { zh: "审批帮扶申请", en: "Approve aid" },
  "aid.file": { zh: "建立困难职工档案", en: "Keep hardship files" },
  "notice.read": { zh: "查看公示", en: "See notices" },
  "notice.decide": { zh: "处理公示异议", en: "Decide on objections" },
  "fund.read": { zh: "查看资金", en: "See funds" },
  "fund.write": { zh: "管理资金", en: "Keep funds" },
  "batch.read": { zh: "查看发放批次", en: "See payment batches" },
  "batch.make": { zh: "编制发放批次", en: "Make payment batches" },
  "batch.review": { zh: "复核发放批次", en: "Review payment batches" },
  "batch.fund": { zh: "安排发放资金", en: "Fund payment batches" },
  "batch.approve": { zh: "批准发放", en: "Approve payments" },
  "batch.bank": { zh: "银行文件和回盘", en: "Bank files and results" },
  "ledger.read": { zh: "查看账簿", en: "See the books" },
  "ledger.write": { zh: "记账", en: "Keep the books" },
  "audit.read": { zh: "审计查阅", en: "Audit" },
  "figures.read": { zh: "查看统计", en: "See figures" },
  "account.write": { zh: "管理登录账号", en: "Keep sign-in accounts" },
} as const satisfies Record<string, Text>;

export type Power = keyof typeof powerTitles;

const officer = ["unit.read", "roster.read", "case.read", "notice.read", "figures.read"] as const;

/**
 * Which role carries which powers, inside its own union and below. The level at which a step is decided is the
 * step's to name, not the role's. Finance prepares and sends payments, the chairs approve them, audit reads
 * everything and writes nothing.
 */
export const powersOf = {
  chair: [
    ...officer,
    "unit.write",
    "unit.move",
    "post.write",
    "policy.write",
    "roster.write",
    "roster.reveal",
    "member.decide",
    "aid.check",
    "aid.review",
    "aid.approve",
    "notice.decide",
    "fund.read",
    "batch.read",
    "batch.review",
    "batch.approve",
    "ledger.read",
    "account.write",
  ],
  vice_chair: [
    ...officer,
    "unit.write",
    "roster.write",
    "roster.reveal",
    "member.decide",
    "aid.check",
    "aid.review",
    "aid.approve",
    "notice.decide",
    "fund.read",
    "batch.read",
    "batch.review",
    "batch.approve",
    "ledger.read",
  ],
  organiser: [...officer, "unit.write", "roster.write", "roster.reveal", "member.decide", "aid.check"],
  aid: [
    ...officer,
    "roster.reveal",
    "aid.check",
    "aid.verify",
    "aid.review",
    "aid.file",
    "notice.decide",
    "fund.read",
    "batch.read",
    "batch.make",
  ],
  rights: [...officer, "roster.reveal"],
  legal: [...officer, "roster.reveal"],
  finance: [
    "unit.read",
    "figures.read",
    "fund.read",
    "fund.write",
    "batch.read",
    "batch.make",
    "batch.review",
    "batch.fund",
    "batch.bank",
    "ledger.read",
    "ledger.write",
  ],
  cashier: ["unit.read", "figures.read", "fund.read", "batch.read", "batch.bank", "ledger.read"],
  audit: [...officer, "fund.read", "batch.read", "ledger.read", "audit.read"],
  women: officer,
  growth: officer,
  publicity: ["unit.read", "notice.read", "figures.read"],
  counsellor: ["unit.read"],
  mediator: ["unit.read"],
  lawyer: ["unit.read"],
  employer_rep: ["unit.read"],
  assessor: ["unit.read"],
  keeper: ["unit.read"],
  admin: [
    "unit.read",
    "unit.write",
    "unit.move",
    "post.write",
    "policy.write",
    "roster.read",
    "roster.write",
    "figures.read",
    "account.write",
  ],
  staff: officer,
} as const satisfies Record<Role, readonly Power[]>;

const sets = new Map<string, ReadonlySet<string>>(
  Object.entries(powersOf).map(([role, powers]) => [role, new Set<string>(powers)]),
);

/** Whether a role carries a power. */
export function satisfies(role: Role, power: Power): boolean {
  return sets.get(role)?.has(power) ?? false;
}

/** The roles that carry a power. */
export function rolesWith(power: Power): readonly Role[] {
  return (Object.keys(powersOf) as Role[]).filter((role) => satisfies(role, power));
}

/** Whether a value from outside is a role's code. It says nothing of who holds it. */
export function isRole(value: unknown): value is Role {
  return typeof value === "string" && Object.hasOwn(roleTitles, value);
}

/** Whether a value from outside is a power's code. It says nothing of who has it. */
export function isPower(value: unknown): value is Power {
  return typeof value === "string" && Object.hasOwn(powerTitles, value);
}
