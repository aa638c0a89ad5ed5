import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import { day } from "../../shared/format.ts";
import { spoken, useLang, words } from "../../shared/lang.tsx";
import { Empty, Failed, Skeleton } from "../../shared/ui.tsx";
import { Objection } from "../cases/more.tsx";
import { Choose } from "../parts/filters.tsx";
import { More, useRowKeys } from "../parts/listing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { State, stateText } from "../parts/state.tsx";
import { useView } from "../parts/view.ts";
import type { NoticeOfDesk } from "../types.ts";
import "../case.css";
import "./open.css";

const w = words({
  title: { zh: "公示", en: "Public notices" },
  state: { zh: "状态", en: "State" },
  span: { zh: "{from} 至 {to}", en: "{from} to {to}" },
  left: { zh: "还剩 {n} 天", en: "{n} days left" },
  lastDay: { zh: "今天是最后一天", en: "the last day" },
  case: { zh: "打开办件", en: "Open the case" },
  public: { zh: "公开网页", en: "on the public page" },
  unit: { zh: "单位内", en: "within the union" },
  none: { zh: "现在没有公示。", en: "There are no notices." },
  page: { zh: "公众看到的页", en: "The public’s page" },
});

const states = ["up", "blocked", "over", "withdrawn"] as const;

/** Notices in scope with what they show and the objections raised to them. */
export function Notices(): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const pages = usePages<NoticeOfDesk>("/notices", { state: view.state });
  return (
    <div className="page">
      <PageHead title={t(w.title)} total={pages.total} />
      <div className="filters">
        <Choose
          name="state"
          label={t(w.state)}
          options={states.map((value) => ({ value, label: t(stateText("notice", value)) }))}
        />
      </div>
      {pages.error ? (
        <Failed error={pages.error} retry={pages.again} />
      ) : pages.loading ? (
        <div className="panel">
          <Skeleton lines={10} />
        </div>
      ) : pages.rows.length === 0 ? (
        <div className="panel">
          <Empty icon="flag">{t(w.none)}</Empty>
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
                    {one.remainingDays === 0 ? t(w.lastDay) : t(w.left, { n: one.remainingDays })}
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
              <dl className="answers small" style={{ marginTop: 8 }}>
                {one.shown.map((row) => (
                  <div key={row.label.zh}>
                    <dt>{t(row.label)}</dt>
                    <dd>{spoken(row.value, lang)}</dd>
                  </div>
                ))}
              </dl>
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
