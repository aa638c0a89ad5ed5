import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { addressOf } from "../../shared/api.ts";
import { day, money, remaining } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { spoken, useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Failed, Note, Skeleton } from "../../shared/ui.tsx";
import { Due } from "../parts/due.tsx";
import type { DeskCase } from "../types.ts";
import { Acting } from "./acting.tsx";
import { CaseFacts } from "./facts.tsx";
import { MoneyOfCase, NoticeOfCase, PinsOfCase } from "./more.tsx";
import { Papers } from "./papers.tsx";
import { Receipt, receiptOf } from "./receipt.tsx";
import { Timeline } from "./timeline.tsx";
import { WhoLooked } from "./who-looked.tsx";
import "./case.css";

const w = words({
  wide: { zh: "打开整页", en: "Open the whole page" },
  print: { zh: "打印（PDF）", en: "Print (PDF)" },
  progress: { zh: "办到哪一步", en: "How far it is" },
  onBehalf: { zh: "工会代办", en: "Filed by the union" },
  opened: { zh: "{day} 提出", en: "opened {day}" },
  ifNothing: { zh: "没人办的话：{what}", en: "If nobody acts: {what}" },
  facts: { zh: "申请内容", en: "What was asked" },
  papers: { zh: "材料", en: "Papers" },
  timeline: { zh: "经过", en: "What happened" },
  blocked: {
    zh: "公示收到异议，作出处理意见前不能往下办。",
    en: "There is an objection to the notice. Nothing goes on until it is decided.",
  },
  paused: { zh: "期限暂停", en: "The clock is stopped" },
  escalated: { zh: "下级逾期，已上报到这一级", en: "Overdue below: it has come up to this level" },
  cases: { zh: "办件", en: "Cases" },
  links: { zh: "相关办件", en: "Linked cases" },
  rating: { zh: "申请人评了 {n} 星", en: "The applicant gave {n} of 5 stars" },
  previous: { zh: "上一份", en: "Previous" },
  next: { zh: "下一份", en: "Next" },
  parent: { zh: "主办件", en: "Parent" },
  child: { zh: "分办件", en: "Part" },
  follows: { zh: "接续自", en: "Follows" },
  "followed-by": { zh: "后续", en: "Followed by" },
});

/** One case in one scroll: facts at the left, what happened at the right, actions fixed below. */
export function CaseView(props: { readonly id: string; readonly beside?: boolean }): ReactNode {
  const page = useAnswer<DeskCase>(addressOf("/cases/:id", { id: props.id }), { staleTime: 5_000 });
  if (page.data) return <Shown page={page.data} beside={props.beside ?? false} />;
  return (
    <div className="case">
      <div className="case-scroll">
        {page.error ? (
          <Failed error={page.error} retry={() => void page.refetch()} />
        ) : (
          <Skeleton lines={16} />
        )}
      </div>
    </div>
  );
}

function Shown({ page, beside }: { readonly page: DeskCase; readonly beside: boolean }): ReactNode {
  const { lang, t } = useLang();
  const [looking, setLooking] = useState(false);
  const { case: it, turn } = page;
  const Title = beside ? "h2" : "h1";
  const blocked = page.notice?.objections.some((one) => one.finding === null) ?? false;
  const counting = it.files.filter(({ replacedOn }) => !replacedOn).length;
  const receipt = receiptOf(it.calculation);
  const due = turn.remaining && !turn.paused ? remaining(turn.remaining, lang) : undefined;
  return (
    <article className="case" aria-label={`${it.applicantName} ${t(it.serviceTitle)}`}>
      {!beside && (
        <Link to="/cases" search={{}} className="back-to-list no-print">
          <Icon name="back" />
          {t(w.cases)}
        </Link>
      )}
      <div className="case-scroll">
        <header className="case-head">
          <Title className="title">
            {it.applicantName} · {t(it.serviceTitle)}
          </Title>
          {it.amountFen !== null && <b className="number">{money(it.amountFen)}</b>}
          <div className="acts no-print">
            <WhoLooked caseId={it.id} open={looking} onOpen={setLooking} />
            <a
              className="icon-button"
              href={addressOf("/cases/:id/print", { id: it.id })}
              target="_blank"
              rel="noreferrer"
              aria-label={t(w.print)}
              title={t(w.print)}
            >
              <Icon name="print" />
            </a>
            {beside && (
              <Link
                to="/cases/$id"
                params={{ id: it.id }}
                search={{}}
                className="icon-button"
                aria-label={t(w.wide)}
                title={t(w.wide)}
              >
                <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
                  <path d="M14 4h6v6M10 20H4v-6M20 4l-7 7M4 20l7-7" />
                </svg>
              </Link>
            )}
          </div>
        </header>
        <p className="case-sub">
          <span className="number">{it.number}</span>
          <Link to="/members/$id" params={{ id: it.applicantId }} search={{}}>
            {it.applicantName}
          </Link>
          <span>{it.unitName}</span>
          <span>{t(w.opened, { day: day(it.openedOn, lang, "table") })}</span>
          {it.onBehalf && <span>{t(w.onBehalf)}</span>}
          {page.links.map((one) => (
            <Link key={one.id} to="/cases/$id" params={{ id: one.id }} search={{}}>
              {one.kind in w ? t(w[one.kind as keyof typeof w]) : one.kind} {one.number}
            </Link>
          ))}
        </p>
        <div className={`turn ${turn.who}`}>
          <span>{spoken(turn.sentence, lang) || t(it.stepTitle)}</span>
          {it.state === "open" && (
            <span className="due">
              {due && !it.overdue ? due : <Due on={turn.dueOn} left={turn.remaining} />}
            </span>
          )}
          {turn.ifNothing &&
            it.state === "open" &&
            !spoken(turn.sentence, lang).includes(spoken(turn.ifNothing, lang)) && (
              <span className="if">{t(w.ifNothing, { what: spoken(turn.ifNothing, lang) })}</span>
            )}
          {turn.paused && <span className="if">{t(w.paused)}</span>}
          {it.escalated && <span className="if due late">{t(w.escalated)}</span>}
        </div>
        <Way page={page} />
        <div className="case-body">
          <div className="stack">
            {page.notice && blocked && (
              <>
                <Note kind="warn">{t(w.blocked)}</Note>
                <NoticeOfCase notice={page.notice} caseId={it.id} />
              </>
            )}
            {receipt && <Receipt of={receipt} />}
            <section className="panel" aria-label={t(w.facts)}>
              <h2>{t(w.facts)}</h2>
              <CaseFacts page={page} />
            </section>
            {it.files.length > 0 && (
              <section className="panel" aria-label={t(w.papers)}>
                <h2>
                  {t(w.papers)} <span className="muted">{counting}</span>
                </h2>
                <Papers of={it.files} marked={counting < it.files.length} />
              </section>
            )}
            {page.notice && !blocked && <NoticeOfCase notice={page.notice} caseId={it.id} />}
            {page.money.length > 0 && <MoneyOfCase of={page.money} />}
          </div>
          <div className="stack">
            <section className="panel" aria-label={t(w.timeline)}>
              <h2>{t(w.timeline)}</h2>
              <Timeline of={page.timeline} files={it.files} applicant={it.applicantName} />
            </section>
            {page.rating !== null && (
              <section className="panel">
                <p>{t(w.rating, { n: page.rating })}</p>
              </section>
            )}
            {it.pins.length > 0 && <PinsOfCase pins={it.pins} />}
          </div>
        </div>
      </div>
      <Acting page={page} />
    </article>
  );
}

/** Brings the present station into sight, with the one before it; the page itself does not move. */
function showNow(row: HTMLOListElement | null): void {
  const now = row?.querySelector("[aria-current]");
  if (!row || !now) return;
  const before = now.previousElementSibling ?? now;
  row.scrollLeft += before.getBoundingClientRect().left - row.getBoundingClientRect().left;
}

/** The stations of the case in one line. Drawn anew when the case has gone on, so that it shows where it stands. */
function Way({ page }: { readonly page: DeskCase }): ReactNode {
  const { lang, t } = useLang();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is narrow, and the keyboard must reach it.
    <ol key={page.case.step} ref={showNow} className="way" aria-label={t(w.progress)} tabIndex={0}>
      {page.progress.map((one) => (
        <li key={one.step} className={one.state} aria-current={one.state === "now" ? "step" : undefined}>
          {t(one.title)}
          {one.on && (
            <time dateTime={one.on} title={day(one.on, lang)}>
              {one.on.slice(5)}
            </time>
          )}
        </li>
      ))}
    </ol>
  );
}
