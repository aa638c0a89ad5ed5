import type { z } from "zod";
import { renderTable } from "../documents/pdf/index.ts";
import { capitals, formatYuan } from "../kernel/money.ts";
import type { FileAnswer } from "../kernel/route.ts";
import { type Lang, say } from "../kernel/words.ts";
import { writeXlsx } from "../spreadsheet/index.ts";
import type { BatchPage, FundStatement, HouseholdStatement, UnitStatement } from "./schemas.ts";

/** Statements as tables to print and to keep. */

export interface Sheet {
  readonly title: string;
  readonly subtitle: string;
  readonly columns: readonly { readonly head: string; readonly width: number; readonly right?: true }[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly foot: string;
}

/** The statement itself, or the same as a file. Amounts are numbers in a workbook, and written as money on paper. */
export async function sheetAnswer<Json>(
  format: "json" | "xlsx" | "pdf",
  json: Json,
  sheet: () => Sheet,
  lang: Lang,
): Promise<Json | FileAnswer> {
  if (format === "json") return json;
  const { title, subtitle, columns, rows, foot } = sheet();
  if (format === "pdf") {
    const file = await renderTable({
      lang,
      title,
      subtitle,
      columns: columns.map(({ head, width, right }) => ({ head, width, align: right ? "right" : "left" })),
      rows: rows.map((row) => row.map((cell) => (typeof cell === "number" ? grouped(cell) : cell))),
      foot,
      landscape: columns.length > 6,
    });
    return { file, mediaType: "application/pdf", fileName: `${title}.pdf` };
  }
  return {
    file: writeXlsx(
      title,
      columns.map(({ head, width }) => ({ head, width })),
      rows,
    ),
    mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    fileName: `${title}.xlsx`,
  };
}

/** A cell of yuan as paper shows it: 3,744.00. */
function grouped(yuanCell: number): string {
  return formatYuan(BigInt(Math.round(yuanCell * 100))).replace("¥", "");
}

const yuan = (fen: number) => fen / 100;
const shown = (fen: number) => formatYuan(BigInt(fen));

/** A fund's movements in yuan, from its opening balance on: a voucher a row, with the balance after it. */
export function fundSheet(statement: z.input<typeof FundStatement>, lang: Lang): Sheet {
  const zh = lang === "zh";
  return {
    title: zh ? "资金收支明细" : "Fund statement",
    subtitle: `${statement.fund.name} ${statement.from} – ${statement.to}`,
    columns: [
      { head: zh ? "日期" : "Day", width: 12 },
      { head: zh ? "凭证号" : "Voucher", width: 14 },
      { head: zh ? "摘要" : "For", width: 44 },
      { head: zh ? "收入（元）" : "In (yuan)", width: 14, right: true },
      { head: zh ? "支出（元）" : "Out (yuan)", width: 14, right: true },
      { head: zh ? "余额（元）" : "Balance (yuan)", width: 14, right: true },
    ],
    rows: [
      [statement.from, "", zh ? "期初余额" : "Opening balance", "", "", yuan(statement.openingFen)],
      ...statement.lines.map((one) => [
        one.on,
        `${one.month}-${one.number}`,
        one.memo,
        yuan(one.inFen),
        yuan(one.outFen),
        yuan(one.balanceFen),
      ]),
    ],
    foot: `${zh ? "期末余额" : "Closing balance"} ${shown(statement.closingFen)}`,
  };
}

/**
 * A household's grants, the latest first, in yuan. The foot sums those paid alone. Head and file are named
 * where known.
 */
export function householdSheet(statement: z.input<typeof HouseholdStatement>, lang: Lang): Sheet {
  const zh = lang === "zh";
  return {
    title: zh ? "家庭受助明细" : "Household statement",
    subtitle: [
      statement.headName && (zh ? `户主 ${statement.headName}` : `Head: ${statement.headName}`),
      statement.fileNumber && (zh ? `档案编号 ${statement.fileNumber}` : `File ${statement.fileNumber}`),
    ]
      .filter(Boolean)
      .join(zh ? "　" : ", "),
    columns: [
      { head: zh ? "决定日期" : "Decided", width: 12 },
      { head: zh ? "办件编号" : "Case", width: 22 },
      { head: zh ? "类别" : "Kind", width: 14 },
      { head: zh ? "受助人" : "Beneficiary", width: 14 },
      { head: zh ? "金额（元）" : "Amount (yuan)", width: 14, right: true },
      { head: zh ? "状态" : "State", width: 12 },
      { head: zh ? "发放日期" : "Paid", width: 12 },
      { head: zh ? "资金" : "Fund", width: 28 },
    ],
    rows: statement.lines.map((one) => [
      one.decidedOn,
      one.caseNumber ?? "",
      say(one.kindTitle, lang),
      one.beneficiaryName,
      yuan(one.amountFen),
      say(one.stateTitle, lang),
      one.paidOn ?? "",
      one.fundName ?? "",
    ]),
    foot: `${zh ? "已发放合计" : "Paid in all"} ${shown(statement.paidFen)}`,
  };
}

/**
 * A union's trial balance in yuan, each balance on its account's usual side; the foot sets all debits against
 * all credits.
 */
export function unitSheet(statement: z.input<typeof UnitStatement>, lang: Lang): Sheet {
  const zh = lang === "zh";
  return {
    title: zh ? "科目余额表" : "Balances by account",
    subtitle: `${statement.unit.name}${statement.to === null ? "" : ` ${statement.from} – ${statement.to}`}`,
    columns: [
      { head: zh ? "科目编码" : "Code", width: 10 },
      { head: zh ? "科目" : "Account", width: 32 },
      { head: zh ? "借方（元）" : "Debit (yuan)", width: 16, right: true },
      { head: zh ? "贷方（元）" : "Credit (yuan)", width: 16, right: true },
      { head: zh ? "余额（元）" : "Balance (yuan)", width: 16, right: true },
    ],
    rows: statement.lines.map((one) => [
      one.code,
      say(one.title, lang),
      yuan(one.debitFen),
      yuan(one.creditFen),
      yuan(one.balanceFen),
    ]),
    foot: `${shown(statement.totals.debitFen)} = ${shown(statement.totals.creditFen)}`,
  };
}

/** A batch's list as it is signed and kept: cards masked, amounts, and the total in capitals. */
export function batchSheet(page: z.input<typeof BatchPage>, lang: Lang): Sheet {
  const zh = lang === "zh";
  const { batch, items, totals } = page;
  return {
    title: zh ? "帮扶资金发放清单" : "List of aid payments",
    subtitle: `${batch.unitName} ${batch.number} ${batch.title} ${batch.fundName}`,
    columns: [
      { head: zh ? "序号" : "No.", width: 6 },
      { head: zh ? "受助人" : "Beneficiary", width: 14 },
      { head: zh ? "户名" : "Holder", width: 14 },
      { head: zh ? "银行卡" : "Card", width: 14 },
      { head: zh ? "金额（元）" : "Amount (yuan)", width: 14, right: true },
      { head: zh ? "状态" : "State", width: 12 },
      { head: zh ? "发放日期" : "Paid", width: 12 },
      { head: zh ? "签收" : "Received", width: 14 },
    ],
    rows: items
      .filter((one) => one.state !== "removed")
      .map((one) => [
        String(one.position),
        one.beneficiaryName,
        one.payeeName,
        one.cardMasked,
        yuan(one.amountFen),
        say(one.stateTitle, lang),
        one.paidOn ?? "",
        "",
      ]),
    foot: zh
      ? `合计 ${totals.items} 笔 ${shown(totals.totalFen)}（${capitals(BigInt(totals.totalFen))}）`
      : `${totals.items} payments, ${shown(totals.totalFen)}`,
  };
}
