import { isRefusal, type Or, type Param, type Refusal } from "./refusal.ts";
import { refusalRows } from "./refusals/index.ts";
import type { Lang, Text } from "./words.ts";

/** The refusal in words. A param that was not given leaves its `{name}` to be seen. */
export function sentence(refusal: Refusal, lang: Lang): string {
  return refusalRows[refusal.code][lang].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const param = refusal.params[name];
    return param === undefined ? whole : spoken(param, lang);
  });
}

/** The HTTP status a refusal answers with. */
export function statusOf(refusal: Refusal): number {
  return refusalRows[refusal.code].status;
}

/** The value, or a thrown bug: for values this program itself wrote and knows to be right. */
export function expect<T>(value: Or<T>): T {
  if (isRefusal(value)) throw new Error(`unexpected refusal: ${sentence(value, "en")}`);
  return value;
}

function spoken(param: Param, lang: Lang): string {
  if (Array.isArray(param)) {
    const items = param.map((item) => spoken(item as Param, lang));
    if (items.length === 0) return lang === "zh" ? "无" : "nothing";
    return items.join(lang === "zh" ? "、" : ", ");
  }
  if (typeof param === "object") return (param as Text)[lang];
  return String(param);
}
