import type { z } from "zod";
import { writeXlsx } from "../documents/spreadsheet/index.ts";
import { formatYuan } from "../kernel/money.ts";
import type { FileAnswer } from "../kernel/route.ts";
import { type Lang, say } from "../kernel/words.ts";
import type { FundStatement, HouseholdStatement, UnitStatement } from "./schemas.ts";

/** Statements as tables to print and to keep. */

export interface Sheet {
  readonly title: string;
  readonly subtitle: string;
  readonly columns: readonly { readonly head: string; readonly width: number; readonly right?: true }[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly foot: string;
}

/** The statement itself, or the same as a file. Amounts in a workbook are numbers in yuan. */
export async function sheetAnswer<Json>(
  format: "json" | "xlsx" | "pdf",
  json: Json,
  sheet: () => Sheet,
): Promise<Json | FileAnswer> {
  if (format === "json") return json;
  const { title, columns, rows } = sheet();
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

const yuan = (fen: number) => fen / 100;
const shown = (fen: number) => formatYuan(BigInt(fen));

export function fundSheet(statement: z.input<typeof FundStatement>, lang: Lang): Sheet {
  const zh = lang === "zh";
  return {
    title: zh ? "资金收支明细" : "Fund statement",
    subtitle: `${statement.fund.name} ${statement.from} – ${statement.to}`,
    columns: [
      { head: zh ? "日期" : "Day", width: 12 },
      { head: zh ? "凭证号" : "Voucher", width: 14 },
      { head: zh ? "摘要" : "For", width: 44 },
      { head: zh ? "收入(元)" : "In (yuan)", width: 14, right: true },
      { head: zh ? "支出(元)" : "Out (yuan)", width: 14, right: true },
      { head: zh ? "余额(元)" : "Balance (yuan)", width: 14, right: true },
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

export function householdSheet(statement: z.input<typeof HouseholdStatement>, lang: Lang): Sheet {
  const zh = lang === "zh";
  return {
    title: zh ? "家庭受助明细" : "Household statement",
    subtitle: "",
    columns: [
      { head: zh ? "决定日期" : "Decided", width: 12 },
      { head: zh ? "办件编号" : "Case", width: 22 },
      { head: zh ? "类别" : "Kind", width: 14 },
      { head: zh ? "受助人" : "Beneficiary", width: 14 },
      { head: zh ? "金额(元)" : "Amount (yuan)", width: 14, right: true },
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

export function unitSheet(statement: z.input<typeof UnitStatement>, lang: Lang): Sheet {
  const zh = lang === "zh";
  return {
    title: zh ? "科目余额表" : "Balances by account",
    subtitle: `${statement.unit.name}${statement.to === null ? "" : ` ${statement.from} – ${statement.to}`}`,
    columns: [
      { head: zh ? "科目编码" : "Code", width: 10 },
      { head: zh ? "科目" : "Account", width: 32 },
      { head: zh ? "借方(元)" : "Debit (yuan)", width: 16, right: true },
      { head: zh ? "贷方(元)" : "Credit (yuan)", width: 16, right: true },
      { head: zh ? "余额(元)" : "Balance (yuan)", width: 16, right: true },
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
