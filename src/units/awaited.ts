import type { Day } from "../kernel/day.ts";
import { isRefusal, type Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";
import { type Calendar, type ClockRule, dueDay } from "../kernel/working-days.ts";
import type { UnitStatus } from "./levels.ts";
import { approvalDays, chairVacancy, preparationMonths } from "./policies.ts";
import { type Pins, type Policy, pinned } from "./policy.ts";

/** The keys that `awaitedOf` reads. */
export const awaitedPolicies = [approvalDays, preparationMonths, chairVacancy];

/** Something a union's life waits for, and by when. */
export interface Awaited {
  readonly key: "FOUNDING_APPROVAL" | "ELECTION" | "ELECTION_APPROVAL" | "CHAIR_BY_ELECTION";
  readonly title: Text;
  readonly since: Day;
  /** The last day; null when it is reckoned in working days of a year whose holidays are not published. */
  readonly dueOn: Day | null;
  readonly overdue: boolean;
  /** Since when, until when, in words. */
  readonly why: Text;
  readonly source: Source;
}

/** What `awaitedOf` must know of a union. */
export interface LifeFacts {
  readonly status: UnitStatus;
  /** The day its state began; null when unknown. */
  readonly statusSince: Day | null;
  /** Whether a chair is owed: the union stands and is one that elects. */
  readonly owesChair: boolean;
  /** The first day without a chair; null while there is one, or never was. */
  readonly chairLeftOn: Day | null;
  readonly today: Day;
}

/** What each state of founding waits for, and the rule of its clock (organisation.md §5.2). */
const founding: Partial<
  Readonly<
    Record<
      UnitStatus,
      { readonly key: Awaited["key"]; readonly title: Text; readonly rule: Policy<ClockRule> }
    >
  >
> = {
  PREPARING: {
    key: "FOUNDING_APPROVAL",
    title: { zh: "上级批复建会", en: "The superior’s answer on the founding" },
    rule: approvalDays,
  },
  FOUNDING_APPROVED: {
    key: "ELECTION",
    title: { zh: "召开大会选举", en: "The election" },
    rule: preparationMonths,
  },
  ELECTED: {
    key: "ELECTION_APPROVAL",
    title: { zh: "上级批复选举结果", en: "The superior’s answer on the election" },
    rule: approvalDays,
  },
};

function spanText(since: Day, dueOn: Day | null): Text {
  return dueOn === null
    ? {
        zh: `${since} 起；到期年份的放假安排尚未公布，期限待定`,
        en: `since ${since}; the holidays of its last year are not published yet`,
      }
    : { zh: `${since} 起，至 ${dueOn}`, en: `since ${since}, until ${dueOn}` };
}

/** What a union's life waits for on a day, each with its last day and the rule that sets it. Pure. */
export function awaitedOf(facts: LifeFacts, pins: Pins, calendar: Calendar): readonly Awaited[] {
  const awaited: Awaited[] = [];
  const wait = (key: Awaited["key"], title: Text, since: Day, rule: Policy<ClockRule>): void => {
    const due = dueDay(since, pinned(rule, pins), calendar);
    const dueOn = isRefusal(due) ? null : due;
    const { source } = pins[rule.key]!;
    const overdue = dueOn !== null && dueOn < facts.today;
    awaited.push({ key, title, since, dueOn, overdue, why: spanText(since, dueOn), source });
  };
  const step = founding[facts.status];
  if (step && facts.statusSince) wait(step.key, step.title, facts.statusSince, step.rule);
  if (facts.owesChair && facts.chairLeftOn)
    wait(
      "CHAIR_BY_ELECTION",
      { zh: "补选主席", en: "The by-election of a chair" },
      facts.chairLeftOn,
      chairVacancy,
    );
  return awaited;
}

/** The first day without a chair among all spans of that post; null while one is in post, or there never was one. */
export function chairLeftOn(
  posts: readonly { readonly role: string; readonly from: Day; readonly until: Day | null }[],
  today: Day,
): Day | null {
  const spans = posts.filter((post) => post.role === "chair" && post.from <= today);
  const ends = spans.flatMap(({ until }) => until ?? []).sort();
  if (spans.some(({ until }) => until === null || until > today)) return null;
  return ends.at(-1) ?? null;
}
