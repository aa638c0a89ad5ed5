import type { Text } from "../kernel/words.ts";
import { aidKinds, fundSources } from "../ledger/funds.ts";
import {
  educations,
  employmentGroups,
  employmentTypes,
  politicalStatuses,
  skillLevels,
} from "../people/codes.ts";
import type { Catalogue } from "../procedures/engine.ts";
import { stepTitle } from "../procedures/titles.ts";
import { causes } from "../services/care/hardship/asks.ts";
import { categoryTitles, exitReasons } from "../services/care/hardship/facts.ts";
import { isUnionLevel, levelTitle } from "../units/levels.ts";

const unknown: Text = { zh: "待补充", en: "To complete" };
const sexes: Readonly<Record<string, Text>> = {
  1: { zh: "男", en: "Men" },
  2: { zh: "女", en: "Women" },
  unknown,
};
const migrants: Readonly<Record<string, Text>> = {
  true: { zh: "农民工", en: "Migrant workers" },
  false: { zh: "其他职工", en: "Others" },
  unknown,
};
const ages: Readonly<Record<string, Text>> = {
  "0-19": { zh: "20 岁以下", en: "Under 20" },
  "20-29": { zh: "20–29 岁", en: "20–29" },
  "30-39": { zh: "30–39 岁", en: "30–39" },
  "40-49": { zh: "40–49 岁", en: "40–49" },
  "50+": { zh: "50 岁以上", en: "50 and over" },
  unknown,
};
const tiers: Readonly<Record<string, Text>> = {
  national: { zh: "全国级", en: "National" },
  province: { zh: "省级", en: "Provincial" },
  city: { zh: "市级", en: "City" },
};
/** What a way of splitting is called. */
export const splitTitles: Readonly<Record<string, Text>> = {
  sex: { zh: "性别", en: "Sex" },
  age: { zh: "年龄", en: "Age" },
  group: { zh: "就业群体", en: "Employment group" },
  migrant: { zh: "农民工", en: "Migrant workers" },
  employment: { zh: "用工形式", en: "Form of employment" },
  education: { zh: "学历", en: "Education" },
  political: { zh: "政治面貌", en: "Political status" },
  skill: { zh: "技能等级", en: "Skill level" },
  level: { zh: "层级", en: "Level" },
  service: { zh: "事项", en: "Service" },
  step: { zh: "环节", en: "Step" },
  outcome: { zh: "结果", en: "Outcome" },
  month: { zh: "月份", en: "Month" },
  category: { zh: "类别", en: "Category" },
  cause: { zh: "致困原因", en: "Cause" },
  tier: { zh: "档案层级", en: "Tier" },
  reason: { zh: "退出原因", en: "Reason" },
  kind: { zh: "用途", en: "Purpose" },
  source: { zh: "资金来源", en: "Source of money" },
  stars: { zh: "星级", en: "Stars" },
};
const titleIn = (of: Readonly<Record<string, Text | { readonly title: Text }>>, key: string) => {
  const found = of[key];
  return found && ("title" in found ? found.title : found);
};
const labelIn = (options: readonly { readonly value: string; readonly label: Text }[], key: string) =>
  options.find((one) => one.value === key)?.label;
const noGroup: Text = { zh: "非新就业形态", en: "Not new employment" };

/** What a part of a figure is called. */
export function partLabel(by: string, key: string, catalogue: Catalogue): Text {
  const same = { zh: key, en: key };
  if (key === "unknown") return unknown;
  switch (by) {
    case "sex":
      return sexes[key] ?? same;
    case "migrant":
      return migrants[key] ?? same;
    case "age":
      return ages[key] ?? same;
    case "group":
      return key === "none" ? noGroup : (employmentGroups[key] ?? same);
    case "level":
      return isUnionLevel(key) ? levelTitle(key) : same;
    case "category":
      return categoryTitles[key] ?? same;
    case "cause":
      return labelIn(causes, key) ?? same;
    case "tier":
      return tiers[key] ?? same;
    case "reason":
      return labelIn(exitReasons, key) ?? unknown;
    case "service":
      return catalogue.services.get(key)?.title ?? same;
    case "step":
    case "outcome": {
      const [service = "", step = ""] = key.split("/");
      return stepTitle(catalogue.services.get(service), step);
    }
    case "kind":
      return (aidKinds as Readonly<Record<string, { readonly title: Text }>>)[key]?.title ?? same;
    case "source":
      return titleIn(fundSources, key) ?? { zh: "未注明", en: "Not said" };
    case "employment":
      return titleIn(employmentTypes, key) ?? same;
    case "education":
      return titleIn(educations, key) ?? same;
    case "political":
      return titleIn(politicalStatuses, key) ?? same;
    case "skill":
      return titleIn(skillLevels, key) ?? same;
    case "stars":
      return { zh: `${key} 星`, en: key === "1" ? "1 star" : `${key} stars` };
    default:
      return same;
  }
}
