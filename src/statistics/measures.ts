import { addDays, firstOfMonth } from "../kernel/day.ts";
import type { Count } from "../rollups/index.ts";
import { type Asked, sums, total } from "./asked.ts";
import {
  type Amount,
  before,
  byAge,
  byKey,
  byMonth,
  bySize,
  counted,
  meanOf,
  medianOf,
  monthly,
  type Part,
  parts,
  standing,
} from "./folds.ts";
import { address, type Measure, type Place } from "./measure.ts";
import { netChanges } from "./member-change.ts";

const openCases = (asked: Place) => ({ unit: asked.unitId, state: "open" });
const openedCases = (asked: Place) => ({ unit: asked.unitId, from: asked.from, to: asked.to });
const endedCases = (asked: Place) => ({
  unit: asked.unitId,
  state: "ended",
  endedFrom: asked.from,
  endedTo: asked.to,
});

const spanOf = ({ from, to }: Asked) => ({ from, to });
const countOf = (counts: readonly Count[]): Amount => counted(total(counts));

/** The steps in which a hardship file is in force: on file, being checked again, or proposed to leave (aid.md §5). */
const stepsOnFile = "active,moving,reverifying,recheck_review,exit_proposed,exiting,exit_review";
const keysOnFile = stepsOnFile.split(",").map((step) => `hardship-file/${step}`);

/** Fen paid by purpose, kind of money or month, each with the number of grants behind it. */
async function fenBy(
  asked: Asked,
  kind: "" | ".source",
  of: (count: Count) => string | undefined,
): Promise<readonly Part[]> {
  const [fen, grants] = await fenAndGrants(asked, kind);
  const often = sums(grants, of);
  return parts(fen, of).map((part) => ({ ...part, records: often.get(part.key) ?? 0 }));
}

function fenAndGrants(asked: Asked, kind: "" | ".source") {
  const span = spanOf(asked);
  return Promise.all([asked.read(`aid.fen${kind}`, span), asked.read(`aid.grants${kind}`, span)]);
}

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
    personal: true,
    opens: "roster.read",
    value: async ({ read }) => counted(total(await read("member.sex"))),
    by: {
      sex: async ({ read }) => byKey(await read("member.sex")),
      age: byAge,
      group: async ({ read }) => byKey(await read("member.group")),
      migrant: async ({ read }) => byKey(await read("member.migrant")),
      employment: async ({ read }) => byKey(await read("member.employment")),
      education: async ({ read }) => byKey(await read("member.education")),
      political: async ({ read }) => byKey(await read("member.political")),
      skill: async ({ read }) => byKey(await read("member.skill")),
    },
    trend: async (asked) => {
      const since = netChanges(asked, { from: firstOfMonth(asked.from) });
      const [members, changes] = await Promise.all([asked.read("member.sex"), since]);
      return standing(asked, total(members), changes);
    },
    list: ({ unitId }) => address("/members", { unit: unitId, status: "members" }),
    counted: true,
  },
  {
    id: "coverage",
    title: { zh: "入会率", en: "Membership rate" },
    help: {
      zh: "会员数除以职工数，只计登记了职工数的单位工会。超过 100% 的，是登记的职工数已经过时。",
      en: "Members over workers, for the unions whose employer’s headcount is known. Above 100% the headcount on record is out of date.",
    },
    unit: "bp",
    kind: "stock",
    personal: false,
    opens: "unit.read",
    value: async ({ read }) => {
      const [members, workers] = (await Promise.all([read("member.covered"), read("workers")])).map(
        total,
      ) as [number, number];
      return { value: workers === 0 ? null : Math.floor((members * 10_000) / workers), records: members };
    },
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
    personal: false,
    opens: "unit.read",
    value: async ({ read }) => counted(total(await read("unions"))),
    by: { level: async ({ read }) => byKey(await read("unions")) },
    list: ({ unitId }) => address("/units", { under: unitId, status: "ACTIVE" }),
    counted: true,
  },
  {
    id: "cases-open",
    title: { zh: "在办件", en: "Open cases" },
    help: { zh: "还没有办结的办件。", en: "Cases not yet ended." },
    unit: "cases",
    kind: "stock",
    personal: true,
    opens: "case.read",
    value: async ({ read }) => counted(total(await read("case.open"))),
    by: {
      service: async ({ read }) => parts(await read("case.open"), ({ key }) => before(key)),
      step: async ({ read }) => byKey(await read("case.open")),
    },
    trend: async (asked) => {
      const since = { from: firstOfMonth(asked.from) };
      const [opened, ended, open] = await Promise.all([
        asked.read("case.opened", since),
        asked.read("case.ended", since),
        asked.read("case.open"),
      ]);
      return standing(asked, total(open), [...opened, ...ended.map((count) => ({ ...count, n: -count.n }))]);
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
    personal: true,
    opens: "case.read",
    value: async ({ read, today }) => counted(total(await read("case.due", { to: addDays(today, -1) }))),
    by: {
      service: async ({ read, today }) => byKey(await read("case.due", { to: addDays(today, -1) })),
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
    personal: false,
    opens: "batch.read",
    value: async ({ read, today }) => counted(total(await read("batch.due", { to: addDays(today, -1) }))),
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
    personal: true,
    opens: "case.read",
    value: async ({ read, from, to }) => counted(total(await read("case.opened", { from, to }))),
    by: {
      service: async ({ read, from, to }) => byKey(await read("case.opened", { from, to })),
      month: async ({ read, from, to }) => byMonth(await read("case.opened", { from, to })),
    },
    trend: async (asked) => monthly(asked, await asked.read("case.opened", spanOf(asked)), countOf),
    list: (asked) => address("/cases", openedCases(asked)),
    dated: true,
    counted: true,
  },
  {
    id: "cases-ended",
    title: { zh: "办结件", en: "Cases ended" },
    help: { zh: "期间内办结的办件。", en: "Cases ended in the period." },
    unit: "cases",
    kind: "flow",
    personal: true,
    opens: "case.read",
    value: async ({ read, from, to }) => counted(total(await read("case.ended", { from, to }))),
    by: {
      service: async ({ read, from, to }) =>
        parts(await read("case.ended", { from, to }), ({ key }) => before(key)),
      outcome: async ({ read, from, to }) => byKey(await read("case.ended", { from, to })),
      month: async ({ read, from, to }) => byMonth(await read("case.ended", { from, to })),
    },
    trend: async (asked) => monthly(asked, await asked.read("case.ended", spanOf(asked)), countOf),
    list: (asked) => address("/cases", endedCases(asked)),
    dated: true,
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
    personal: true,
    opens: "case.read",
    value: async (asked) => medianOf(await asked.read("case.days", spanOf(asked))),
    by: {},
    trend: async (asked) => monthly(asked, await asked.read("case.days", spanOf(asked)), medianOf),
    list: (asked) => address("/cases", endedCases(asked)),
    dated: true,
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
    personal: true,
    opens: "case.read",
    value: async ({ read }) =>
      counted(total((await read("case.open")).filter(({ key }) => keysOnFile.includes(key)))),
    by: {
      category: async ({ read }) => bySize(byKey(await read("file.category"))),
      cause: async ({ read }) => bySize(byKey(await read("file.cause"))),
      tier: async ({ read }) => bySize(byKey(await read("file.tier"))),
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
    personal: true,
    opens: "case.read",
    value: async (asked) => counted(total(await asked.read("file.filed", spanOf(asked)))),
    by: {
      category: async (asked) => byKey(await asked.read("file.filed", spanOf(asked))),
      month: async (asked) => byMonth(await asked.read("file.filed", spanOf(asked))),
    },
    trend: async (asked) => monthly(asked, await asked.read("file.filed", spanOf(asked)), countOf),
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
    personal: true,
    opens: "case.read",
    value: async (asked) => counted(total(await asked.read("file.exited", spanOf(asked)))),
    by: {
      reason: async (asked) => byKey(await asked.read("file.exited", spanOf(asked))),
      month: async (asked) => byMonth(await asked.read("file.exited", spanOf(asked))),
    },
    trend: async (asked) => monthly(asked, await asked.read("file.exited", spanOf(asked)), countOf),
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
    personal: true,
    opens: "fund.read",
    value: async (asked) => {
      const [fen, grants] = await fenAndGrants(asked, "");
      return { value: total(fen), records: total(grants) };
    },
    by: {
      kind: (asked) => fenBy(asked, "", ({ key }) => key),
      source: (asked) => fenBy(asked, ".source", ({ key }) => key),
      month: (asked) => fenBy(asked, "", ({ month }) => month ?? undefined),
    },
    trend: async (asked) => {
      const [fen, grants] = await fenAndGrants(asked, "");
      const often = sums(grants, ({ month }) => month ?? undefined);
      return monthly(asked, fen, countOf).map((point) => ({
        ...point,
        records: often.get(point.month) ?? 0,
      }));
    },
    list: ({ unitId, from, to }) => address("/grants", { unit: unitId, state: "paid", from, to }),
    dated: true,
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
    personal: true,
    opens: "case.read",
    value: async (asked) => meanOf(await asked.read("case.stars", spanOf(asked))),
    by: { stars: async (asked) => byKey(await asked.read("case.stars", spanOf(asked))) },
    trend: async (asked) => monthly(asked, await asked.read("case.stars", spanOf(asked)), meanOf),
    list: (asked) => address("/cases", { ...endedCases(asked), rated: "true" }),
    dated: true,
    counted: false,
  },
];

/** A measure by the id that addresses name it by; undefined when there is none. */
export const measureOf = (id: string): Measure | undefined => measures.find((measure) => measure.id === id);
