import type { ReactNode } from "react";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { unitWith, useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import { MoneyTabs } from "./tabs.tsx";
import type { Voucher } from "./types.ts";

const w = words({
  title: { zh: "凭证", en: "Vouchers" },
  number: { zh: "凭证号", en: "Number" },
  on: { zh: "日期", en: "Day" },
  memo: { zh: "摘要", en: "What for" },
  amount: { zh: "金额", en: "Amount" },
  unit: { zh: "工会", en: "Union" },
  month: { zh: "月份", en: "Month" },
  reversal: { zh: "红字冲销", en: "Reversal" },
});

/** Vouchers of a union's books, month by month. */
export function Vouchers(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const [view, change] = useView();
  const unit = view.unit ?? unitWith(me, "ledger.read");
  const pages = usePages<Voucher>("/vouchers", { unit, month: view.month });
  const columns: readonly Column<Voucher>[] = [
    {
      key: "number",
      head: t(w.number),
      width: "120px",
      cell: (one) => (
        <RowLink to="/money/vouchers/$id" params={{ id: one.id }}>{`${one.month}-${one.number}`}</RowLink>
      ),
      text: (one) => `${one.month}-${one.number}`,
    },
    {
      key: "on",
      head: t(w.on),
      cell: (one) => <span className="number">{one.on}</span>,
      text: (one) => one.on,
    },
    {
      key: "memo",
      head: t(w.memo),
      cell: (one) => (
        <>
          {one.memo} {one.reverses && <span className="due late small">{t(w.reversal)}</span>}
        </>
      ),
      text: (one) => one.memo,
    },
    { key: "unit", head: t(w.unit), cell: (one) => one.unitName, text: (one) => one.unitName },
    {
      key: "amount",
      head: t(w.amount),
      end: true,
      cell: (one) => <span className="number">{money(one.amountFen)}</span>,
      text: (one) => (one.amountFen / 100).toFixed(2),
    },
  ];
  return (
    <div className="page full">
      <PageHead title={t(w.title)} total={pages.total} />
      <MoneyTabs />
      <Listing
        of={pages}
        columns={columns}
        name="vouchers"
        label={t(w.title)}
        rowKey={(one) => one.id}
        narrowed={Boolean(view.month)}
        filters={
          <>
            <PickUnit name="unit" label={t(w.unit)} />
            <input
              className="input"
              type="month"
              aria-label={t(w.month)}
              value={view.month ?? ""}
              onChange={(event) => change({ month: event.target.value || undefined })}
            />
          </>
        }
      />
    </div>
  );
}
