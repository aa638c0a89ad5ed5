import { maskCard, maskId, maskPhone } from "../../../src/kernel/mask.ts";
import type { Lang, Text } from "../../../src/kernel/words.ts";
import { isMark, type Mark } from "../../../src/procedures/marks.ts";
import { day, money } from "../format.ts";
import { words } from "../lang.tsx";
import type { Answers, Field } from "../types.ts";

const w = words({
  yes: { zh: "是", en: "Yes" },
  no: { zh: "否", en: "No" },
  none: { zh: "未填", en: "Not filled in" },
  agreed: { zh: "已同意", en: "Agreed" },
  papers: { zh: "{n} 份", en: "{n} attached" },
  people: { zh: "{n} 人", en: "{n} people" },
  rows: { zh: "{n} 项", en: "{n} items" },
  onFile: { zh: "用档案里的", en: "As on file" },
});

/** An answer in words, as check pages and case pages show it. Personal numbers are masked. */
export function shown(field: Field, value: unknown, lang: Lang): string {
  const t = (text: Text, n?: number): string => text[lang].replace("{n}", String(n ?? ""));
  if (value === undefined || value === null || value === "") return t(w.none);
  if (isMark(value)) return markShown(value, lang);
  const label = (one: unknown): string =>
    field.options?.find((option) => option.value === one)?.label[lang] ?? String(one);
  switch (field.kind) {
    case "money":
      return typeof value === "number" ? money(value) : String(value);
    case "percent":
      return typeof value === "number" ? `${value / 100} %` : String(value);
    case "day":
      return day(String(value), lang);
    case "oneOf":
      return label(value);
    case "manyOf":
      return (value as readonly unknown[]).map(label).join(lang === "zh" ? "、" : ", ") || t(w.none);
    case "yesNo":
      return t(value === true ? w.yes : w.no);
    case "consent":
      return t(value === true ? w.agreed : w.none);
    case "papers":
      return t(w.papers, Array.isArray(value) ? value.length : 0);
    case "officers":
      return t(w.people, Array.isArray(value) ? value.length : 0);
    case "list":
      return t(w.rows, Array.isArray(value) ? value.length : 0);
    case "idNumber":
      return masked(String(value), maskId);
    case "phone":
      return masked(String(value), maskPhone);
    case "bankCard":
      return masked(String(value).replace(/\s/g, ""), maskCard);
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}

/** A sealed value that stands unseen, as a form shows it: •••• 0009. */
export function markShown(mark: Mark, lang: Lang): string {
  return (mark.shown ?? w.onFile[lang]).replaceAll("*", "•");
}

/** The server may have masked it already. */
function masked(value: string, mask: (value: string) => string): string {
  return value.includes("*") ? value : mask(value);
}

/** One row of a list in a line: its first answers, the telling ones. */
export function rowShown(
  field: Field,
  row: Answers,
  lang: Lang,
): { readonly title: string; readonly rest: string } {
  const parts = (field.fields ?? [])
    .filter((column) => row[column.key] !== undefined && row[column.key] !== "" && row[column.key] !== null)
    .map((column) => ({ column, text: shown(column, row[column.key], lang) }));
  const [first, ...rest] = parts;
  return {
    title: first?.text ?? "—",
    rest: rest
      .slice(0, 4)
      .map(({ column, text }) =>
        ["oneOf", "day", "idNumber"].includes(column.kind) ? text : `${column.label[lang]} ${text}`,
      )
      .join(" · "),
  };
}
