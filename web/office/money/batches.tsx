import type { ReactNode } from "react";
import { batchStates } from "../../../src/ledger/batch.ts";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { Due } from "../parts/due.tsx";
import { Choose, ClearFilters } from "../parts/filters.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { State } from "../parts/state.tsx";
import { useView } from "../parts/view.ts";
import { MoneyTabs } from "./tabs.tsx";
import type { Batch } from "./types.ts";

const w = words({
  title: { zh: "发放批次", en: "Payment batches" },
  name: { zh: "名称", en: "Name" },
  number: { zh: "编号", en: "Number" },
  state: { zh: "状态", en: "State" },
  unit: { zh: "工会", en: "Union" },
  total: { zh: "总额", en: "Total" },
  paid: { zh: "已到账", en: "Paid" },
  items: { zh: "笔数", en: "Payments" },
  failed: { zh: "失败", en: "Failed" },
  made: { zh: "编制日", en: "Made" },
  due: { zh: "期限", en: "Due" },
  purpose: { zh: "用途", en: "Purpose" },
});

/** Payment batches in scope. */
export function Batches(): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const pages = usePages<Batch>("/batches", { state: view.state, unit: view.unit, overdue: view.overdue });
  const columns: readonly Column<Batch>[] = [
    {
      key: "name",
      head: t(w.name),
      cell: (one) => (
        <RowLink to="/money/batches/$id" params={{ id: one.id }}>
          {one.title}
        </RowLink>
      ),
      text: (one) => one.title,
    },
    {
      key: "state",
      head: t(w.state),
      cell: (one) => <State kind="batch" value={one.state} title={one.stateTitle} />,
      text: (one) => t(one.stateTitle),
    },
    {
      key: "due",
      head: t(w.due),
      cell: (one) => <Due on={one.dueOn} ended={["closed", "cancelled"].includes(one.state)} />,
      text: (one) => one.dueOn ?? "",
    },
    {
      key: "total",
      head: t(w.total),
      end: true,
      cell: (one) => <span className="number">{money(one.totalFen)}</span>,
      text: (one) => (one.totalFen / 100).toFixed(2),
    },
    {
      key: "paid",
      head: t(w.paid),
      end: true,
      cell: (one) => <span className="number">{money(one.paidFen)}</span>,
      text: (one) => (one.paidFen / 100).toFixed(2),
    },
    { key: "items", head: t(w.items), end: true, cell: (one) => one.items, text: (one) => String(one.items) },
    {
      key: "failed",
      head: t(w.failed),
      end: true,
      cell: (one) => (one.failed > 0 ? <span className="due late">{one.failed}</span> : ""),
      text: (one) => String(one.failed),
    },
    {
      key: "purpose",
      head: t(w.purpose),
      cell: (one) => t(one.purposeTitle),
      text: (one) => t(one.purposeTitle),
    },
    { key: "unit", head: t(w.unit), cell: (one) => one.unitName, text: (one) => one.unitName },
    {
      key: "made",
      head: t(w.made),
      cell: (one) => <span className="number">{one.madeOn}</span>,
      text: (one) => one.madeOn,
    },
    {
      key: "number",
      head: t(w.number),
      cell: (one) => <span className="number muted">{one.number}</span>,
      text: (one) => one.number,
    },
  ];
  return (
    <div className="page full">
      <PageHead title={t(w.title)} total={pages.total} />
      <MoneyTabs />
      <Listing
        of={pages}
        columns={columns}
        name="batches"
        label={t(w.title)}
        rowKey={(one) => one.id}
        narrowed={Boolean(view.state || view.unit)}
        filters={
          <>
            <Choose
              name="state"
              label={t(w.state)}
              options={Object.entries(batchStates).map(([value, title]) => ({ value, label: t(title) }))}
            />
            <PickUnit name="unit" label={t(w.unit)} />
            <ClearFilters names={["state", "unit"]} />
          </>
        }
      />
    </div>
  );
}
