import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { addressOf } from "../../shared/api.ts";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import type { CaseLine, Service, ServiceList } from "../../shared/types.ts";
import { Due } from "../parts/due.tsx";
import { Between, Choose, ClearFilters, Only, SearchBox } from "../parts/filters.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { State, stateText } from "../parts/state.tsx";
import { useView } from "../parts/view.ts";

const w = words({
  title: { zh: "办件", en: "Cases" },
  find: { zh: "编号或申请人", en: "Number or applicant" },
  service: { zh: "事项", en: "Service" },
  state: { zh: "状态", en: "State" },
  step: { zh: "环节", en: "Step" },
  outcome: { zh: "结果", en: "Outcome" },
  open: { zh: "在办", en: "Open" },
  ended: { zh: "已办结", en: "Ended" },
  late: { zh: "只看逾期", en: "Overdue only" },
  up: { zh: "上报件", en: "Escalated" },
  rated: { zh: "已评价", en: "Rated" },
  opened: { zh: "提出日", en: "Opened" },
  endedOn: { zh: "办结日", en: "Ended" },
  applicant: { zh: "申请人", en: "Applicant" },
  number: { zh: "编号", en: "Number" },
  unit: { zh: "单位", en: "Union" },
  due: { zh: "期限", en: "Due" },
  turn: { zh: "轮到", en: "With" },
  amount: { zh: "金额", en: "Amount" },
  stars: { zh: "评价", en: "Rating" },
  start: { zh: "代职工申请", en: "File for a worker" },
  me: { zh: "申请人", en: "the applicant" },
  clock: { zh: "等候期限", en: "the clock" },
  none: { zh: "还没有办件。", en: "No cases yet." },
});

const filterNames = [
  "q",
  "service",
  "state",
  "step",
  "outcome",
  "unit",
  "overdue",
  "escalated",
  "rated",
  "from",
  "to",
  "endedFrom",
  "endedTo",
  "person",
] as const;

/** Every case in scope, with all its filters in the address. */
export function CaseList(): ReactNode {
  const { t } = useLang();
  return (
    <Cases title={t(w.title)} name="cases">
      <Link to="/start" search={{}} className="button primary">
        {t(w.start)}
      </Link>
    </Cases>
  );
}

/** A list of cases; `fixed` filters cannot be changed. */
export function Cases(props: {
  readonly title: string;
  readonly name: string;
  readonly fixed?: Readonly<Record<string, string>>;
  readonly children?: ReactNode;
}): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const query = Object.fromEntries([...filterNames, "sort"].map((name) => [name, view[name]]));
  const pages = usePages<CaseLine>("/cases", { ...query, ...props.fixed });
  const chosen = services.data?.items.find(({ id }) => id === (props.fixed?.service ?? view.service));
  const columns: readonly Column<CaseLine>[] = [
    {
      key: "applicant",
      head: t(w.applicant),
      cell: (one) => (
        <RowLink to="/cases/$id" params={{ id: one.id }}>
          {one.applicantName}
        </RowLink>
      ),
      text: (one) => one.applicantName,
    },
    {
      key: "service",
      head: t(w.service),
      cell: (one) => t(one.serviceTitle),
      text: (one) => t(one.serviceTitle),
    },
    { key: "step", head: t(w.step), cell: (one) => t(one.stepTitle), text: (one) => t(one.stepTitle) },
    {
      key: "due",
      head: t(w.due),
      sort: "due",
      cell: (one) => <Due on={one.dueOn} left={one.remaining} ended={one.state === "ended"} />,
      text: (one) => one.dueOn ?? "",
    },
    {
      key: "turn",
      head: t(w.turn),
      cell: (one) => (
        <span className="clip" style={{ maxWidth: 220 }}>
          {turnOf(one, t)}
        </span>
      ),
      text: (one) => turnOf(one, t),
    },
    {
      key: "unit",
      head: t(w.unit),
      cell: (one) => (
        <span className="clip" style={{ maxWidth: 240 }}>
          {one.unitName}
        </span>
      ),
      text: (one) => one.unitName,
    },
    {
      key: "amount",
      head: t(w.amount),
      end: true,
      cell: (one) => (one.amountFen === null ? "" : money(one.amountFen)),
      text: (one) => (one.amountFen === null ? "" : (one.amountFen / 100).toFixed(2)),
    },
    {
      key: "opened",
      head: t(w.opened),
      sort: "opened",
      cell: (one) => <span className="number">{one.openedOn}</span>,
      text: (one) => one.openedOn,
    },
    {
      key: "number",
      head: t(w.number),
      cell: (one) => <span className="number muted">{one.number}</span>,
      text: (one) => one.number,
    },
    {
      key: "state",
      head: t(w.state),
      off: true,
      cell: (one) => <State kind="case" value={one.state} />,
      text: (one) => t(stateText("case", one.state)),
    },
    {
      key: "rating",
      head: t(w.stars),
      off: true,
      end: true,
      cell: (one) => (one.rating === null ? "" : `${one.rating}/5`),
      text: (one) => String(one.rating ?? ""),
    },
  ];
  return (
    <div className="page full">
      <PageHead title={props.title} total={pages.total}>
        {props.children}
      </PageHead>
      <Listing
        of={pages}
        columns={columns}
        name={props.name}
        label={props.title}
        rowKey={(one) => one.id}
        narrowed={filterNames.some((name) => view[name])}
        empty={<p className="muted">{t(w.none)}</p>}
        filters={
          <>
            <SearchBox label={t(w.find)} />
            {!props.fixed?.service && (
              <Choose
                name="service"
                label={t(w.service)}
                clears={["step", "outcome"]}
                options={(services.data?.items ?? []).map(({ id, title }) => ({
                  value: id,
                  label: t(title),
                }))}
              />
            )}
            <Choose
              name="state"
              label={t(w.state)}
              options={[
                { value: "open", label: t(w.open) },
                { value: "ended", label: t(w.ended) },
              ]}
            />
            {chosen && (
              <Choose
                name="step"
                label={t(w.step)}
                options={chosen.steps.map(({ id, title }) => ({ value: id, label: t(title) }))}
              />
            )}
            {chosen && "ends" in chosen && view.state === "ended" && (
              <Choose
                name="outcome"
                label={t(w.outcome)}
                options={(chosen as Service & { ends: Service["steps"] }).ends.map(({ id, title }) => ({
                  value: id,
                  label: t(title),
                }))}
              />
            )}
            <PickUnit name="unit" label={t(w.unit)} />
            <Between from="from" to="to" label={t(w.opened)} />
            {view.state === "ended" && <Between from="endedFrom" to="endedTo" label={t(w.endedOn)} />}
            <Only name="overdue" label={t(w.late)} />
            <Only name="escalated" label={t(w.up)} />
            {view.state === "ended" && <Only name="rated" label={t(w.rated)} />}
            <ClearFilters names={filterNames} />
          </>
        }
      />
    </div>
  );
}

function turnOf(one: CaseLine, t: ReturnType<typeof useLang>["t"]): string {
  if (one.state === "ended") return "";
  if (one.turn === "union") return one.turnUnitName ?? "";
  return t(one.turn === "clock" ? w.clock : w.me);
}
