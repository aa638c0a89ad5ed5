import { definePolicy, policyType } from "../units/policy.ts";

/** From how many persons a number may leave the house. */
export const tellFrom = definePolicy({
  key: "figures.tell-from",
  title: { zh: "对外统计可以显示的最少人数", en: "Persons from which a figure is told to outsiders" },
  help: {
    zh: "导出的统计，以及无权打开名单的人看到的统计，不显示不足这个人数的数字；可以由合计推算出它的数字也不显示。1 表示全部显示。",
    en: "Exported figures, and figures shown to those who may not open the list behind them, leave out numbers of fewer persons, and those from which they could be computed. 1 shows all.",
  },
  type: policyType.integer({ min: 1, max: 100, unit: { zh: "人", en: "persons" } }),
  defaults: [
    {
      value: 5,
      source: {
        document: { zh: "系统默认，按当地文件调整", en: "System default; set as local documents say" },
        tag: "D",
      },
    },
  ],
});
