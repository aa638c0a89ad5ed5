import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";
import { countOverdue } from "../ledger/index.ts";
import { countCases } from "../procedures/lists.ts";
import type { Scope } from "../units/scope.ts";
import {
  aidPaid,
  casesGrouped,
  coverageOf,
  endedDays,
  filesGrouped,
  filesMoved,
  filesMovedGrouped,
  grantsGrouped,
  membersGrouped,
  membersHeld,
  type PartCount,
  ratingOf,
  stepsOnFile,
  unitsGrouped,
  unitsStanding,
} from "./store.ts";

/** What a figure counts in. `bp` are basis points, `score` hundredths of a star, `days` calendar days. */
export type FigureUnit = "people" | "unions" | "cases" | "fen" | "days" | "score" | "bp";

/** The unit's subtree and the span a figure is asked for; `today` decides what is late. */
export interface Asked {
  readonly scope: Scope;
  readonly unitId: string;
  readonly from: Day;
  readonly to: Day;
  readonly today: Day;
}

/** One named question: its value, the ways it splits, and the list whose total is the value (or lies behind it). */
export interface Measure {
  readonly id: string;
  readonly title: Text;
  readonly help: Text;
  readonly unit: FigureUnit;
  /** A stock stands at a day; a flow happens between two. */
  readonly kind: "stock" | "flow";
  /** Null when there is nothing to measure, such as the median of no case. */
  readonly value: (tx: Tx, asked: Asked) => Promise<number | null>;
  readonly by: Readonly<Record<string, (tx: Tx, asked: Asked) => Promise<readonly PartCount[]>>>;
  /** The address of the list behind the figure, below /api. */
  readonly list: (asked: Asked) => string;
  /** Whether the list's total is the value itself, not only what it was computed from. */
  readonly counted: boolean;
}

const address = (path: string, query: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(query)}`;

const openCases = (asked: Asked) => ({ unit: asked.unitId, state: "open" });
const openedCases = (asked: Asked) => ({ unit: asked.unitId, from: asked.from, to: asked.to });
const endedCases = (asked: Asked) => ({
  unit: asked.unitId,
  state: "ended",
  endedFrom: asked.from,
  endedTo: asked.to,
});

/** Every measure, in the order in which an overview shows them. */
export const measures: readonly Measure[] = [
  {
    id: "members",
    title: { zh: "会员数", en: "Members" },
    help: {
      zh: "会籍正常和转出中的会员，由会籍记录计数。",
      en: "Members active or being transferred out, counted from their records.",
    },
    unit: "people",
    kind: "stock",
    value: (tx, { scope }) => membersHeld(tx, scope),
    by: {
      sex: (tx, { scope }) => membersGrouped(tx, scope, "sex"),
      group: (tx, { scope }) => membersGrouped(tx, scope, "group"),
      migrant: (tx, { scope }) => membersGrouped(tx, scope, "migrant"),
      age: (tx, { scope, today }) => membersGrouped(tx, scope, "age", today),
    },
    list: ({ unitId }) => address("/members", { unit: unitId, status: "members" }),
    counted: true,
  },
  {
    id: "coverage",
    title: { zh: "入会率", en: "Membership rate" },
    help: {
      zh: "会员数除以职工数，只计登记了职工数的单位工会。",
      en: "Members over workers, for the unions whose employer's headcount is known.",
    },
    unit: "bp",
    kind: "stock",
    value: (tx, { scope }) => coverageOf(tx, scope),
    by: {},
    list: ({ unitId }) => address("/units", { under: unitId, level: "GRASSROOTS" }),
    counted: false,
  },
  {
    id: "unions",
    title: { zh: "工会组织数", en: "Unions" },
    help: { zh: "状态正常的各级工会组织，含本级。", en: "Active unions of every level, this one included." },
    unit: "unions",
    kind: "stock",
    value: (tx, { scope }) => unitsStanding(tx, scope),
    by: { level: (tx, { scope }) => unitsGrouped(tx, scope) },
    list: ({ unitId }) => address("/units", { under: unitId, status: "ACTIVE" }),
    counted: true,
  },
  {
    id: "cases-open",
    title: { zh: "在办件", en: "Open cases" },
    help: { zh: "还没有办结的办件。", en: "Cases not yet ended." },
    unit: "cases",
    kind: "stock",
    value: (tx, { scope }) => countCases(tx, scope, { state: "open" }),
    by: {
      service: (tx, asked) => casesGrouped(tx, asked.scope, "service", { state: "open" }),
      step: (tx, asked) => casesGrouped(tx, asked.scope, "step", { state: "open" }),
    },
    list: (asked) => address("/cases", openCases(asked)),
    counted: true,
  },
  {
    id: "cases-overdue",
    title: { zh: "逾期件", en: "Overdue" },
    help: { zh: "在办件中已过本环节期限的。", en: "Open cases past the due day of their step." },
    unit: "cases",
    kind: "stock",
    value: (tx, { scope, today }) => countCases(tx, scope, { state: "open", overdueOn: today }),
    by: {
      service: (tx, { scope, today }) =>
        casesGrouped(tx, scope, "service", { state: "open", overdueOn: today }),
      unit: (tx, { scope, today }) => casesGrouped(tx, scope, "unit", { state: "open", overdueOn: today }),
    },
    list: (asked) => address("/cases", { ...openCases(asked), overdue: "true" }),
    counted: true,
  },
  {
    id: "batches-overdue",
    title: { zh: "逾期发放批次", en: "Payment batches overdue" },
    help: {
      zh: "已过本环节期限的发放批次，已报上一级工会。",
      en: "Payment batches past the due day of their step; the union above has been told.",
    },
    unit: "cases",
    kind: "stock",
    value: (tx, { scope, today }) => countOverdue(tx, scope, today),
    by: {},
    list: ({ unitId }) => address("/batches", { unit: unitId, overdue: "true" }),
    counted: true,
  },
  {
    id: "cases-opened",
    title: { zh: "新收件", en: "Cases opened" },
    help: { zh: "期间内提出的申请。", en: "Cases opened in the period." },
    unit: "cases",
    kind: "flow",
    value: (tx, { scope, from, to }) => countCases(tx, scope, { from, to }),
    by: {
      service: (tx, { scope, from, to }) => casesGrouped(tx, scope, "service", { from, to }),
      month: (tx, { scope, from, to }) => casesGrouped(tx, scope, "openedMonth", { from, to }),
    },
    list: (asked) => address("/cases", openedCases(asked)),
    counted: true,
  },
  {
    id: "cases-ended",
    title: { zh: "办结件", en: "Cases ended" },
    help: { zh: "期间内办结的办件。", en: "Cases ended in the period." },
    unit: "cases",
    kind: "flow",
    value: (tx, { scope, from, to }) =>
      countCases(tx, scope, { state: "ended", endedFrom: from, endedTo: to }),
    by: {
      service: (tx, { scope, from, to }) =>
        casesGrouped(tx, scope, "service", { state: "ended", endedFrom: from, endedTo: to }),
      outcome: (tx, { scope, from, to }) =>
        casesGrouped(tx, scope, "outcome", { state: "ended", endedFrom: from, endedTo: to }),
      month: (tx, { scope, from, to }) =>
        casesGrouped(tx, scope, "endedMonth", { state: "ended", endedFrom: from, endedTo: to }),
    },
    list: (asked) => address("/cases", endedCases(asked)),
    counted: true,
  },
  {
    id: "days-median",
    title: { zh: "办结天数中位数", en: "Median days to end" },
    help: {
      zh: "期间内办结的办件，从申请到办结的天数的中位数。",
      en: "Median of days from opening to end, for cases ended in the period.",
    },
    unit: "days",
    kind: "flow",
    value: (tx, { scope, from, to }) => endedDays(tx, scope, from, to),
    by: {},
    list: (asked) => address("/cases", endedCases(asked)),
    counted: false,
  },
  {
    id: "files-active",
    title: { zh: "在档困难职工户", en: "Households on file" },
    help: {
      zh: "困难职工档案有效的户数，含正在年度复核和拟退出的。",
      en: "Households whose hardship file is in force, those being checked again or proposed to leave included.",
    },
    unit: "cases",
    kind: "stock",
    value: (tx, { scope }) =>
      countCases(tx, scope, { state: "open", service: "hardship-file", step: stepsOnFile }),
    by: {
      category: (tx, { scope }) => filesGrouped(tx, scope, "category"),
      cause: (tx, { scope }) => filesGrouped(tx, scope, "cause"),
      tier: (tx, { scope }) => filesGrouped(tx, scope, "tier"),
    },
    list: ({ unitId }) =>
      address("/cases", { unit: unitId, state: "open", service: "hardship-file", step: stepsOnFile }),
    counted: true,
  },
  {
    id: "files-new",
    title: { zh: "新建档户", en: "Households filed" },
    help: { zh: "期间内建档的困难职工家庭。", en: "Households that were filed in the period." },
    unit: "cases",
    kind: "flow",
    value: (tx, { scope, from, to }) => filesMoved(tx, scope, "filed", from, to),
    by: {
      category: (tx, { scope, from, to }) => filesMovedGrouped(tx, scope, "filed", "category", from, to),
      month: (tx, { scope, from, to }) => filesMovedGrouped(tx, scope, "filed", "month", from, to),
    },
    list: ({ unitId }) => address("/cases", { unit: unitId, service: "hardship-file" }),
    counted: false,
  },
  {
    id: "files-exited",
    title: { zh: "脱困退出户", en: "Households that left" },
    help: {
      zh: "期间内经公示和审批退出困难职工档案的家庭。",
      en: "Households that left the file after notice and approval in the period.",
    },
    unit: "cases",
    kind: "flow",
    value: (tx, { scope, from, to }) => filesMoved(tx, scope, "exited", from, to),
    by: {
      reason: (tx, { scope, from, to }) => filesMovedGrouped(tx, scope, "exited", "reason", from, to),
      month: (tx, { scope, from, to }) => filesMovedGrouped(tx, scope, "exited", "month", from, to),
    },
    list: ({ unitId }) => address("/cases", { unit: unitId, service: "hardship-file" }),
    counted: false,
  },
  {
    id: "aid-paid",
    title: { zh: "已发放帮扶资金", en: "Aid paid" },
    help: {
      zh: "期间内银行回盘确认到账的帮扶资金。",
      en: "Aid whose payment the bank confirmed in the period.",
    },
    unit: "fen",
    kind: "flow",
    value: (tx, { scope, from, to }) => aidPaid(tx, scope, from, to),
    by: {
      kind: (tx, { scope, from, to }) => grantsGrouped(tx, scope, "kind", from, to),
      fund: (tx, { scope, from, to }) => grantsGrouped(tx, scope, "fund", from, to),
      month: (tx, { scope, from, to }) => grantsGrouped(tx, scope, "month", from, to),
    },
    list: ({ unitId, from, to }) => address("/grants", { unit: unitId, state: "paid", from, to }),
    counted: false,
  },
  {
    id: "rating",
    title: { zh: "满意度", en: "Rating" },
    help: {
      zh: "期间内办结并已评价的办件的平均分（五分制）。",
      en: "Mean of one to five stars, for rated cases ended in the period.",
    },
    unit: "score",
    kind: "flow",
    value: (tx, { scope, from, to }) => ratingOf(tx, scope, from, to),
    by: {
      stars: (tx, { scope, from, to }) =>
        casesGrouped(tx, scope, "rating", { state: "ended", endedFrom: from, endedTo: to, rated: true }),
    },
    list: (asked) => address("/cases", { ...endedCases(asked), rated: "true" }),
    counted: false,
  },
];

export const measureOf = (id: string): Measure | undefined => measures.find((measure) => measure.id === id);
