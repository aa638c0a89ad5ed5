import { maskName } from "../../kernel/mask.ts";
import type { FileAnswer } from "../../kernel/route.ts";
import type { Lang } from "../../kernel/words.ts";
import { type Cell, csvLine, writeXlsx } from "../../spreadsheet/index.ts";
import type { LivingLine } from "./eligible.ts";

type Page = (
  after: { readonly path: string; readonly id: string } | null,
  limit: number,
) => Promise<readonly LivingLine[]>;

const pageRows = 2000;

const heads = {
  zh: ["档案编号", "户主", "所在工会", "困难类别", "人口", "档案有效期", "本年剩余额度（元）"],
  en: ["File", "Head", "Union", "Category", "Members", "Valid to", "Left this year (yuan)"],
} as const;

/** The households a rule fits as a sheet, written while they are read: a page is in memory at a time. Names are masked. */
export function livingSheet(as: "csv" | "xlsx", lang: Lang, page: Page): FileAnswer {
  const name = lang === "zh" ? "符合生活救助条件的家庭" : "Households living aid fits";
  if (as === "csv")
    return {
      file: lines(lang, page),
      mediaType: "text/csv; charset=utf-8",
      fileName: `${name}.csv`,
    };
  const columns = heads[lang].map((head, index) => ({
    head,
    width: index === 2 ? 28 : 16,
    text: index === 0,
  }));
  return {
    file: writeXlsx(name, columns, cells(page)),
    mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    fileName: `${name}.xlsx`,
  };
}

async function* lines(lang: Lang, page: Page): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`\uFEFF${csvLine([...heads[lang]])}`);
  for await (const rows of pagesOf(page))
    yield Buffer.from(rows.map((row) => csvLine(cellsOf(row))).join(""));
}

async function* cells(page: Page): AsyncGenerator<Cell[]> {
  for await (const rows of pagesOf(page)) yield* rows.map(cellsOf);
}

function cellsOf(row: LivingLine): Cell[] {
  const { fileNo, headName, unitName, category, members, validTo, leftFen } = row;
  return [fileNo, maskName(headName), unitName, category, members, validTo, Number(leftFen) / 100];
}

async function* pagesOf(page: Page): AsyncGenerator<readonly LivingLine[]> {
  for (let after: Parameters<Page>[0] = null; ; ) {
    const rows = await page(after, pageRows);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageRows) return;
    after = last;
  }
}
