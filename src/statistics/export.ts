import type { Day } from "../kernel/day.ts";
import { formatYuan } from "../kernel/money.ts";
import type { FileAnswer } from "../kernel/route.ts";
import type { Lang, Text } from "../kernel/words.ts";
import { csvLine } from "../spreadsheet/index.ts";
import type { Figure, Told } from "./figure.ts";
import type { FigureUnit } from "./measure.ts";
import { splitTitles } from "./words.ts";

const words = {
  heads: [
    { zh: "指标", en: "Measure" },
    { zh: "分组", en: "Split" },
    { zh: "分项", en: "Part" },
    { zh: "数", en: "Value" },
    { zh: "单位", en: "Unit" },
    { zh: "时间", en: "Time" },
  ],
  total: { zh: "合计", en: "Total" },
  trend: { zh: "逐月", en: "By month" },
  hidden: { zh: "*", en: "*" },
} as const;

const units: Readonly<Record<FigureUnit, Text>> = {
  people: { zh: "人", en: "persons" },
  unions: { zh: "个", en: "unions" },
  cases: { zh: "件", en: "cases" },
  fen: { zh: "元", en: "yuan" },
  days: { zh: "天", en: "days" },
  score: { zh: "分", en: "stars" },
  bp: { zh: "%", en: "%" },
};

/** Figures as a table that may leave the house: separated values with the words that explain what is left out. */
export function exportOf(
  figures: readonly Figure[],
  about: {
    readonly unit: string;
    readonly from: Day;
    readonly to: Day;
    readonly today: Day;
    /** The instant of which the figures are, when it is not the present. */
    readonly readAt: Date | null;
    readonly least: number;
    readonly lang: Lang;
  },
): FileAnswer {
  const { lang, unit, from, to, today, readAt, least } = about;
  const asOf: Text =
    readAt === null
      ? { zh: "", en: "" }
      : { zh: `，数据截至 ${readAt.toISOString()}`, en: `, as of ${readAt.toISOString()}` };
  const t = (text: Text): string => text[lang];
  const lines: string[] = [csvLine(words.heads.map(t))];
  let last: Figure | undefined;
  for (const one of figures) {
    const time = one.kind === "stock" ? one.asOf : `${one.from} – ${one.to}`;
    const line = (split: string, part: string, of: FigureUnit, told: Told, when = time) =>
      lines.push(csvLine([t(one.title), split, part, written(told, of), t(units[of]), when]));
    if (last?.measure !== one.measure) {
      line("", t(words.total), one.unitOfMeasure, one);
      for (const point of one.series)
        line(t(words.trend), point.period, one.unitOfMeasure, point, point.period);
    }
    const split = splitTitles[one.split ?? ""];
    for (const part of one.by)
      line(
        split ? t(split) : "",
        t(part.label),
        one.unitOfMeasure === "score" ? "cases" : one.unitOfMeasure,
        part,
      );
    last = one;
  }
  const note: Text = {
    zh: `${unit}，${from} 至 ${to}，${today} 导出${asOf.zh}。标“*”的数字不足 ${least} 人，或者会使不足 ${least} 人的数字被推算出来，按规定不对外显示。`,
    en: `${unit}, ${from} to ${to}, exported on ${today}${asOf.en}. Numbers marked * are of fewer than ${least} persons, or would let such a number be computed, and are not told outside.`,
  };
  lines.push(csvLine([t(note)]));
  return {
    file: Buffer.from(`\uFEFF${lines.join("")}`, "utf8"),
    mediaType: "text/csv; charset=utf-8",
    fileName: lang === "zh" ? `统计-${unit}-${to}.csv` : `figures-${to}.csv`,
  };
}

function written({ value, hidden }: Told, unit: FigureUnit): string | number {
  if (hidden) return words.hidden.zh;
  if (value === null) return "";
  switch (unit) {
    case "fen":
      return formatYuan(BigInt(value));
    case "bp":
    case "score":
      return (value / 100).toFixed(unit === "bp" ? 1 : 2);
    default:
      return value;
  }
}
