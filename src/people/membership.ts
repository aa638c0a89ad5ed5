import { type Or, type Refusal, refuse, type Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";

const measures = (article: string): Source => ({
  document: { zh: "《工会会员会籍管理办法》", en: "Measures for Union Membership" },
  article,
});
const constitution = (article: string): Source => ({
  document: { zh: "《中国工会章程》", en: "Constitution of the Chinese Trade Unions" },
  article,
});

/** 会籍状态 (membership.md §4, §9.1). `APPLIED_BY_UNION`: a roster names the worker, who has yet to confirm it. */
export const statusTitles = {
  APPLIED: { zh: "申请中", en: "Applied" },
  APPLIED_BY_UNION: { zh: "待本人确认", en: "To be confirmed" },
  RETURNED: { zh: "退回补正", en: "Returned" },
  REJECTED: { zh: "未批准", en: "Not approved" },
  ACTIVE: { zh: "正常", en: "Active" },
  TRANSFER_OUT: { zh: "转出中", en: "Transferring" },
  RETAINED: { zh: "保留会籍", en: "Retained" },
  WITHDRAWN: { zh: "退会", en: "Withdrawn" },
  AUTO_WITHDRAWN: { zh: "视为自动退会", en: "Deemed withdrawn" },
  EXPELLED: { zh: "开除会籍", en: "Expelled" },
  DECEASED: { zh: "去世", en: "Deceased" },
  CANCELLED: { zh: "注销", en: "Cancelled" },
} as const satisfies Record<string, Text>;

export type MembershipStatus = keyof typeof statusTitles;
export const membershipStatuses = Object.keys(statusTitles) as MembershipStatus[];

/** 变动原因 (membership.md §4.1). */
export const reasonTitles = {
  JOINED: { zh: "入会", en: "Joined" },
  IMPORTED: { zh: "名册导入", en: "Loaded from a roster" },
  RETIRED: { zh: "退休", en: "Retired" },
  EARLY_RETIRED: { zh: "提前退休", en: "Early retirement" },
  INTERNAL_RETIREMENT: { zh: "内部退养", en: "Internal retirement" },
  UNEMPLOYED: { zh: "失业", en: "Unemployed" },
  UNIT_CLOSED: { zh: "单位关闭破产", en: "Employer closed" },
  MILITARY: { zh: "服兵役", en: "Military service" },
  REEMPLOYED: { zh: "重新就业", en: "Employed again" },
  JOB_CHANGE: { zh: "调动", en: "Change of job" },
  SECONDMENT: { zh: "借调", en: "Secondment" },
  UNIT_UNION_FOUNDED: { zh: "单位新建工会", en: "The employer’s union was founded" },
  VOLUNTARY: { zh: "自愿退会", en: "Voluntary" },
  SIX_MONTHS: { zh: "连续六个月", en: "Six months running" },
  CRIMINAL: { zh: "刑事处分", en: "Criminal punishment" },
  DEATH: { zh: "去世", en: "Death" },
  DATA_ERROR: { zh: "信息有误", en: "Data error" },
  DUPLICATE: { zh: "重复", en: "Duplicate" },
  NOT_ELIGIBLE: { zh: "不符合条件", en: "Not eligible" },
  RESTORED: { zh: "更正恢复", en: "Restored" },
  CONFIRMED: { zh: "本人确认", en: "Confirmed by the worker" },
  NOT_EMPLOYED_HERE: { zh: "不是本单位职工", en: "Does not work there" },
  LEFT_EMPLOYER: { zh: "已经离开单位", en: "Has left the employer" },
  UNWILLING: { zh: "不愿意入会", en: "Does not wish to join" },
  DISOWNED: { zh: "其他情况不符", en: "Not so, for another reason" },
  UNCONFIRMED: { zh: "逾期未确认", en: "Not confirmed in time" },
} as const satisfies Record<string, Text>;

export type StatusReason = keyof typeof reasonTitles;

/** Why a worker says that a roster should not name them. */
export const disownReasons = [
  "NOT_EMPLOYED_HERE",
  "LEFT_EMPLOYER",
  "UNWILLING",
  "DISOWNED",
] as const satisfies readonly StatusReason[];

/** The one relation a person may have is in one of these (membership.md §4, invariant 1). */
export function counts(status: MembershipStatus | null): boolean {
  return status === "ACTIVE" || status === "TRANSFER_OUT" || status === "RETAINED";
}

/** Counted as a member in figures; retained members are not (Measures, Article 16). */
export function isCountedMember(status: MembershipStatus | null): boolean {
  return status === "ACTIVE" || status === "TRANSFER_OUT";
}

/** What each may do (membership.md §6). A service relation never votes nor pays. */
export type MemberRight = "vote" | "stand" | "petition" | "propose" | "dues" | "benefits" | "ownData";

/**
 * Whether a relation gives a right. One's own data is everybody's; a retained member keeps the benefits alone
 * beside it.
 */
export function has(
  right: MemberRight,
  status: MembershipStatus | null,
  kind: "member" | "service" = "member",
): boolean {
  switch (right) {
    case "ownData":
      return true;
    case "benefits":
      return isCountedMember(status) || status === "RETAINED";
    default:
      return kind === "member" && isCountedMember(status);
  }
}

/** Who acts on a membership. `upper`: a street or county union; `city`: above it. */
export type MembershipActor = "member" | "grassroots" | "upper" | "city";

const actorTitles: Readonly<Record<MembershipActor, Text>> = {
  member: { zh: "会员本人", en: "the member" },
  grassroots: { zh: "基层工会", en: "the grassroots union" },
  upper: { zh: "上级工会", en: "the superior union" },
  city: { zh: "市级以上工会", en: "a city union or above" },
};

/** What is done to a membership. */
export interface MembershipAction {
  readonly name: MembershipActionName;
  readonly reason?: StatusReason | undefined;
  readonly note?: string | undefined;
  /** The committee's decision: its number or date. */
  readonly decision?: string | undefined;
  /** The union group's opinion, for an expulsion. */
  readonly opinion?: string | undefined;
  /** The number under which the superior union filed an expulsion. */
  readonly filing?: string | undefined;
  /** Who proposed a cancellation; another person decides it. */
  readonly proposedBy?: string | undefined;
}

interface Transition {
  readonly title: Text;
  readonly from: readonly MembershipStatus[];
  readonly to: MembershipStatus;
  readonly by: readonly MembershipActor[];
  /** Reasons that fit; the first when none is given. Empty: any. */
  readonly reasons: readonly StatusReason[];
  readonly source: Source;
}

/** Every change of a membership that one party decides; transfers, which two decide, are in `transfer.ts`. */
export const transitions = {
  confirm: {
    title: { zh: "登记本人确认", en: "Record their consent" },
    from: ["APPLIED_BY_UNION"],
    to: "ACTIVE",
    by: ["member", "grassroots", "upper"],
    reasons: ["CONFIRMED"],
    source: measures("第五条"),
  },
  disown: {
    title: { zh: "说明情况不符", en: "Say it is not so" },
    from: ["APPLIED_BY_UNION"],
    to: "CANCELLED",
    by: ["member"],
    reasons: disownReasons,
    source: measures("第五条"),
  },
  takeBack: {
    title: { zh: "撤回登记", en: "Take back" },
    from: ["APPLIED_BY_UNION"],
    to: "CANCELLED",
    by: ["grassroots", "upper"],
    reasons: ["DATA_ERROR", "DUPLICATE", "NOT_ELIGIBLE"],
    source: measures("第十一条"),
  },
  approve: {
    title: { zh: "批准入会", en: "Approve" },
    from: ["APPLIED"],
    to: "ACTIVE",
    by: ["grassroots", "upper"],
    reasons: ["JOINED"],
    source: measures("第五条"),
  },
  return: {
    title: { zh: "退回补正", en: "Return" },
    from: ["APPLIED"],
    to: "RETURNED",
    by: ["grassroots", "upper"],
    reasons: ["DATA_ERROR"],
    source: measures("第五条"),
  },
  resubmit: {
    title: { zh: "重新提交", en: "Submit again" },
    from: ["RETURNED"],
    to: "APPLIED",
    by: ["member", "grassroots"],
    reasons: ["JOINED"],
    source: measures("第五条"),
  },
  reject: {
    title: { zh: "不予批准", en: "Do not approve" },
    from: ["APPLIED", "RETURNED"],
    to: "REJECTED",
    by: ["grassroots", "upper"],
    reasons: ["NOT_ELIGIBLE", "DUPLICATE"],
    source: measures("第四条"),
  },
  retain: {
    title: { zh: "保留会籍", en: "Retain" },
    from: ["ACTIVE"],
    to: "RETAINED",
    by: ["grassroots", "upper"],
    reasons: ["RETIRED", "EARLY_RETIRED", "UNEMPLOYED", "UNIT_CLOSED", "MILITARY"],
    source: constitution("第八条"),
  },
  reactivate: {
    title: { zh: "恢复会籍", en: "Reactivate" },
    from: ["RETAINED"],
    to: "ACTIVE",
    by: ["grassroots", "upper"],
    reasons: ["REEMPLOYED", "MILITARY"],
    source: measures("第十七至二十条"),
  },
  restore: {
    title: { zh: "更正恢复", en: "Restore" },
    from: ["RETAINED", "WITHDRAWN", "AUTO_WITHDRAWN", "DECEASED"],
    to: "ACTIVE",
    by: ["grassroots", "upper", "city"],
    reasons: ["RESTORED"],
    source: measures("第十一条"),
  },
  withdraw: {
    title: { zh: "退会", en: "Withdraw" },
    from: ["ACTIVE", "RETAINED"],
    to: "WITHDRAWN",
    by: ["member", "grassroots"],
    reasons: ["VOLUNTARY"],
    source: measures("第二十二条"),
  },
  autoWithdraw: {
    title: { zh: "视为自动退会", en: "Deem withdrawn" },
    from: ["ACTIVE"],
    to: "AUTO_WITHDRAWN",
    by: ["grassroots"],
    reasons: ["SIX_MONTHS"],
    source: constitution("第六条"),
  },
  expel: {
    title: { zh: "开除会籍", en: "Expel" },
    from: ["ACTIVE", "RETAINED"],
    to: "EXPELLED",
    by: ["grassroots"],
    reasons: ["CRIMINAL"],
    source: measures("第二十三条"),
  },
  deceased: {
    title: { zh: "登记去世", en: "Record death" },
    from: ["APPLIED", "APPLIED_BY_UNION", "RETURNED", "ACTIVE", "TRANSFER_OUT", "RETAINED"],
    to: "DECEASED",
    by: ["grassroots", "upper"],
    reasons: ["DEATH"],
    source: measures("第十一条"),
  },
  cancel: {
    title: { zh: "注销", en: "Cancel" },
    from: ["APPLIED", "RETURNED", "ACTIVE", "RETAINED", "TRANSFER_OUT"],
    to: "CANCELLED",
    by: ["upper", "city"],
    reasons: ["DUPLICATE", "DATA_ERROR"],
    source: measures("第十一条"),
  },
} as const satisfies Record<string, Transition>;

export type MembershipActionName = keyof typeof transitions;

/** What a decision needs to know of the relation it is about. */
export interface RelationFacts {
  readonly status: MembershipStatus;
  readonly reason: StatusReason | null;
  /** Age on the day of the decision; null when the birth date is unknown. */
  readonly age: number | null;
  /** 返聘: a retiree hired again. */
  readonly rehiredRetiree?: boolean;
}

/** Who decides: in which part, and as whom. */
export interface MembershipDecider {
  readonly as: MembershipActor;
  readonly person: string;
}

/** What would happen. Nothing happens here: `changeMembership` writes it. */
export interface MembershipChange {
  readonly from: MembershipStatus;
  readonly to: MembershipStatus;
  readonly reason: StatusReason;
}

/** The age from which one may work and so be a member (Labour Law, Article 15). Years. */
export const memberAge = 16;

/** Nobody younger reaches `ACTIVE`, by whatever way. */
export function tooYoung(): Refusal {
  const source = { document: { zh: "《劳动法》", en: "Labour Law" }, article: "第十五条" };
  return refuse("under-sixteen", { age: memberAge }, { source });
}

/** The change an action makes of a relation, or why it makes none (membership.md §4, §9.4). */
export function decideMembership(
  relation: RelationFacts,
  action: MembershipAction,
  decider: MembershipDecider,
): Or<MembershipChange> {
  const rule: Transition = transitions[action.name];
  const { title, source } = rule;
  if (!rule.from.includes(relation.status)) {
    return refuse(
      "membership-not-offered",
      { status: statusTitles[relation.status], action: title, offered: offeredFrom(relation.status) },
      { source },
    );
  }
  if (!rule.by.includes(decider.as)) {
    const who = rule.by.map((one) => actorTitles[one]);
    return refuse("membership-not-yours", { action: title, who }, { source });
  }
  if (rule.to === "ACTIVE" && relation.age !== null && relation.age < memberAge) return tooYoung();
  if (action.name === "reactivate" && relation.rehiredRetiree) {
    return refuse("rehired-retiree", {}, { source: measures("第十七条") });
  }
  if (
    action.name === "reactivate" &&
    (relation.reason === "RETIRED" || relation.reason === "EARLY_RETIRED")
  ) {
    return refuse("rehired-retiree", {}, { source: measures("第十七条") });
  }
  const given = (text: string | undefined): boolean => text !== undefined && text.trim() !== "";
  if ((action.name === "autoWithdraw" || action.name === "expel") && !given(action.decision)) {
    return refuse(
      "decision-needed",
      { what: { zh: "决定文号或日期", en: "its number or date" } },
      { at: "/decision", source },
    );
  }
  if (action.name === "expel" && !given(action.opinion)) {
    return refuse(
      "decision-needed",
      { what: { zh: "工会小组的意见", en: "the group’s opinion" } },
      { at: "/opinion", source },
    );
  }
  if (action.name === "expel" && !given(action.filing)) {
    return refuse(
      "decision-needed",
      { what: { zh: "上级工会备案号", en: "the filing number of the superior union" } },
      { at: "/filing", source },
    );
  }
  const needsNote = ["return", "reject", "restore", "cancel", "withdraw", "takeBack"].includes(action.name);
  if (needsNote && !given(action.note)) return refuse("reason-needed", {}, { at: "/reason", source });
  // The worker's own word needs no proof; a union that brings it says where it stands.
  if (action.name === "confirm" && decider.as !== "member" && !given(action.note)) {
    return refuse("confirmation-proof-needed", {}, { at: "/note", source });
  }
  if (action.name === "disown" && action.reason === undefined)
    return refuse("reason-needed", {}, { at: "/reason", source });
  if (action.name === "cancel" && action.proposedBy === decider.person)
    return refuse("four-eyes", {}, { source });
  const reasons = rule.reasons as readonly StatusReason[];
  const reason = action.reason ?? reasons[0]!;
  if (!reasons.includes(reason)) return refuse("reason-needed", {}, { at: "/reason", source });
  return { from: relation.status, to: rule.to, reason };
}

/** The titles of what may be done from a status, for the refusal that names them. */
function offeredFrom(status: MembershipStatus): Text[] {
  return Object.values(transitions as Record<string, Transition>)
    .filter((rule) => rule.from.includes(status))
    .map((rule) => rule.title);
}
