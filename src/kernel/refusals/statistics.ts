import type { RefusalTable } from "./table.ts";

/** What a question for figures may be refused for. */
export const statisticsRefusals = {
  "measure-unknown": {
    status: 422,
    zh: "没有这项指标。可用的指标见“指标清单”。",
    en: "There is no such measure. The list of measures names those there are.",
  },
  "split-unknown": {
    status: 422,
    zh: "这项指标不能这样分组。可用的分组见“指标清单”。",
    en: "This measure does not split that way. The list of measures names the ways it does.",
  },
  "span-backwards": { status: 422, zh: "起始日期晚于截止日期。", en: "The span begins after it ends." },
  "period-unbalanced": {
    status: 409,
    zh: "会员增减不平：按变动记录期末应为 {computed} 人，实有 {closing} 人。请管理员运行 zhijia verify 查找原因，数字核对前不出表。",
    en: "The change of members does not add up: by the events the period closes with {computed}, the records say {closing}. Have an administrator run zhijia verify; no table is given until they agree.",
  },
} as const satisfies RefusalTable;
