import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { addressOf } from "../../shared/api.ts";
import { count } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { can, unitWith, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { useView } from "../parts/view.ts";
import { ChangeList } from "./change-list.tsx";
import { Above, SpanFilters } from "./overview.tsx";
import "./figures.css";

const w = words({
  figures: { zh: "统计", en: "Figures" },
  title: { zh: "会员增减变动表", en: "How the members changed" },
  why: {
    zh: "由每一次会籍变动记录汇总；系统内部工会之间的转会不算增减。期初加增减必须等于期末，不平就不出表。",
    en: "Added up from each change of a membership; a transfer between two unions of the whole is no change. Opening and changes must come to closing, or no table is given.",
  },
  print: { zh: "打印", en: "Print" },
  item: { zh: "项目", en: "Item" },
  number: { zh: "人数", en: "Persons" },
  opening: { zh: "期初会员", en: "Members at the opening" },
  joined: { zh: "入会", en: "Joined" },
  transferredIn: { zh: "转入", en: "Transferred in" },
  reactivated: { zh: "恢复会籍", en: "Active again" },
  transferredOut: { zh: "转出", en: "Transferred out" },
  retained: { zh: "转为保留会籍", en: "Retained" },
  withdrawn: { zh: "退会", en: "Withdrawn" },
  autoWithdrawn: { zh: "视为自动退会", en: "Deemed withdrawn" },
  expelled: { zh: "开除会籍", en: "Expelled" },
  deceased: { zh: "去世", en: "Deceased" },
  cancelled: { zh: "注销（重复或错误）", en: "Cancelled (twice or wrong)" },
  closing: { zh: "期末会员", en: "Members at the closing" },
  small: {
    zh: "标“*”的数字人数过小，或者会使过小的数字被推算出来，不显示。",
    en: "Numbers marked * are of too few persons, or would give such a number away.",
  },
});

const arriving = ["joined", "transferredIn", "reactivated"] as const;
const leaving = [
  "transferredOut",
  "retained",
  "withdrawn",
  "autoWithdrawn",
  "expelled",
  "deceased",
  "cancelled",
] as const;
type Kind = (typeof arriving)[number] | (typeof leaving)[number];

interface Change extends Readonly<Record<Kind | "opening" | "closing", number | null>> {
  readonly unit: { readonly id: string; readonly name: string };
  readonly from: string;
  readonly to: string;
}

/** The table of changes of a period: opening, what came, what went, closing; each number opens its people. */
export function MemberChange(): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const me = useOfficer();
  const unit = view.unit ?? unitWith(me, "figures.read");
  const found = useAnswer<Change>(
    addressOf("/figures/member-change", {}, { unit, from: view.from, to: view.to }),
    { enabled: unit !== undefined },
  );
  return (
    <div className="page">
      <Crumbs of={[{ title: t(w.figures), to: "/figures" }]} />
      <Above unit={unit} to="/figures/member-change" />
      <PageHead title={t(w.title)}>
        <button type="button" className="button" onClick={() => print()}>
          {t(w.print)}
        </button>
      </PageHead>
      <SpanFilters unit={unit} />
      <p className="muted">{t(w.why)}</p>
      <Awaited of={found} lines={14}>
        {(change) => <Table of={change} unit={unit ?? ""} lists={can(me, "roster.read")} />}
      </Awaited>
    </div>
  );
}

function Table(props: { readonly of: Change; readonly unit: string; readonly lists: boolean }): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const { of: change } = props;
  const chosen = [...arriving, ...leaving].find((kind) => kind === view.kind);
  const told = (value: number | null): string => (value === null ? "*" : count(value));
  const line = (kind: Kind, sign: string): ReactNode => (
    <tr key={kind} aria-current={kind === chosen ? "true" : undefined}>
      <td>
        <span aria-hidden="true">{sign} </span>
        {t(w[kind])}
      </td>
      <td className="end number">
        {props.lists && (change[kind] ?? 0) > 0 ? (
          <Link to="/figures/member-change" search={{ ...view, kind } as never} resetScroll={false}>
            {told(change[kind])}
          </Link>
        ) : (
          told(change[kind])
        )}
      </td>
    </tr>
  );
  const stock = (kind: "opening" | "closing"): ReactNode => (
    <tr>
      <th scope="row">{t(w[kind])}</th>
      <td className="end number">
        <strong>{told(change[kind])}</strong>
      </td>
    </tr>
  );
  const all = [...arriving, ...leaving, "opening", "closing"] as const;
  return (
    <div className="stack">
      {all.some((kind) => change[kind] === null) && <p className="muted small">{t(w.small)}</p>}
      <section className="panel" aria-label={t(w.title)}>
        <h2>
          {change.unit.name} <span className="muted number">{`${change.from} – ${change.to}`}</span>
        </h2>
        <table className="inner change">
          <thead>
            <tr>
              <th scope="col">{t(w.item)}</th>
              <th scope="col" className="end">
                {t(w.number)}
              </th>
            </tr>
          </thead>
          <tbody>
            {stock("opening")}
            {arriving.map((kind) => line(kind, "+"))}
            {leaving.map((kind) => line(kind, "−"))}
            {stock("closing")}
          </tbody>
        </table>
      </section>
      {chosen && props.lists && <ChangeList kind={chosen} title={t(w[chosen])} unit={props.unit} />}
    </div>
  );
}
