import type { Text } from "../kernel/words.ts";
import { aidKinds } from "../ledger/funds.ts";
import { employmentGroups } from "../people/codes.ts";
import type { Catalogue } from "../procedures/engine.ts";
import { stepTitle } from "../procedures/present.ts";
import { causes } from "../services/care/hardship/asks.ts";
import { categoryTitles, exitReasons } from "../services/care/hardship/hardship-file.ts";
import { isUnionLevel, levelTitle } from "../units/levels.ts";
import type { PartCount } from "./store.ts";

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
const labelIn = (options: readonly { readonly value: string; readonly label: Text }[], key: string) =>
  options.find((one) => one.value === key)?.label;
const noGroup: Text = { zh: "非新就业形态", en: "Not new employment" };

/** What a part of a figure is called. */
export function partLabel(by: string, part: PartCount, catalogue: Catalogue): Text {
  const same = { zh: part.name ?? part.key, en: part.name ?? part.key };
  switch (by) {
    case "sex":
      return sexes[part.key] ?? same;
    case "migrant":
      return migrants[part.key] ?? same;
    case "age":
      return ages[part.key] ?? same;
    case "group":
      return part.key === "none" ? noGroup : (employmentGroups[part.key] ?? same);
    case "level":
      return isUnionLevel(part.key) ? levelTitle(part.key) : same;
    case "category":
      return categoryTitles[part.key] ?? same;
    case "cause":
      return labelIn(causes, part.key) ?? same;
    case "tier":
      return tiers[part.key] ?? same;
    case "reason":
      return labelIn(exitReasons, part.key) ?? unknown;
    case "service":
      return catalogue.services.get(part.key)?.title ?? same;
    case "step":
    case "outcome": {
      const [service = "", step = ""] = part.key.split("/");
      return stepTitle(catalogue.services.get(service), step);
    }
    case "kind":
      return (aidKinds as Readonly<Record<string, { readonly title: Text }>>)[part.key]?.title ?? same;
    case "fund":
      return part.name ? same : { zh: "上级资金", en: "A superior’s fund" };
    case "stars":
      return { zh: `${part.key} 星`, en: part.key === "1" ? "1 star" : `${part.key} stars` };
    default:
      return same;
  }
}
