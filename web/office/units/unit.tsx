import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { addressOf } from "../../shared/api.ts";
import { count, day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { Facts } from "../parts/facts.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Crumbs } from "../parts/page-head.tsx";
import { UnitActions } from "./actions.tsx";
import { Posts } from "./posts.tsx";
import type { Employer, Event, Page } from "./types.ts";

const w = words({
  facts: { zh: "基本情况", en: "The union" },
  level: { zh: "层级", en: "Level" },
  form: { zh: "组织形式", en: "Form" },
  code: { zh: "编码", en: "Code" },
  former: { zh: "曾用编码", en: "Former codes" },
  uscc: { zh: "统一社会信用代码", en: "Credit code" },
  region: { zh: "所在地", en: "Region" },
  legal: { zh: "法人资格", en: "Legal person" },
  founded: { zh: "成立", en: "Founded" },
  term: { zh: "本届", en: "Term" },
  termText: { zh: "第 {n} 届，{from} 至 {to}", en: "term {n}, {from} to {to}" },
  funds: { zh: "经费上级", en: "Funds come through" },
  industrial: { zh: "产业上级", en: "Industrial superior" },
  members: { zh: "会员", en: "Members" },
  membersText: {
    zh: "{all} 人，本级直属 {own} 人，女 {women} 人",
    en: "{all} in all, {own} its own, {women} women",
  },
  below: { zh: "下级组织", en: "Unions below" },
  employer: { zh: "用人单位", en: "Employer" },
  employees: { zh: "职工 {n} 人", en: "{n} workers" },
  address: { zh: "地址", en: "Address" },
  phone: { zh: "办公电话", en: "Office telephone" },
  six: { zh: "六有", en: "The six haves" },
  has: { zh: "有", en: "yes" },
  lacks: { zh: "缺", en: "missing" },
  committees: { zh: "应设的委员会", en: "Committees it must have" },
  seats: { zh: "委员 {min}–{max} 人", en: "{min} to {max} committee members" },
  awaited: { zh: "待办期限", en: "What it waits for" },
  late: { zh: "已逾期", en: "late" },
  inTime: { zh: "期限内", en: "in time" },
  events: { zh: "沿革", en: "History" },
  noEvents: { zh: "还没有变动。", en: "No changes yet." },
  roster: { zh: "看会员名册", en: "The roster" },
  cases: { zh: "看办件", en: "Its cases" },
  figures: { zh: "看统计", en: "Figures" },
  policies: { zh: "看政策", en: "Policies" },
  by: { zh: "{who} 办理", en: "by {who}" },
});

/** Everything about one union. */
export function UnitView({ id }: { readonly id: string }): ReactNode {
  const page = useAnswer<Page>(addressOf("/units/:id", { id }));
  return (
    <Awaited of={page} lines={14}>
      {(unit) => <Unit unit={unit} />}
    </Awaited>
  );
}

function Unit({ unit }: { readonly unit: Page }): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const [acting, setActing] = useState<string>();
  return (
    <article>
      <Crumbs
        of={unit.ancestors
          .filter((one) => one.mine)
          .map((one) => ({ title: one.name, to: "/units/$id", params: { id: one.id } }))}
      />
      <header className="page-head">
        <h2 style={{ fontSize: "1.25rem", fontWeight: 650 }}>{unit.name}</h2>
        <span className={`state ${unit.status === "ACTIVE" ? "good" : "warn"}`}>{t(unit.statusTitle)}</span>
        <UnitActions unit={unit} open={acting} onOpen={setActing} />
      </header>
      <p style={{ display: "flex", flexWrap: "wrap", gap: 14, marginBottom: 14 }} className="no-print">
        {can(me, "roster.read") && (
          <Link to="/members" search={{ unit: unit.id } as never}>
            {t(w.roster)}
          </Link>
        )}
        {can(me, "case.read") && (
          <Link to="/cases" search={{ unit: unit.id } as never}>
            {t(w.cases)}
          </Link>
        )}
        {can(me, "figures.read") && (
          <Link to="/figures" search={{ unit: unit.id } as never}>
            {t(w.figures)}
          </Link>
        )}
        <Link to="/policies" search={{ place: unit.id } as never}>
          {t(w.policies)}
        </Link>
      </p>
      <div className="stack">
        <div className="two">
          <section className="panel" aria-label={t(w.facts)}>
            <h2>{t(w.facts)}</h2>
            <UnitFacts unit={unit} />
          </section>
          <Posts unit={unit} />
        </div>
        {unit.sixHaves.length > 0 && (
          <section className="panel" aria-label={t(w.six)}>
            <div className="panel-head">
              <h2>{t(w.six)}</h2>
              <span className="muted">
                {unit.sixHaves.filter(({ ok }) => ok).length} / {unit.sixHaves.length}
              </span>
            </div>
            <div className="haves">
              {unit.sixHaves.map((one) => (
                <Have key={one.key} title={one.title} ok={one.ok} why={one.why} />
              ))}
            </div>
          </section>
        )}
        {unit.committees.length > 0 && (
          <section className="panel" aria-label={t(w.committees)}>
            <div className="panel-head">
              <h2>{t(w.committees)}</h2>
              {unit.seats && <span className="muted">{t(w.seats, unit.seats)}</span>}
            </div>
            <div className="haves">
              {unit.committees.map((one) => (
                <Have key={one.key} title={one.title} ok={one.ok} why={one.why} source={one.source} />
              ))}
            </div>
          </section>
        )}
        {unit.awaited.length > 0 && (
          <section className="panel" aria-label={t(w.awaited)}>
            <h2>{t(w.awaited)}</h2>
            <div className="haves">
              {unit.awaited.map((one) => (
                <Have
                  key={one.key}
                  title={one.title}
                  ok={!one.overdue}
                  word={one.overdue ? w.late : w.inTime}
                  why={one.why}
                  source={one.source}
                />
              ))}
            </div>
          </section>
        )}
        <section className="panel" aria-label={t(w.events)}>
          <h2>{t(w.events)}</h2>
          {unit.events.length === 0 ? (
            <p className="muted">{t(w.noEvents)}</p>
          ) : (
            <ul>
              {unit.events.map((one) => (
                <EventRow key={one.id} of={one} lang={lang} />
              ))}
            </ul>
          )}
        </section>
      </div>
    </article>
  );
}

interface Details {
  readonly address?: string;
  readonly officePhone?: string;
}

function UnitFacts({ unit }: { readonly unit: Page }): ReactNode {
  const { lang, t } = useLang();
  const employer = unit.employer as Employer | null;
  const details = (unit.details ?? {}) as Details;
  const rows: readonly (readonly [Text, ReactNode])[] = [
    [w.level, t(unit.levelTitle)],
    [
      w.form,
      [unit.orgFormTitle && t(unit.orgFormTitle), unit.orgTypeTitle && t(unit.orgTypeTitle)]
        .filter(Boolean)
        .join(" · "),
    ],
    [
      w.code,
      <span key="c" className="number">
        {unit.code}
      </span>,
    ],
    [w.former, unit.formerCodes.join("、")],
    [w.uscc, unit.uscc],
    [w.region, unit.regionName],
    [w.legal, t(unit.legalPersonStatusTitle)],
    [w.founded, unit.foundedOn && day(unit.foundedOn, lang, "table")],
    [
      w.term,
      unit.termStart &&
        t(w.termText, {
          n: unit.termNumber ?? "—",
          from: day(unit.termStart, lang, "table"),
          to: day(unit.termEnd, lang, "table"),
        }),
    ],
    [
      w.members,
      t(w.membersText, {
        all: count(unit.members),
        own: count(unit.ownMembers),
        women: count(unit.womenMembers),
      }),
    ],
    [w.below, unit.children > 0 ? count(unit.children) : null],
    [
      w.employer,
      employer?.name &&
        `${employer.name}${employer.employeeCount ? ` · ${t(w.employees, { n: count(employer.employeeCount) })}` : ""}`,
    ],
    [w.address, details.address],
    [w.phone, details.officePhone],
    [w.funds, unit.fundsParent?.name],
    [w.industrial, unit.industrialParent?.name],
  ];
  return <Facts of={rows} />;
}

function Have(props: {
  readonly title: Text;
  readonly ok: boolean;
  /** has or missing unless told. */
  readonly word?: Text;
  readonly why: Text;
  readonly source?: string | undefined;
}): ReactNode {
  const { t } = useLang();
  return (
    <div className="have">
      <b>
        {t(props.title)}
        <span className={props.ok ? "state good" : "state bad"}>
          {t(props.word ?? (props.ok ? w.has : w.lacks))}
        </span>
      </b>
      <p>{t(props.why)}</p>
      {props.source && <p>{props.source}</p>}
    </div>
  );
}

function EventRow({ of: one, lang }: { readonly of: Event; readonly lang: "zh" | "en" }): ReactNode {
  const { t } = useLang();
  return (
    <li style={{ display: "flex", flexWrap: "wrap", gap: "2px 12px", padding: "4px 0" }}>
      <span className="number muted">{day(one.on, lang, "table")}</span>
      <b style={{ fontWeight: 550 }}>{t(one.kindTitle)}</b>
      <span>{changeWords(one.before, one.after)}</span>
      {one.reason && <span className="muted">{one.reason}</span>}
      {one.byName && <span className="muted">{t(w.by, { who: one.byName })}</span>}
    </li>
  );
}

/** Before and after in one line, where both are short. */
function changeWords(before: unknown, after: unknown): string {
  const words = (value: unknown): string => {
    if (typeof value === "string" || typeof value === "number") return String(value);
    if (typeof value !== "object" || value === null) return "";
    const { name, parent, parentName, status } = value as Record<string, unknown>;
    return [name, parentName, parent, status].filter((one) => typeof one === "string").join(" ");
  };
  const [from, to] = [words(before), words(after)];
  return from && to && from !== to ? `${from} → ${to}` : to;
}
