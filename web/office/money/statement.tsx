import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { addressOf } from "../../shared/api.ts";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { Between, ClearFilters } from "../parts/filters.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { State } from "../parts/state.tsx";
import { useView } from "../parts/view.ts";
import { Balance } from "./funds.tsx";
import { MoneyTabs } from "./tabs.tsx";
import type { FundSheet, HouseholdSheet, UnitSheet } from "./types.ts";

const w = words({
  funds: { zh: "资金", en: "Funds" },
  fund: { zh: "明细账", en: "Statement" },
  household: { zh: "家庭帮扶明细", en: "Aid to a household" },
  householdOf: { zh: "{head}家庭帮扶明细", en: "Aid to the household of {head}" },
  file: { zh: "档案编号 {number}", en: "File {number}" },
  unit: { zh: "科目余额表", en: "Balances by account" },
  span: { zh: "期间", en: "Period" },
  covers: { zh: "期间：{from} – {to}", en: "Period: {from} – {to}" },
  opening: { zh: "期初", en: "Opening" },
  closing: { zh: "期末", en: "Closing" },
  on: { zh: "日期", en: "Day" },
  voucher: { zh: "凭证", en: "Voucher" },
  memo: { zh: "摘要", en: "What for" },
  in: { zh: "收入", en: "In" },
  out: { zh: "支出", en: "Out" },
  balance: { zh: "余额", en: "Balance" },
  print: { zh: "打印", en: "Print" },
  xlsx: { zh: "导出 xlsx", en: "Export xlsx" },
  pdf: { zh: "导出 PDF", en: "Export PDF" },
  nothing: { zh: "这段时间没有发生额。", en: "Nothing moved in this period." },
  kind: { zh: "用途", en: "Purpose" },
  who: { zh: "受助人", en: "Beneficiary" },
  amount: { zh: "金额", en: "Amount" },
  state: { zh: "状态", en: "State" },
  decided: { zh: "批准日", en: "Granted" },
  paidOn: { zh: "到账日", en: "Paid" },
  from: { zh: "资金", en: "Fund" },
  batch: { zh: "批次", en: "Batch" },
  case: { zh: "办件", en: "Case" },
  caps: { zh: "年度限额", en: "Yearly limits" },
  cap: {
    zh: "{year} 年：已用 {used}，限额 {cap}，还可 {left}",
    en: "{year}: {used} of {cap} used, {left} left",
  },
  paidSum: { zh: "累计到账 {amount}", en: "{amount} paid in all" },
  code: { zh: "科目编号", en: "Code" },
  account: { zh: "科目", en: "Account" },
  debit: { zh: "借方", en: "Debit" },
  credit: { zh: "贷方", en: "Credit" },
  sum: { zh: "合计", en: "Sum" },
  ties: { zh: "借贷相等", en: "Debits equal credits" },
  unties: { zh: "借贷不等，请告知系统管理员", en: "Debits and credits differ: tell the administrator" },
  closed: { zh: "已结账至 {month}", en: "closed through {month}" },
});

function Exports({ path, id }: { readonly path: string; readonly id: string }): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const file = (format: string): string =>
    addressOf(`/statements/${path}/:id`, { id }, { from: view.from, to: view.to, format });
  return (
    <>
      <button type="button" className="button" onClick={() => print()}>
        {t(w.print)}
      </button>
      <a className="button" href={file("xlsx")} download>
        {t(w.xlsx)}
      </a>
      <a className="button" href={file("pdf")} target="_blank" rel="noreferrer">
        {t(w.pdf)}
      </a>
    </>
  );
}

/** The days a statement covers, on paper, where the filters do not stand. */
function Period({ from, to }: { readonly from: string | null; readonly to: string | null }): ReactNode {
  const { t } = useLang();
  if (!from && !to) return null;
  return <p className="print-only">{t(w.covers, { from: from ?? "", to: to ?? "" })}</p>;
}

/** What came into a fund and went out of it. */
export function FundStatement(): ReactNode {
  const { t } = useLang();
  const { id = "" } = useParams({ strict: false });
  const [view] = useView();
  const sheet = useAnswer<FundSheet>(
    addressOf("/statements/fund/:id", { id }, { from: view.from, to: view.to }),
  );
  return (
    <div className="page">
      <Crumbs of={[{ title: t(w.funds), to: "/money" }]} />
      <Awaited of={sheet} lines={12}>
        {(it) => (
          <>
            <PageHead
              title={it.fund.name}
              note={
                <span className="muted">
                  {[it.fund.unitName, t(it.fund.sourceTitle)].filter(Boolean).join(" · ")}
                </span>
              }
            >
              <Exports path="fund" id={id} />
            </PageHead>
            <Period from={it.from} to={it.to} />
            <div className="panel" style={{ marginBottom: 14 }}>
              <Balance fund={it.fund} />
            </div>
            <div className="filters">
              <Between from="from" to="to" label={t(w.span)} />
              <ClearFilters names={["from", "to"]} />
              <span className="muted">
                {it.from} – {it.to}
              </span>
            </div>
            <div className="table">
              <table>
                <caption className="only-read">{t(w.fund)}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t(w.on)}</th>
                    <th scope="col">{t(w.voucher)}</th>
                    <th scope="col">{t(w.memo)}</th>
                    <th scope="col" className="end">
                      {t(w.in)}
                    </th>
                    <th scope="col" className="end">
                      {t(w.out)}
                    </th>
                    <th scope="col" className="end">
                      {t(w.balance)}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  <tr>
                    <td className="number">{it.from}</td>
                    <td />
                    <td className="muted">{t(w.opening)}</td>
                    <td />
                    <td />
                    <td className="end number">{money(it.openingFen)}</td>
                  </tr>
                  {it.lines.map((one) => (
                    <tr key={`${one.voucherId}${one.inFen}${one.outFen}${one.balanceFen}`}>
                      <td className="number">{one.on}</td>
                      <td>
                        <Link
                          to="/money/vouchers/$id"
                          params={{ id: one.voucherId }}
                          search={{}}
                          className="number"
                        >
                          {one.month}-{one.number}
                        </Link>
                      </td>
                      <td>{one.memo}</td>
                      <td className="end number">{one.inFen ? money(one.inFen) : ""}</td>
                      <td className="end number">{one.outFen ? money(one.outFen) : ""}</td>
                      <td className="end number">{money(one.balanceFen)}</td>
                    </tr>
                  ))}
                  {it.lines.length === 0 && (
                    <tr>
                      <td />
                      <td />
                      <td className="muted">{t(w.nothing)}</td>
                      <td />
                      <td />
                      <td />
                    </tr>
                  )}
                </tbody>
                <tfoot>
                  <tr>
                    <td className="number">{it.to}</td>
                    <td />
                    <td>{t(w.closing)}</td>
                    <td className="end number">{money(it.lines.reduce((sum, one) => sum + one.inFen, 0))}</td>
                    <td className="end number">
                      {money(it.lines.reduce((sum, one) => sum + one.outFen, 0))}
                    </td>
                    <td className="end number">{money(it.closingFen)}</td>
                  </tr>
                </tfoot>
              </table>
            </div>
          </>
        )}
      </Awaited>
    </div>
  );
}

/** All aid a household was granted, and what its yearly limits leave. */
export function HouseholdStatement(): ReactNode {
  const { t } = useLang();
  const { id = "" } = useParams({ strict: false });
  const sheet = useAnswer<HouseholdSheet>(addressOf("/statements/household/:id", { id }));
  return (
    <div className="page wide-print">
      <Awaited of={sheet} lines={10}>
        {(it) => (
          <>
            <PageHead
              title={it.headName ? t(w.householdOf, { head: it.headName }) : t(w.household)}
              note={
                <>
                  {it.fileNumber && (
                    <span className="muted number">{t(w.file, { number: it.fileNumber })}</span>
                  )}
                  <b>{t(w.paidSum, { amount: money(it.paidFen) })}</b>
                </>
              }
            >
              <Exports path="household" id={id} />
            </PageHead>
            {it.caps.length > 0 && (
              <div className="panel" style={{ marginBottom: 14 }}>
                <h2>{t(w.caps)}</h2>
                {it.caps.map((one) => (
                  <p key={`${one.rule}${one.year}`}>
                    {t(w.cap, {
                      year: one.year,
                      used: money(one.usedFen),
                      cap: money(one.capFen),
                      left: money(one.leftFen),
                    })}
                  </p>
                ))}
              </div>
            )}
            <div className="table">
              <table>
                <thead>
                  <tr>
                    {[w.decided, w.kind, w.who, w.state, w.paidOn, w.from, w.batch, w.case].map((head) => (
                      <th scope="col" key={head.en}>
                        {t(head)}
                      </th>
                    ))}
                    <th scope="col" className="end">
                      {t(w.amount)}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {it.lines.map((one) => (
                    <tr key={one.id}>
                      <td className="number">{one.decidedOn}</td>
                      <td>{t(one.kindTitle)}</td>
                      <td>{one.beneficiaryName}</td>
                      <td>
                        <State kind="grant" value={one.state} title={one.stateTitle} />
                      </td>
                      <td className="number">{one.paidOn ?? ""}</td>
                      <td>{one.fundName ?? ""}</td>
                      <td className="number">{one.batchNumber ?? ""}</td>
                      <td>
                        <Link to="/cases/$id" params={{ id: one.caseId }} search={{}} className="number">
                          {one.caseNumber}
                        </Link>
                      </td>
                      <td className="end number">{money(one.amountFen)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {it.lines.length === 0 && (
                <p className="muted" style={{ padding: 16 }}>
                  {t(w.nothing)}
                </p>
              )}
            </div>
          </>
        )}
      </Awaited>
    </div>
  );
}

/** Balances of a union's books, account by account; the two sides must be equal. */
export function UnitStatement(): ReactNode {
  const { t } = useLang();
  const { id = "" } = useParams({ strict: false });
  const [view] = useView();
  const sheet = useAnswer<UnitSheet>(
    addressOf("/statements/unit/:id", { id }, { from: view.from, to: view.to }),
  );
  return (
    <div className="page">
      <Awaited of={sheet} lines={12}>
        {(it) => (
          <>
            <PageHead
              title={`${it.unit.name} ${t(w.unit)}`}
              note={
                it.closedThrough && <span className="muted">{t(w.closed, { month: it.closedThrough })}</span>
              }
            >
              <Exports path="unit" id={id} />
            </PageHead>
            <MoneyTabs />
            <Period from={it.from} to={it.to} />
            <div className="filters">
              <Between from="from" to="to" label={t(w.span)} />
              <ClearFilters names={["from", "to"]} />
            </div>
            <div className="table">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t(w.code)}</th>
                    <th scope="col">{t(w.account)}</th>
                    <th scope="col" className="end">
                      {t(w.debit)}
                    </th>
                    <th scope="col" className="end">
                      {t(w.credit)}
                    </th>
                    <th scope="col" className="end">
                      {t(w.balance)}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {it.lines.map((one) => (
                    <tr key={`${one.code}${one.role}${one.detail}`}>
                      <td className="number">{one.code}</td>
                      <td>{t(one.title)}</td>
                      <td className="end number">{money(one.debitFen)}</td>
                      <td className="end number">{money(one.creditFen)}</td>
                      <td className="end number">{money(one.balanceFen)}</td>
                    </tr>
                  ))}
                </tbody>
                <tfoot>
                  <tr>
                    <td>{t(w.sum)}</td>
                    <td className={it.totals.debitFen === it.totals.creditFen ? "" : "due late"}>
                      {t(it.totals.debitFen === it.totals.creditFen ? w.ties : w.unties)}
                    </td>
                    <td className="end number">{money(it.totals.debitFen)}</td>
                    <td className="end number">{money(it.totals.creditFen)}</td>
                    <td />
                  </tr>
                </tfoot>
              </table>
            </div>
          </>
        )}
      </Awaited>
    </div>
  );
}
