import { addMonths, type Day } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";
import type { CommitteeKind } from "./levels.ts";
import { satisfactionFrom } from "./policies.ts";
import { type Pins, pinned } from "./policy.ts";

/** What the six-haves check reads. Unknown is null and counts as not had. */
export interface SixHavesFacts {
  readonly today: Day;
  readonly chairSince: Day | null;
  readonly chairTrainedOn: Day | null;
  readonly termEnd: Day | null;
  readonly committees: readonly CommitteeKind[];
  readonly womenMembers: number;
  readonly lastActivityOn: Day | null;
  readonly rules: readonly RuleDocument[];
  readonly hasBankAccount: boolean;
  readonly hasApprovedBudget: boolean;
  /** Share of satisfied members in the latest evaluation, in basis points. */
  readonly satisfiedBp: number | null;
}

/** The rule documents a union keeps (organisation.md §8.1, check 4). */
export const ruleDocuments = {
  CONGRESS: { zh: "会员（代表）大会制度", en: "Congress rules" },
  CHAIR_ELECTION: { zh: "主席选举办法", en: "Chair election rules" },
  OPEN_AFFAIRS: { zh: "会务公开制度", en: "Open affairs rules" },
  MEMBER_EVALUATION: { zh: "会员评家制度", en: "Member evaluation rules" },
  FINANCE: { zh: "财务制度", en: "Finance rules" },
} as const satisfies Record<string, Text>;
export type RuleDocument = keyof typeof ruleDocuments;

export interface Have {
  readonly key: string;
  readonly title: Text;
  readonly ok: boolean;
  /** What is missing, or what meets it. */
  readonly why: Text;
}

/** The keys that `sixHaves` reads. */
export const sixHavesPolicies = [satisfactionFrom];

/** The six haves (六有) of a grassroots union, computed from its records, each with its reason (organisation.md §8.1). */
export function sixHaves(facts: SixHavesFacts, pins: Pins): readonly Have[] {
  return [
    have("HAS_ELECTED_CHAIR", "有依法选举的工会主席", "An elected chair", chair(facts)),
    have("HAS_INDEPENDENT_ORGANS", "有独立健全的组织机构", "Sound organs of its own", organs(facts)),
    have("HAS_SERVICE_CARRIERS", "有服务职工的活动载体", "Activities that serve workers", activity(facts)),
    have("HAS_SOUND_RULES", "有健全完善的制度机制", "Sound rules", rules(facts)),
    have("HAS_OWN_FUNDS", "有自主管理的工会经费", "Funds it manages itself", funds(facts)),
    have(
      "HAS_MEMBER_SATISFACTION",
      "有会员满意的工作绩效",
      "Work that members are satisfied with",
      satisfaction(facts, pins),
    ),
  ];
}

/** What is missing; empty when met. */
type Missing = readonly Text[];

function have(key: string, zh: string, en: string, missing: Missing): Have {
  const ok = missing.length === 0;
  const why = ok
    ? { zh: "已具备。", en: "Met." }
    : {
        zh: `缺：${missing.map((one) => one.zh).join("、")}。`,
        en: `Missing: ${missing.map((one) => one.en).join(", ")}.`,
      };
  return { key, title: { zh, en }, ok, why };
}

function chair(facts: SixHavesFacts): Missing {
  if (facts.chairSince === null) return [{ zh: "在任主席", en: "a chair in office" }];
  const missing: Text[] = [];
  if (facts.termEnd === null || facts.termEnd < facts.today)
    missing.push({ zh: "在届期内", en: "a term that has not expired" });
  const deadline = addMonths(facts.chairSince, 12);
  const late = facts.today > deadline;
  if (facts.chairTrainedOn === null ? late : facts.chairTrainedOn > deadline)
    missing.push({ zh: "任职一年内的培训", en: "training within a year of taking office" });
  return missing;
}

function organs(facts: SixHavesFacts): Missing {
  const missing: Text[] = [];
  if (!facts.committees.includes("UNION_COMMITTEE")) missing.push({ zh: "工会委员会", en: "a committee" });
  if (!facts.committees.includes("FUND_AUDIT")) missing.push({ zh: "经审会", en: "a fund audit committee" });
  if (facts.womenMembers > 0 && !facts.committees.includes("WOMEN_WORKERS"))
    missing.push({ zh: "女职工委员会", en: "a women workers’ committee" });
  if (facts.termEnd === null || facts.termEnd < facts.today)
    missing.push({ zh: "按期换届", en: "a term that has not expired" });
  return missing;
}

function activity(facts: SixHavesFacts): Missing {
  const since = addMonths(facts.today, -12);
  return facts.lastActivityOn !== null && facts.lastActivityOn >= since
    ? []
    : [{ zh: "近 12 个月的活动记录", en: "an activity in the last 12 months" }];
}

function rules(facts: SixHavesFacts): Missing {
  return (Object.keys(ruleDocuments) as RuleDocument[])
    .filter((one) => !facts.rules.includes(one))
    .map((one) => ruleDocuments[one]);
}

function funds(facts: SixHavesFacts): Missing {
  const missing: Text[] = [];
  if (!facts.hasBankAccount) missing.push({ zh: "独立银行账户", en: "a bank account of its own" });
  if (!facts.hasApprovedBudget) missing.push({ zh: "经批准的预算", en: "an approved budget" });
  return missing;
}

function satisfaction(facts: SixHavesFacts, pins: Pins): Missing {
  const from = pinned(satisfactionFrom, pins);
  if (facts.satisfiedBp === null) return [{ zh: "会员评家结果", en: "a members’ evaluation" }];
  return facts.satisfiedBp >= from
    ? []
    : [
        {
          zh: `满意率 ${facts.satisfiedBp / 100}%，低于 ${from / 100}%`,
          en: `${facts.satisfiedBp / 100} % satisfied, below ${from / 100} %`,
        },
      ];
}
