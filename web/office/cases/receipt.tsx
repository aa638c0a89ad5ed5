import type { ReactNode } from "react";
import type {
  Category,
  ReceiptLine,
  Receipt as Sheet,
} from "../../../src/services/care/hardship/income-test.ts";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import "./receipt.css";

const w = words({
  title: { zh: "收入核算", en: "Income test" },
  income: { zh: "家庭收入（前 12 个月）", en: "Household income, 12 months before" },
  expense: { zh: "刚性支出（家庭自付）", en: "Rigid outlays the family paid itself" },
  incomeSum: { zh: "收入合计", en: "Income in all" },
  expenseSum: { zh: "支出合计", en: "Outlays in all" },
  net: { zh: "人均月净收入", en: "Net income a head and month" },
  people: { zh: "{n} 口人", en: "household of {n}" },
  deep: { zh: "深度困难", en: "Deep hardship" },
  relative: { zh: "相对困难", en: "Relative hardship" },
  accident: { zh: "意外致困", en: "Hardship by misfortune" },
  none: { zh: "未达标准", en: "Below no line" },
  yes: { zh: "符合", en: "met" },
  no: { zh: "不符合", en: "not met" },
  lines: { zh: "标准线：{low} / {high}", en: "Lines: {low} / {high}" },
  nothing: { zh: "无", en: "none" },
});

/** The calculation of a case, when it is an income test. */
export function receiptOf(calculation: unknown): Sheet | undefined {
  if (typeof calculation !== "object" || calculation === null) return undefined;
  const sheet = calculation as Partial<Sheet>;
  return Array.isArray(sheet.income) && Array.isArray(sheet.results) ? (sheet as Sheet) : undefined;
}

/** The income test as a receipt: every line that was counted or not, the sum, three results and why. */
export function Receipt({ of: sheet }: { readonly of: Sheet }): ReactNode {
  const { t } = useLang();
  const name = (test: Category): string => t(w[test]);
  return (
    <section className="panel" aria-label={t(w.title)}>
      <div className="panel-head">
        <h2>{t(w.title)}</h2>
        <b>{name(sheet.category)}</b>
        <span className="muted">{t(w.people, { n: sheet.people })}</span>
      </div>
      <div className="receipt">
        <table>
          <tbody>
            <Lines title={t(w.income)} of={sheet.income} sign="+" />
            <tr className="sum">
              <td className="sign" />
              <td>{t(w.incomeSum)}</td>
              <td className="amount">{money(sheet.incomeFen)}</td>
            </tr>
            <Lines title={t(w.expense)} of={sheet.expense} sign="−" />
            <tr className="sum">
              <td className="sign" />
              <td>{t(w.expenseSum)}</td>
              <td className="amount">{money(sheet.expenseFen)}</td>
            </tr>
            <tr className="total">
              <td className="sign" />
              <td>{t(w.net)}</td>
              <td className="amount">{money(sheet.netFen)}</td>
            </tr>
          </tbody>
        </table>
        <p className="formula">{t(sheet.formula)}</p>
      </div>
      <div className="verdicts">
        {sheet.results.map((one) => (
          <div key={one.test} className={one.passed ? "verdict yes" : "verdict"}>
            <p className="name" style={{ color: "inherit", fontSize: "inherit" }}>
              {name(one.test)}
              <span className={one.passed ? "state good" : "state idle"}>{t(one.passed ? w.yes : w.no)}</span>
            </p>
            <p>{t(one.sentence)}</p>
          </div>
        ))}
      </div>
      <p className="muted small">{t(w.lines, { low: money(sheet.lineFen), high: money(sheet.upperFen) })}</p>
    </section>
  );
}

function Lines(props: {
  readonly title: string;
  readonly of: readonly ReceiptLine[];
  readonly sign: string;
}): ReactNode {
  const { t } = useLang();
  return (
    <>
      <tr>
        <td colSpan={3} className="muted small" style={{ paddingTop: 10 }}>
          {props.title}
        </td>
      </tr>
      {props.of.length === 0 && (
        <tr>
          <td className="sign" />
          <td className="muted">{t(w.nothing)}</td>
          <td className="amount">—</td>
        </tr>
      )}
      {props.of.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a receipt never changes.
        <tr key={index} className={line.counted ? undefined : "not"}>
          <td className="sign">{line.counted ? props.sign : "○"}</td>
          <td>
            {t(line.label)}
            {line.why && <span className="muted small"> {t(line.why)}</span>}
          </td>
          <td className="amount">{money(line.amountFen)}</td>
        </tr>
      ))}
    </>
  );
}
