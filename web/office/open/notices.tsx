import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import type { Lang, Text } from "../../../src/kernel/words.ts";
import { day } from "../../shared/format.ts";
import { printed, spoken, useLang, words } from "../../shared/lang.tsx";
import { Empty, Failed, Skeleton } from "../../shared/ui.tsx";
import { Objection } from "../cases/more.tsx";
import { Choose, ClearFilters, SearchBox } from "../parts/filters.tsx";
import { type Column, Export, More, useRowKeys, Views } from "../parts/listing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { State, stateText } from "../parts/state.tsx";
import { useView } from "../parts/view.ts";
import type { NoticeOfDesk } from "../types.ts";
import "../cases/case.css";
import "../cases/facts.css";
import "./open.css";

const w = words({
  title: { zh: "公示", en: "Public notices" },
  state: { zh: "状态", en: "State" },
  span: { zh: "{from} 至 {to}", en: "{from} to {to}" },
  left: { zh: "还剩 {n} 天", en: "{n} days left" },
  leftWorking: { zh: "还剩 {n} 个工作日", en: "{n} working days left" },
  lastDay: { zh: "今天是最后一天", en: "the last day" },
  case: { zh: "打开办件", en: "Open the case" },
  public: { zh: "公开网页", en: "on the public page" },
  unit: { zh: "单位内", en: "within the union" },
  find: { zh: "姓名、单位或编号", en: "Name, union or number" },
  order: { zh: "排序", en: "Order" },
  starts: { zh: "新公示在前", en: "Latest first" },
  ends: { zh: "先到期的在前", en: "Ending soonest first" },
  noMatch: { zh: "没有符合的公示。放宽筛选再看。", en: "No notice matches. Loosen the filters." },
  none: { zh: "现在没有公示。", en: "There are no notices." },
  page: { zh: "打开公开网页", en: "Open the public page" },
  forMembers: { zh: "会员在工会公示里看到的", en: "What members read on the union’s board" },
  forPublic: { zh: "公众在网上看到的", en: "What the public reads on the web" },
  notPublic: { zh: "网上不公示。", en: "Not on the web." },
  noMore: {
    zh: "已撤下，会员和公众都看不到了。",
    en: "Taken down: neither members nor the public see it any more.",
  },
});

/** What the export says of a notice. */
const exported: readonly {
  readonly head: Text;
  readonly text: (one: NoticeOfDesk, lang: Lang) => string;
}[] = [
  { head: { zh: "公示", en: "Notice" }, text: (one, lang) => one.title[lang] },
  { head: { zh: "姓名", en: "Name" }, text: (one, lang) => spoken(one.shown[0]?.value, lang) },
  { head: { zh: "单位", en: "Union" }, text: (one) => one.unitName },
  { head: { zh: "起", en: "From" }, text: (one) => one.startsOn },
  { head: { zh: "止", en: "To" }, text: (one) => one.endsOn ?? "" },
  { head: w.state, text: (one, lang) => stateText("notice", one.state)[lang] },
  {
    head: { zh: "范围", en: "Shown" },
    text: (one, lang) => w[one.scope === "public" ? "public" : "unit"][lang],
  },
  { head: { zh: "异议", en: "Objections" }, text: (one) => String(one.objections.length) },
  { head: { zh: "编号", en: "Number" }, text: (one) => one.caseNumber ?? "" },
];

const states = ["up", "blocked", "over", "withdrawn"] as const;

/** Notices in scope with what they show and the objections raised to them. */
export function Notices(): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const pages = usePages<NoticeOfDesk>("/notices", { state: view.state, q: view.q, sort: view.sort });
  const narrowed = Boolean(view.q || view.state);
  const columns = exported.map(({ head, text }): Column<NoticeOfDesk> => {
    const said = (one: NoticeOfDesk) => printed(text(one, lang), lang);
    return { key: head.en, head: t(head), cell: said, text: said };
  });
  return (
    <div className="page">
      <PageHead title={t(w.title)} total={pages.total} />
      <div className="filters">
        <SearchBox label={t(w.find)} />
        <Choose
          name="state"
          label={t(w.state)}
          options={states.map((value) => ({ value, label: t(stateText("notice", value)) }))}
        />
        <Choose
          name="sort"
          label={t(w.order)}
          usual="starts"
          options={(["starts", "ends"] as const).map((value) => ({ value, label: t(w[value]) }))}
        />
        <ClearFilters names={["q", "state"]} />
        <div className="push" style={{ display: "flex", gap: 4 }}>
          <Views name="notices" />
          <Export of={pages} columns={columns} label={t(w.title)} />
        </div>
      </div>
      {pages.error ? (
        <Failed error={pages.error} retry={pages.again} />
      ) : pages.loading ? (
        <div className="panel">
          <Skeleton lines={10} />
        </div>
      ) : pages.rows.length === 0 ? (
        <div className="panel">
          <Empty icon={narrowed ? "search" : "flag"}>{t(narrowed ? w.noMatch : w.none)}</Empty>
        </div>
      ) : (
        <div ref={list} className="notices">
          {pages.rows.map((one) => (
            <article key={one.id} className="panel" data-row>
              <div className="panel-head">
                <h2>{[spoken(one.shown[0]?.value, lang), t(one.title)].filter(Boolean).join(" · ")}</h2>
                <State kind="notice" value={one.state} />
                {one.state === "up" && one.remainingDays !== null && (
                  <span className={one.remainingDays === 0 ? "due soon" : "due"}>
                    {one.remainingDays === 0
                      ? t(w.lastDay)
                      : t(one.dayType === "working" ? w.leftWorking : w.left, { n: one.remainingDays })}
                  </span>
                )}
              </div>
              <p className="case-sub">
                <span>{one.unitName}</span>
                {t(one.kindTitle) !== t(one.title) && <span>{t(one.kindTitle)}</span>}
                <span className="number">
                  {t(w.span, { from: day(one.startsOn, lang, "table"), to: day(one.endsOn, lang, "table") })}
                </span>
                <span>{t(one.scope === "public" ? w.public : w.unit)}</span>
                {one.caseId && (
                  <Link to="/cases/$id" params={{ id: one.caseId }} search={{}}>
                    {one.caseNumber ?? t(w.case)}
                  </Link>
                )}
                {one.scope === "public" && one.state === "up" && (
                  <a href={`/p/notices/${one.id}`}>{t(w.page)}</a>
                )}
              </p>
              <Preview of={one} />
              {one.objections.map((objection) => (
                <Objection key={objection.id} of={objection} noticeId={one.id} />
              ))}
            </article>
          ))}
          <More of={pages} />
        </div>
      )}
    </div>
  );
}

/** What members and the public read of a notice, beside each other. */
function Preview({ of }: { readonly of: NoticeOfDesk }): ReactNode {
  const { t } = useLang();
  if (!["up", "blocked"].includes(of.state)) {
    return (
      <>
        <p className="soft small">{t(w.noMore)}</p>
        <Rows of={of.shown} />
      </>
    );
  }
  return (
    <div className="previews">
      <section>
        <h3>{t(w.forMembers)}</h3>
        <Rows of={of.shown} />
      </section>
      <section>
        <h3>{t(w.forPublic)}</h3>
        {of.scope === "public" ? <Rows of={of.fields} /> : <p className="soft small">{t(w.notPublic)}</p>}
      </section>
    </div>
  );
}

function Rows({ of }: { readonly of: NoticeOfDesk["shown"] }): ReactNode {
  const { lang, t } = useLang();
  return (
    <dl className="answers small" style={{ marginTop: 8 }}>
      {of.map((row) => (
        <div key={row.label.zh}>
          <dt>{t(row.label)}</dt>
          <dd>{spoken(row.value, lang)}</dd>
        </div>
      ))}
    </dl>
  );
}
