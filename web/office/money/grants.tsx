import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { aidKinds } from "../../../src/ledger/funds.ts";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { count, money, moneyInCapitals } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { List } from "../../shared/types.ts";
import { Button, Empty, Failed } from "../../shared/ui.tsx";
import { Choose, ClearFilters } from "../parts/filters.tsx";
import { type Column, Listing } from "../parts/listing.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { useSay } from "../parts/said.tsx";
import { State, stateText } from "../parts/state.tsx";
import { useView } from "../parts/view.ts";
import { MoneyTabs } from "./tabs.tsx";
import type { BatchAnswer, Fund, Grant } from "./types.ts";

const w = words({
  title: { zh: "待发放", en: "To be paid" },
  titlePaid: { zh: "帮扶资金", en: "Aid granted" },
  kind: { zh: "用途", en: "Purpose" },
  state: { zh: "状态", en: "State" },
  decided: { zh: "待发放", en: "To be paid" },
  batched: { zh: "已列入批次", en: "In a batch" },
  paid: { zh: "已到账", en: "Paid" },
  failed: { zh: "发放失败", en: "Failed" },
  unit: { zh: "工会", en: "Union" },
  who: { zh: "受助人", en: "Beneficiary" },
  amount: { zh: "金额", en: "Amount" },
  case: { zh: "办件", en: "Case" },
  decidedOn: { zh: "批准日", en: "Granted" },
  paidOn: { zh: "到账日", en: "Paid on" },
  batch: { zh: "批次", en: "Batch" },
  fund: { zh: "资金", en: "Fund" },
  choose: { zh: "选上 {name}", en: "Choose {name}" },
  all: { zh: "选上这一页全部", en: "Choose all shown" },
  chosen: { zh: "已选 {n} 笔", en: "{n} chosen" },
  make: { zh: "编成发放批次", en: "Make a batch" },
  name: { zh: "批次名称", en: "Name of the batch" },
  which: { zh: "从哪项资金出", en: "From which fund" },
  oneKind: {
    zh: "一个批次只发一种用途，请只选同一种。",
    en: "A batch pays one purpose: choose grants of one kind.",
  },
  short: { zh: "这项资金只剩 {left}，不够。", en: "That fund has only {left} left." },
  none: {
    zh: "没有等着发放的。批准后的帮扶会出现在这里。",
    en: "Nothing waits to be paid. Aid appears here once granted.",
  },
  made: { zh: "批次已编好，等复核", en: "The batch is made and waits for review" },
  defaultName: { zh: "{day} {kind}", en: "{kind}, {day}" },
  maker: { zh: "编批次", en: "Batch maker" },
});

/** Grants decided and not yet paid; chosen ones become a payment batch. */
export function Grants(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const [view] = useView();
  const state = view.state ?? "decided";
  const pages = usePages<Grant>(
    "/grants",
    { state, unit: view.unit, kind: view.kind, from: view.from, to: view.to },
    { limit: 100 },
  );
  const [chosen, setChosen] = useState<ReadonlyMap<string, Grant>>(new Map());
  const makes = can(me, "batch.make") && state === "decided";
  const toggle = (grant: Grant, on: boolean): void => {
    const next = new Map(chosen);
    if (on) next.set(grant.id, grant);
    else next.delete(grant.id);
    setChosen(next);
  };
  const columns: readonly Column<Grant>[] = [
    {
      key: "who",
      head: t(w.who),
      cell: (one) => (
        <span style={{ display: "flex", gap: 10, alignItems: "center" }}>
          {makes && (
            <input
              type="checkbox"
              aria-label={t(w.choose, { name: one.beneficiaryName })}
              checked={chosen.has(one.id)}
              onChange={(event) => toggle(one, event.target.checked)}
            />
          )}
          <Link to="/cases/$id" params={{ id: one.caseId }} search={{}} className="open clip">
            {one.beneficiaryName}
          </Link>
        </span>
      ),
      text: (one) => one.beneficiaryName,
    },
    { key: "kind", head: t(w.kind), cell: (one) => t(one.kindTitle), text: (one) => t(one.kindTitle) },
    {
      key: "amount",
      head: t(w.amount),
      end: true,
      cell: (one) => <b className="number">{money(one.amountFen)}</b>,
      text: (one) => (one.amountFen / 100).toFixed(2),
    },
    { key: "unit", head: t(w.unit), cell: (one) => one.unitName, text: (one) => one.unitName },
    {
      key: "decidedOn",
      head: t(w.decidedOn),
      cell: (one) => <span className="number">{one.decidedOn}</span>,
      text: (one) => one.decidedOn,
    },
    {
      key: "state",
      head: t(w.state),
      off: state === "decided",
      cell: (one) => <State kind="grant" value={one.state} />,
      text: (one) => t(stateText("grant", one.state)),
    },
    {
      key: "paidOn",
      head: t(w.paidOn),
      off: state !== "paid",
      cell: (one) => <span className="number">{one.paidOn ?? ""}</span>,
      text: (one) => one.paidOn ?? "",
    },
    {
      key: "batch",
      head: t(w.batch),
      off: state === "decided",
      cell: (one) =>
        one.batchId ? (
          <Link to="/money/batches/$id" params={{ id: one.batchId }} search={{}}>
            {one.batchNumber}
          </Link>
        ) : (
          ""
        ),
      text: (one) => one.batchNumber ?? "",
    },
    {
      key: "fund",
      head: t(w.fund),
      off: true,
      cell: (one) => one.fundName ?? "",
      text: (one) => one.fundName ?? "",
    },
    {
      key: "case",
      head: t(w.case),
      cell: (one) => <span className="number muted">{one.caseNumber}</span>,
      text: (one) => one.caseNumber ?? "",
    },
  ];
  return (
    <div className="page full">
      <PageHead title={t(state === "decided" ? w.title : w.titlePaid)} total={pages.total} />
      <MoneyTabs />
      <Listing
        of={pages}
        columns={columns}
        name={`grants-${state}`}
        label={t(w.title)}
        rowKey={(one) => one.id}
        narrowed={Boolean(view.kind || view.unit)}
        empty={<Empty icon="card">{t(w.none)}</Empty>}
        filters={
          <>
            {makes && pages.rows.length > 0 && (
              <label>
                <input
                  type="checkbox"
                  checked={pages.rows.every((one) => chosen.has(one.id))}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked ? new Map(pages.rows.map((one) => [one.id, one])) : new Map(),
                    )
                  }
                />
                {t(w.all)}
              </label>
            )}
            <Choose
              name="state"
              label={t(w.state)}
              usual="decided"
              options={(["decided", "batched", "paid", "failed"] as const).map((value) => ({
                value,
                label: t(w[value]),
              }))}
            />
            <Choose
              name="kind"
              label={t(w.kind)}
              options={Object.entries(aidKinds).map(([value, { title }]) => ({ value, label: t(title) }))}
            />
            <PickUnit name="unit" label={t(w.unit)} />
            <ClearFilters names={["state", "kind", "unit", "from", "to"]} />
          </>
        }
      />
      {makes && chosen.size > 0 && (
        <Maker chosen={[...chosen.values()]} fund={view.fund} onDone={() => setChosen(new Map())} />
      )}
    </div>
  );
}

/** The sum of what is chosen, the fund it comes from, and the button. */
function Maker(props: {
  readonly chosen: readonly Grant[];
  readonly fund: string | undefined;
  readonly onDone: () => void;
}): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const navigate = useNavigate();
  const { chosen } = props;
  const [id] = useState(actionId);
  const [fundId, setFundId] = useState(props.fund ?? "");
  const [name, setName] = useState("");
  const funds = useAnswer<List<Fund>>(addressOf("/funds", {}, { limit: 100 }));
  const totalFen = chosen.reduce((sum, one) => sum + one.amountFen, 0);
  const kinds = new Set(chosen.map(({ kind }) => kind));
  const [kind] = kinds;
  const title =
    name.trim() ||
    t(w.defaultName, { day: me.installation.today, kind: kind ? t(aidKinds[kind].title) : "" });
  const fund = funds.data?.items.find((one) => one.id === fundId);
  const make = useMutation<BatchAnswer, Problem>({
    mutationFn: () =>
      post("/batches", {}, { id, fundId, purpose: kind, title, grantIds: chosen.map((one) => one.id) }),
    onSuccess: async (made) => {
      say(t(w.made));
      props.onDone();
      await forget("/api/grants", "/api/batches", "/api/inbox");
      void navigate({ to: "/money/batches/$id", params: { id: made.batch.id }, search: {} });
    },
  });
  return (
    <section className="sum-bar" aria-label={t(w.maker)}>
      <span>{t(w.chosen, { n: count(chosen.length) })}</span>
      <span className="big number">{money(totalFen)}</span>
      {lang === "zh" && <span className="muted">{moneyInCapitals(totalFen)}</span>}
      <select
        className={fundId ? "select set" : "select"}
        style={{ margin: 0 }}
        aria-label={t(w.which)}
        value={fundId}
        onChange={(event) => setFundId(event.target.value)}
      >
        <option value="">{t(w.which)}</option>
        {funds.data?.items
          .filter((one) => one.state === "open")
          .map((one) => (
            <option key={one.id} value={one.id}>
              {one.name} · {money(one.balanceFen)}
            </option>
          ))}
      </select>
      <input
        className="input"
        style={{ margin: 0, width: 240 }}
        aria-label={t(w.name)}
        placeholder={title}
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button
        kind="primary"
        busy={make.isPending}
        disabled={!fundId || kinds.size !== 1}
        onClick={() => make.mutate()}
      >
        {t(w.make)}
      </Button>
      {kinds.size > 1 && <span className="due late">{t(w.oneKind)}</span>}
      {fund && fund.balanceFen < totalFen && (
        <span className="due late">{t(w.short, { left: money(fund.balanceFen) })}</span>
      )}
      {make.error && (
        <div style={{ flexBasis: "100%" }}>
          <Failed error={make.error} />
        </div>
      )}
    </section>
  );
}
