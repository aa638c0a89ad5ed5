import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { aidKinds, fundSources } from "../../../src/ledger/funds.ts";
import { actionId, type Problem, post } from "../../shared/api.ts";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useForget } from "../../shared/query.tsx";
import type { Answers, Field, Offer } from "../../shared/types.ts";
import { Empty, Failed, Skeleton } from "../../shared/ui.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { ClearFilters } from "../parts/filters.tsx";
import { More } from "../parts/listing.tsx";
import { can, unitWith, useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { useSay } from "../parts/said.tsx";
import { useView } from "../parts/view.ts";
import { MoneyTabs } from "./tabs.tsx";
import type { Fund } from "./types.ts";

const w = words({
  title: { zh: "资金", en: "Funds" },
  unit: { zh: "工会", en: "Union" },
  open: { zh: "开立资金", en: "Open a fund" },
  left: { zh: "可用 {amount}", en: "{amount} free" },
  in: { zh: "收入", en: "Received" },
  spent: { zh: "已支出", en: "Spent" },
  held: { zh: "已占用", en: "Committed" },
  free: { zh: "可用", en: "Free" },
  bar: {
    zh: "收入 {in}，已支出 {spent}，已占用 {held}，可用 {free}",
    en: "{in} received, {spent} spent, {held} committed, {free} free",
  },
  year: { zh: "{year} 年度", en: "year {year}" },
  statement: { zh: "明细账", en: "Statement" },
  pay: { zh: "从这里发放", en: "Pay from it" },
  receive: { zh: "记收入", en: "Record a receipt" },
  closed: { zh: "已关闭", en: "closed" },
  amount: { zh: "金额", en: "Amount" },
  on: { zh: "日期", en: "Day" },
  memo: { zh: "摘要", en: "What for" },
  from: { zh: "从哪项上级资金拨来", en: "From which fund above" },
  fromHelp: {
    zh: "选了，两级账簿同时记账；不选，是外来的钱。",
    en: "If chosen, both unions’ books are kept at once; if not, the money came from outside.",
  },
  source: { zh: "来源", en: "Source" },
  name: { zh: "名称", en: "Name" },
  yearLabel: { zh: "年度", en: "Year" },
  purposes: {
    zh: "限定用途（不选为来源允许的全部）",
    en: "Purposes it is held to (none: all its source allows)",
  },
  none: { zh: "这里还没有资金。", en: "There are no funds here yet." },
  done: { zh: "已记账", en: "Booked" },
  opened: { zh: "资金已开立", en: "The fund is open" },
  confirm: {
    zh: "记账后不能改，只能用红字凭证冲销。",
    en: "Once booked it cannot be changed, only reversed.",
  },
});

/** Funds in scope, each as a bar of what came, went, is committed and is free. */
export function Funds(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const [view] = useView();
  const [opening, setOpening] = useState(false);
  const pages = usePages<Fund>("/funds", { unit: view.unit }, { limit: 100 });
  return (
    <div className="page">
      <PageHead title={t(w.title)} total={pages.total}>
        {can(me, "fund.write") && (
          <button type="button" className="button" onClick={() => setOpening(true)}>
            {t(w.open)}
          </button>
        )}
      </PageHead>
      <MoneyTabs />
      <div className="filters">
        <PickUnit name="unit" label={t(w.unit)} />
        <ClearFilters names={["unit"]} />
      </div>
      {pages.error ? (
        <Failed error={pages.error} retry={pages.again} />
      ) : pages.loading ? (
        <div className="panel">
          <Skeleton lines={8} />
        </div>
      ) : pages.rows.length === 0 ? (
        <div className="panel">
          <Empty icon="card">{t(w.none)}</Empty>
        </div>
      ) : (
        <div className="funds">
          {pages.rows.map((fund) => (
            <FundCard key={fund.id} fund={fund} all={pages.rows} />
          ))}
        </div>
      )}
      <More of={pages} />
      {opening && <OpenFund onClose={() => setOpening(false)} />}
    </div>
  );
}

function FundCard({ fund, all }: { readonly fund: Fund; readonly all: readonly Fund[] }): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const [receiving, setReceiving] = useState(false);
  return (
    <section className="panel fund" aria-label={fund.name} style={{ margin: 0 }}>
      <header>
        <h2>
          <Link to="/money/funds/$id" params={{ id: fund.id }} search={{}}>
            {fund.name}
          </Link>
        </h2>
        <span className="left number">{t(w.left, { amount: money(fund.balanceFen) })}</span>
        <span className="muted" style={{ flexBasis: "100%" }}>
          {fund.unitName} · {t(fund.sourceTitle)} · {t(w.year, { year: fund.year })}
          {fund.state === "closed" && ` · ${t(w.closed)}`}
        </span>
      </header>
      <Balance fund={fund} />
      {fund.purposeTitles.length > 0 && (
        <p className="muted small" style={{ marginTop: 6 }}>
          {fund.purposeTitles.map((one) => t(one)).join(lang === "zh" ? "、" : ", ")}
        </p>
      )}
      <footer>
        <Link to="/money/funds/$id" params={{ id: fund.id }} search={{}} className="button">
          {t(w.statement)}
        </Link>
        {can(me, "batch.make") && fund.state === "open" && (
          <Link to="/money/grants" search={{ fund: fund.id } as never} className="button">
            {t(w.pay)}
          </Link>
        )}
        {can(me, "fund.write") && fund.state === "open" && (
          <button type="button" className="button" onClick={() => setReceiving(true)}>
            {t(w.receive)}
          </button>
        )}
      </footer>
      {receiving && (
        <Receive
          fund={fund}
          others={all.filter(({ id }) => id !== fund.id)}
          onClose={() => setReceiving(false)}
        />
      )}
    </section>
  );
}

/** In, spent, committed, free: one bar and the same in words. */
export function Balance({ fund }: { readonly fund: Fund }): ReactNode {
  const { t } = useLang();
  const share = (fen: number): string => `${fund.inFen > 0 ? Math.max(0, (fen / fund.inFen) * 100) : 0}%`;
  const said = {
    in: money(fund.inFen),
    spent: money(fund.spentFen),
    held: money(fund.committedFen),
    free: money(fund.balanceFen),
  };
  return (
    <>
      <div className="balance" role="img" aria-label={t(w.bar, said)}>
        <span className="spent" style={{ width: share(fund.spentFen) }} />
        <span className="held" style={{ width: share(fund.committedFen) }} />
      </div>
      <p className="balance-words" aria-hidden="true">
        <span>
          {t(w.in)} <b>{said.in}</b>
        </span>
        <span>
          {t(w.spent)} <b>{said.spent}</b>
        </span>
        <span>
          {t(w.held)} <b>{said.held}</b>
        </span>
        <span>
          {t(w.free)} <b>{said.free}</b>
        </span>
      </p>
    </>
  );
}

/** Money arrives from outside, or from a fund of a union above: then both books are kept at once. */
function Receive(props: {
  readonly fund: Fund;
  readonly others: readonly Fund[];
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [id] = useState(actionId);
  const { fund } = props;
  const receive = useMutation<unknown, Problem, Answers>({
    mutationFn: (answers) => post("/funds/:id/receive", { id: fund.id }, { id, ...answers }),
    onSuccess: async () => {
      say(t(w.done));
      props.onClose();
      await forget("/api/funds", "/api/statements", "/api/vouchers");
    },
  });
  const title = (one: Fund): string => `${one.unitName} · ${one.name}`;
  const above = props.others.filter((one) => one.state === "open" && one.unitId !== fund.unitId);
  const fields: readonly Field[] = [
    { key: "amountFen", kind: "money", label: w.amount, required: true, min: 1 },
    { key: "on", kind: "day", label: w.on, required: true },
    { key: "memo", kind: "text", label: w.memo, required: true, maxLength: 200 },
    ...(above.length > 0
      ? [
          {
            key: "from",
            kind: "oneOf" as const,
            label: w.from,
            help: w.fromHelp,
            required: false,
            options: above.map((one) => ({ value: one.id, label: { zh: title(one), en: title(one) } })),
          },
        ]
      : []),
  ];
  const offer: Offer = {
    name: "receive",
    title: w.receive,
    kind: "primary",
    allowed: true,
    confirm: w.confirm,
    fields,
  };
  return (
    <ActForm
      offer={offer}
      subject={`${fund.name} · ${t(w.left, { amount: money(fund.balanceFen) })}`}
      first={{ on: me.installation.today }}
      busy={receive.isPending}
      error={receive.error}
      onClose={props.onClose}
      onAct={(answers) => receive.mutate(answers)}
    />
  );
}

function OpenFund({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [id] = useState(actionId);
  const open = useMutation<unknown, Problem, Answers>({
    mutationFn: ({ purposes, ...rest }) => post("/funds", {}, { id, purposes: purposes ?? [], ...rest }),
    onSuccess: async () => {
      say(t(w.opened));
      onClose();
      await forget("/api/funds");
    },
  });
  const options = (table: Readonly<Record<string, { readonly title: Field["label"] }>>) =>
    Object.entries(table).map(([value, one]) => ({ value, label: one.title }));
  const offer: Offer = {
    name: "open",
    title: w.open,
    kind: "primary",
    allowed: true,
    fields: [
      { key: "unitId", kind: "unit", label: w.unit, required: true },
      { key: "source", kind: "oneOf", label: w.source, required: true, options: options(fundSources) },
      { key: "name", kind: "text", label: w.name, required: true, maxLength: 100 },
      { key: "year", kind: "integer", label: w.yearLabel, required: true, min: 2000, max: 2100 },
      { key: "purposes", kind: "manyOf", label: w.purposes, required: false, options: options(aidKinds) },
    ],
  };
  return (
    <ActForm
      offer={offer}
      subject=""
      first={{ unitId: unitWith(me, "fund.write"), year: Number(me.installation.today.slice(0, 4)) }}
      busy={open.isPending}
      error={open.error}
      onClose={onClose}
      onAct={(answers) => open.mutate(answers)}
    />
  );
}
