import type { Lang, Text } from "../../../src/kernel/words.ts";
import { count, money } from "../../shared/format.ts";
import type { Figure } from "../types.ts";
import type { Mark } from "./chart.tsx";

type Unit = Figure["unitOfMeasure"];

/** A figure as people read it. */
function figureWords(value: number | null, unit: Unit, lang: Lang): string {
  if (value === null) return "—";
  switch (unit) {
    case "fen":
      return money(value);
    case "bp":
      return `${(value / 100).toFixed(1)} %`;
    case "score":
      return (value / 100).toFixed(2);
    case "days":
      return lang === "zh" ? `${value} 天` : `${value} ${value === 1 ? "day" : "days"}`;
    default:
      return count(value);
  }
}

/** A number as it is told: a star where it is too small to be. */
export function toldWords(
  { value, hidden }: { readonly value: number | null; readonly hidden: boolean },
  unit: Unit,
  lang: Lang,
): string {
  return hidden ? "*" : figureWords(value, unit, lang);
}

/** The unit of a figure's parts: of a mean of stars they are counts. */
export const partUnit = (unit: Unit): Unit => (unit === "score" ? "cases" : unit);

/** The parts of a figure as bars, those not told with a star. */
export function partMarks(one: Figure, t: (text: Text) => string, lang: Lang): readonly Mark[] {
  const unit = partUnit(one.unitOfMeasure);
  return one.by.map((part) => ({
    name: t(part.label),
    value: part.value ?? 0,
    words: part.value === null ? toldWords(part, unit, lang) : shortWords(part.value, unit, lang),
  }));
}

/** The months of a figure as a line, with a gap where nothing is told. */
export function monthMarks(one: Figure, lang: Lang): readonly Mark[] {
  return one.series.map((point) => ({
    name: point.period,
    value: point.value,
    words:
      point.value === null
        ? toldWords(point, one.unitOfMeasure, lang)
        : shortWords(point.value, one.unitOfMeasure, lang),
  }));
}

/** Whether a figure, or anything shown with it, is too small to be told. */
export function hidesAny(one: Figure): boolean {
  return one.hidden || one.by.some(({ hidden }) => hidden) || one.series.some(({ hidden }) => hidden);
}

/** A figure in a place too small for fen: 12.4 万元 or ¥124k. */
export function shortWords(value: number, unit: Unit, lang: Lang): string {
  if (unit !== "fen" || value < 1_000_000) return figureWords(value, unit, lang);
  const yuan = value / 100;
  if (lang === "zh")
    return yuan >= 1e8 ? `${(yuan / 1e8).toFixed(2)} 亿元` : `${(yuan / 1e4).toFixed(1)} 万元`;
  return yuan >= 1e6 ? `¥${(yuan / 1e6).toFixed(2)}M` : `¥${(yuan / 1e3).toFixed(1)}k`;
}

/** The desk's page for the list behind a figure: `/api/cases?…` is `/cases?…`. */
export function pageOf(listUrl: string): {
  readonly to: string;
  readonly search: Readonly<Record<string, string>>;
} {
  const [path = "", query = ""] = listUrl.split("?");
  const pages: Readonly<Record<string, string>> = {
    "/api/members": "/members",
    "/api/cases": "/cases",
    "/api/units": "/unions",
    "/api/grants": "/money/grants",
    "/api/batches": "/money/batches",
  };
  return { to: pages[path] ?? "/figures", search: Object.fromEntries(new URLSearchParams(query)) };
}
