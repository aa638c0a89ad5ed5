import { z } from "zod";
import { definePolicy, type PolicySource, policyType } from "./policy.ts";

const law: PolicySource = { document: { zh: "《中华人民共和国工会法》", en: "Trade Union Law" }, tag: "V" };
const elections: PolicySource = {
  document: { zh: "《工会基层组织选举工作条例》", en: "Rules on grassroots union elections" },
  tag: "V",
};
const local = (zh: string, en: string, article?: string): PolicySource => ({
  document: { zh, en },
  ...(article !== undefined && { article }),
  tag: "U",
});
const design: PolicySource = {
  document: { zh: "系统默认，按当地文件调整", en: "System default; set as local documents say" },
  tag: "D",
};
const members = { zh: "人", en: "members" };

/** From how many members a unit must have its own committee. */
export const committeeFrom = definePolicy({
  key: "units.committee-from",
  title: { zh: "应当建立工会委员会的会员人数", en: "Members from which a committee is due" },
  help: {
    zh: "会员达到这个人数，应当建立基层工会委员会；不足的可以单独建，也可以联合建，或者选举组织员一人。",
    en: "A unit with so many members must set up a committee; a smaller one may, may join others, or elects one organiser.",
  },
  type: policyType.integer({ min: 1, max: 1000, unit: members }),
  defaults: [{ value: 25, source: { ...law, article: "第十一条" } }],
});

/** From how many women members a women workers' committee is due. */
export const womenCommitteeFrom = definePolicy({
  key: "units.women-committee-from",
  title: {
    zh: "应当建立女职工委员会的女会员人数",
    en: "Women members from which a women’s committee is due",
  },
  help: {
    zh: "女会员达到这个人数，应当建立女职工委员会；不足的设女职工委员一名。北京、上海为 25 人。",
    en: "From so many women members a women workers’ committee is due; below, one women’s delegate. Beijing and Shanghai use 25.",
  },
  type: policyType.integer({ min: 1, max: 1000, unit: members }),
  defaults: [
    {
      value: 10,
      source: {
        document: { zh: "《工会女职工委员会工作条例》", en: "Rules on women workers’ committees" },
        article: "第十一条",
        tag: "V",
      },
    },
  ],
});

const zSeats = z.array(
  z.strictObject({
    upTo: z.int().positive().nullable(),
    min: z.int().positive(),
    max: z.int().positive(),
  }),
);

/** Seats of a union committee by its members: rows in ascending order; the last has no upper end. */
export const committeeSeats = definePolicy({
  key: "units.committee-seats",
  title: { zh: "工会委员会委员名额", en: "Seats of a union committee" },
  help: {
    zh: "按会员人数分档的委员名额。各地可以再细分。",
    en: "How many seats a committee has, by members. Localities may divide further.",
  },
  type: policyType.json(zSeats),
  defaults: [
    {
      value: [
        { upTo: 24, min: 3, max: 5 },
        { upTo: 200, min: 3, max: 7 },
        { upTo: 1000, min: 7, max: 15 },
        { upTo: 5000, min: 15, max: 21 },
        { upTo: 10_000, min: 21, max: 29 },
        { upTo: 50_000, min: 29, max: 37 },
        { upTo: null, min: 37, max: 45 },
      ],
      source: { ...elections, article: "第八条" },
    },
  ],
});

/** The clock for approving a founding or an election. */
export const approvalDays = definePolicy({
  key: "units.approval-clock",
  title: { zh: "建会和选举结果批复期限", en: "Clock for approving a founding or an election" },
  help: {
    zh: "上级工会收到请示后的批复期限。",
    en: "How long the superior union has to answer.",
  },
  type: policyType.days(),
  defaults: [
    { value: { days: 15, unit: "calendar" }, source: { ...elections, article: "第二十九条", tag: "K" } },
  ],
});

/** Months of preparation before the election. */
export const preparationMonths = definePolicy({
  key: "units.preparation-clock",
  title: { zh: "筹备期", en: "Preparation before the election" },
  help: { zh: "批准建会到选举的最长时间。", en: "The longest time from approval to election." },
  type: policyType.days(),
  defaults: [{ value: { months: 6, unit: "month" }, source: { ...design, tag: "U" } }],
});

/** How long a term may be extended. */
export const extensionLimit = definePolicy({
  key: "units.term-extension",
  title: { zh: "延期换届上限", en: "Longest extension of a term" },
  help: { zh: "届满后经批准可以延期的最长时间。", en: "How long a term may be extended with approval." },
  type: policyType.days(),
  defaults: [
    { value: { months: 6, unit: "month" }, source: { ...elections, article: "第三十条", tag: "K" } },
  ],
});

/** How long a union may be without a chair. */
export const chairVacancy = definePolicy({
  key: "units.chair-vacancy",
  title: { zh: "主席空缺补选期限", en: "Time to fill a vacant chair" },
  help: { zh: "主席空缺后应当补选的期限。", en: "Within how long a vacant chair is to be filled." },
  type: policyType.days(),
  defaults: [
    {
      value: { months: 3, unit: "month" },
      source: local("河南省工会条例；重庆市工会条例", "Henan and Chongqing union rules", "第十四条"),
    },
  ],
});

/** From how many workers a full-time chair is due, and how strictly. */
export const fullTimeChairFrom = definePolicy({
  key: "units.full-time-chair-from",
  title: { zh: "配备专职主席的职工人数", en: "Workers from which a full-time chair is due" },
  help: {
    zh: "职工达到这个人数的，可以设专职工会主席；上海、重庆为应当。",
    en: "From so many workers a union may have a full-time chair; Shanghai and Chongqing require one.",
  },
  type: policyType.integer({ min: 1, max: 100_000, unit: { zh: "人", en: "workers" } }),
  defaults: [{ value: 200, source: { ...law, article: "第十四条" } }],
});

/** What a township needs to call its union a federation (总工会). */
export const townshipFederation = definePolicy({
  key: "units.township-federation",
  title: { zh: "乡镇（街道）建立总工会的条件", en: "What a township federation needs" },
  help: {
    zh: "企业数和职工数都达到的，乡镇（街道）工会可以称总工会，否则称工会联合会。",
    en: "With so many enterprises and workers a township union may be called a federation; otherwise an association.",
  },
  type: policyType.json(z.strictObject({ enterprises: z.int().min(0), workers: z.int().min(0) })),
  defaults: [
    {
      value: { enterprises: 100, workers: 5000 },
      source: local("试点地方通知", "A local notice on trial townships"),
    },
  ],
});

/** The share of satisfied answers that the sixth have asks for. */
export const satisfactionFrom = definePolicy({
  key: "units.satisfaction-from",
  title: { zh: "会员评家满意率", en: "Satisfaction in the members’ evaluation" },
  help: {
    zh: "最近一次会员评家的满意率达到这个比例，视为有会员满意的工作绩效。",
    en: "From this share of satisfied members in the latest evaluation, the sixth have is met.",
  },
  type: policyType.percent(),
  defaults: [{ value: 8000, source: { ...design, tag: "U" } }],
});
