import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { Empty } from "../../shared/ui.tsx";
import { Due } from "../parts/due.tsx";
import { Choose, ClearFilters, Only, SearchBox } from "../parts/filters.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import type { TransferLine } from "./types.ts";
import { askers, kinds, transferMark } from "./words.ts";

const w = words({
  title: { zh: "会籍接转", en: "Transfers" },
  find: { zh: "在姓名里找", en: "Find by name" },
  state: { zh: "进度", en: "Progress" },
  open: { zh: "办理中", en: "Under way" },
  ended: { zh: "已办结", en: "Ended" },
  direction: { zh: "转入转出", en: "Direction" },
  in: { zh: "转入", en: "Coming" },
  out: { zh: "转出", en: "Leaving" },
  kind: { zh: "类型", en: "Kind" },
  waiting: { zh: "等我办的", en: "Waiting for me" },
  up: { zh: "已报上级", en: "Gone up" },
  unit: { zh: "工会", en: "Union" },
  person: { zh: "姓名", en: "Person" },
  status: { zh: "状态", en: "State" },
  turn: { zh: "轮到我", en: "My turn" },
  mine: { zh: "等我办", en: "for me" },
  from: { zh: "原工会", en: "From" },
  to: { zh: "新工会", en: "To" },
  asker: { zh: "谁提出", en: "Asked by" },
  askedOn: { zh: "提出日", en: "Asked on" },
  due: { zh: "期限", en: "Due" },
  endedOn: { zh: "办结日", en: "Ended on" },
  late: { zh: "逾期已报共同上级", en: "overdue, before the union above both" },
  none: {
    zh: "没有办理中的接转。工会或会员提出后会出现在这里。",
    en: "No transfer is under way. One appears here when a union or a member asks.",
  },
});

const filterNames = ["q", "state", "direction", "kind", "waiting", "escalated", "unit"] as const;

/** Transfers and claims of the officer's unions: those that wait for the officer first, by their clock. */
export function TransferList(): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const pages = usePages<TransferLine>(
    "/transfers",
    Object.fromEntries(filterNames.map((name) => [name, view[name]])),
  );
  const ended = view.state === "ended";
  const kindOf = (one: TransferLine): string => t(one.claim ? kinds.claim : kinds.transfer);
  const union = (name: string): ReactNode => (
    <span className="clip" style={{ maxWidth: 240 }} title={name}>
      {name}
    </span>
  );
  const date = (on: string | null): ReactNode => <span className="number">{on ?? ""}</span>;
  const columns: readonly Column<TransferLine>[] = [
    {
      key: "person",
      head: t(w.person),
      cell: (one) => (
        <RowLink to="/transfers/$id" params={{ id: one.id }}>
          {one.personName}
        </RowLink>
      ),
      text: (one) => one.personName,
    },
    {
      key: "waiting",
      head: t(w.turn),
      off: ended,
      cell: (one) => one.waiting && <b>{t(w.mine)}</b>,
      text: (one) => (one.waiting ? t(w.mine) : ""),
    },
    {
      key: "status",
      head: t(w.status),
      cell: (one) => <span className={`state ${transferMark(one.status)}`}>{t(one.statusTitle)}</span>,
      text: (one) => t(one.statusTitle),
    },
    {
      key: "due",
      head: t(w.due),
      off: ended,
      cell: (one) => <Due on={one.dueOn} ended={one.endedOn !== null} />,
      text: (one) => one.dueOn ?? "",
    },
    {
      key: "from",
      head: t(w.from),
      cell: (one) => union(one.fromUnitName),
      text: (one) => one.fromUnitName,
    },
    { key: "to", head: t(w.to), cell: (one) => union(one.toUnitName), text: (one) => one.toUnitName },
    { key: "kind", head: t(w.kind), cell: kindOf, text: kindOf },
    {
      key: "asker",
      head: t(w.asker),
      cell: (one) => t(askers[one.initiatedBy]),
      text: (one) => t(askers[one.initiatedBy]),
    },
    {
      key: "askedOn",
      head: t(w.askedOn),
      cell: (one) => date(one.requestedOn),
      text: (one) => one.requestedOn,
    },
    {
      key: "escalated",
      head: t(w.up),
      off: true,
      cell: (one) => (one.escalated ? t(w.late) : ""),
      text: (one) => (one.escalated ? t(w.late) : ""),
    },
    {
      key: "endedOn",
      head: t(w.endedOn),
      off: !ended,
      cell: (one) => date(one.endedOn),
      text: (one) => one.endedOn ?? "",
    },
  ];
  return (
    <div className="page full">
      <PageHead title={t(w.title)} total={pages.total} />
      <Listing
        of={pages}
        columns={columns}
        name="transfers"
        label={t(w.title)}
        rowKey={(one) => one.id}
        narrowed={filterNames.some((name) => view[name])}
        empty={<Empty icon="family">{t(w.none)}</Empty>}
        filters={
          <>
            <SearchBox label={t(w.find)} />
            <Choose
              name="state"
              label={t(w.state)}
              usual="open"
              clears={["waiting", "escalated"]}
              options={[
                { value: "open", label: t(w.open) },
                { value: "ended", label: t(w.ended) },
              ]}
            />
            <Choose
              name="direction"
              label={t(w.direction)}
              options={[
                { value: "in", label: t(w.in) },
                { value: "out", label: t(w.out) },
              ]}
            />
            <Choose
              name="kind"
              label={t(w.kind)}
              options={(["transfer", "claim"] as const).map((value) => ({ value, label: t(kinds[value]) }))}
            />
            <PickUnit name="unit" label={t(w.unit)} />
            {!ended && <Only name="waiting" label={t(w.waiting)} />}
            {!ended && <Only name="escalated" label={t(w.up)} />}
            <ClearFilters names={filterNames} />
          </>
        }
      />
    </div>
  );
}
