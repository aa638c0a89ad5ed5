import type { ReactNode } from "react";
import { addressOf, seenAt } from "../shared/api.ts";
import { askedAmong } from "../shared/fields/check.ts";
import { day, moment, money, size } from "../shared/format.ts";
import { Icon } from "../shared/icons.tsx";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { usePlaces } from "../shared/router.tsx";
import type { CasePage, Offer, Payment, ServiceList, TimelineEntry } from "../shared/types.ts";
import { Awaited, Button, ButtonLink, Facts, Note, reasonText } from "../shared/ui.tsx";
import { questionsOf } from "./apply.tsx";
import { AnswerShown } from "./apply-check.tsx";
import { ProgressLine } from "./case-card.tsx";
import { clockOf, turnOfCase } from "./case-words.ts";
import { Screen } from "./frame.tsx";
import { RateCase } from "./rate.tsx";
import { to } from "./to.ts";
import "./case.css";

const w = words({
  print: { zh: "打印", en: "Print" },
  otherwise: { zh: "如果没办：{what}", en: "Otherwise: {what}" },
  why: { zh: "退回的原因", en: "Why it came back" },
  money: { zh: "款项", en: "Money" },
  paidOn: { zh: "{day}已发放", en: "Paid {day}" },
  fund: { zh: "资金来源：{fund}", en: "From {fund}" },
  notice: { zh: "公示", en: "Public notice" },
  noticeDays: { zh: "{from}至{until}", en: "{from} to {until}" },
  noticeInside: {
    zh: "只有同一工会的会员登录后看得到，网上不公开。公示写的是：",
    en: "Only members of your union see it, signed in; it is not on the web. It says:",
  },
  noticePublic: {
    zh: "同一工会的会员看得到下面这些；网上也公示，网上的姓名只留姓。",
    en: "Members of your union see what stands below; it is on the web too, there with your surname alone.",
  },
  noticeEnded: { zh: "公示已结束，别人看不到了。", en: "The notice is over; others no longer see it." },
  steps: { zh: "办理经过", en: "What has happened" },
  ahead: { zh: "接下来的步骤", en: "Steps to come" },
  by: { zh: "{who}", en: "{who}" },
  you: { zh: "您", en: "You" },
  system: { zh: "系统", en: "The system" },
  filled: { zh: "您填的内容", en: "What you filled in" },
  papers: { zh: "材料", en: "Papers" },
  replaced: {
    zh: "已替换：{day}重新提交后，以新交的为准",
    en: "Replaced: what was handed in anew on {day} counts instead",
  },
  counts: { zh: "现在以这份为准", en: "This one counts now" },
  number: { zh: "编号 {number}", en: "Number {number}" },
  form: { zh: "下载申请表（PDF）", en: "Application form (PDF)" },
  seen: { zh: "没有网络，这是 {time} 看到的内容。", en: "No connection: this is how it stood at {time}." },
  skipped: { zh: "本地没有这一级，自动跳过", en: "No such level here; passed over" },
});

const moneyStates: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  decided: { zh: "已批准，等待发放", en: "Approved, to be paid" },
  batched: { zh: "已排入发放批次", en: "In a payment batch" },
  paid: { zh: "已发放", en: "Paid" },
  failed: { zh: "银行没有付成，工会正在更正", en: "The bank could not pay; the union is correcting it" },
  cancelled: { zh: "已取消", en: "Cancelled" },
  recovered: { zh: "已收回", en: "Recovered" },
};

/** A case: whose turn, until when, what happens otherwise; then every step and who took it. */
export default function Case(): ReactNode {
  const { t, lang } = useLang();
  const { id = "" } = usePlaces();
  const address = addressOf("/cases/:id", { id });
  const page = useAnswer<CasePage>(address);
  const title = page.data ? t(page.data.case.serviceTitle) : "";
  const seen = seenAt.get(address);
  return (
    <Screen
      title={title}
      back={to.cases}
      action={
        <Button kind="quiet" onClick={() => print()}>
          <Icon name="print" />
          {t(w.print)}
        </Button>
      }
    >
      {seen && (
        <div style={{ marginBottom: 24 }}>
          <Note kind="warn" icon="offline">
            {t(w.seen, { time: moment(seen, lang) })}
          </Note>
        </div>
      )}
      <Awaited of={page} lines={10}>
        {(found) => <CaseBody page={found} />}
      </Awaited>
    </Screen>
  );
}

function CaseBody({ page }: { readonly page: CasePage }): ReactNode {
  const { t, lang } = useLang();
  const { turn } = page;
  const mine = turn.who === "you" || turn.who === "applicant";
  const back = mine ? [...page.timeline].reverse().find((entry) => entry.note) : undefined;
  const clock = clockOf(turn, lang);
  const otherwise = spoken(turn.ifNothing, lang);
  const offers = page.may.filter(({ name }) => name !== "rate");
  return (
    <>
      <p className="soft number" style={{ marginTop: -12 }}>
        {t(w.number, { number: page.case.number })}
      </p>
      {page.progress.length > 0 && <ProgressLine of={page.progress} />}
      <section className="turn section" style={{ marginTop: 20 }}>
        <p className="soft">{t(page.case.stepTitle)}</p>
        <p className={mine ? "who mine" : "who"}>{turnOfCase(page, lang)}</p>
        {clock && (
          <p className="clock">
            <Icon name={page.case.overdue ? "warning" : "clock"} />
            <span className="strong">{clock}</span>
          </p>
        )}
        {otherwise && (
          <p className="soft" style={{ marginTop: 8 }}>
            {turn.who === "clock" ? otherwise : t(w.otherwise, { what: otherwise })}
          </p>
        )}
        {back?.note && (
          <div style={{ marginTop: 16 }}>
            <Note kind="warn">
              <p className="strong">{t(w.why)}</p>
              <p>{back.note}</p>
            </Note>
          </div>
        )}
        <Offers of={offers} caseId={page.case.id} />
      </section>
      <RateCase page={page} />
      {(page.money ?? []).length > 0 && <Money of={page.money ?? []} />}
      {page.notice && <NoticePart notice={page.notice} />}
      <section className="section">
        <h2>{t(w.steps)}</h2>
        <div className="card">
          <ol className="steps">
            {page.timeline.map((entry) => (
              <Step key={entry.seq} entry={entry} applicant={page.case.applicantName} />
            ))}
            {page.progress
              .filter(({ state }) => state === "now" && page.case.state !== "ended")
              .map((step) => (
                <li key={step.step} className="now" aria-current="step">
                  <p className="what">{t(step.title)}</p>
                  <p className="soft">{turnOfCase(page, lang)}</p>
                </li>
              ))}
            {page.progress
              .filter(({ state }) => state === "next" && page.case.state !== "ended")
              .map((step) => (
                <li key={step.step}>
                  <p className="soft">{t(step.title)}</p>
                </li>
              ))}
          </ol>
        </div>
      </section>
      <Filled page={page} />
    </>
  );
}

function Offers({ of, caseId }: { readonly of: readonly Offer[]; readonly caseId: string }): ReactNode {
  const { t, lang } = useLang();
  const shownOffers = of.filter(({ allowed, kind }) => allowed || kind === "primary");
  if (shownOffers.length === 0) return null;
  return (
    <div className="buttons no-print" style={{ marginTop: 20 }}>
      {shownOffers.map((offer) =>
        offer.allowed ? (
          <ButtonLink
            key={offer.name}
            to={to.act(caseId, offer.name)}
            kind={offer.kind === "primary" ? "primary" : "normal"}
            wide
          >
            {t(offer.title)}
          </ButtonLink>
        ) : (
          <div key={offer.name}>
            <Button kind={offer.kind} wide disabled describedBy={`why-${offer.name}`}>
              {t(offer.title)}
            </Button>
            <p className="soft" id={`why-${offer.name}`} style={{ marginTop: 4 }}>
              {reasonText(offer.refusal, lang)}
            </p>
          </div>
        ),
      )}
    </div>
  );
}

function Step({
  entry,
  applicant,
}: {
  readonly entry: TimelineEntry;
  readonly applicant: string;
}): ReactNode {
  const { t, lang } = useLang();
  // The program acts without a name; a worker acts without a union.
  const own = !entry.byUnitName && (entry.byName === applicant || entry.byName === "");
  const who = own ? t(w.you) : [entry.byUnitName, entry.byName].filter(Boolean).join(" ") || t(w.system);
  return (
    <li className="done">
      <p className="what">{t(entry.title)}</p>
      <p className="soft">
        <time dateTime={entry.at}>{moment(entry.at, lang)}</time>
        {" · "}
        {who}
      </p>
      {entry.note && <p style={{ marginTop: 4, whiteSpace: "pre-line" }}>{entry.note}</p>}
    </li>
  );
}

function Money({ of }: { readonly of: readonly Payment[] }): ReactNode {
  const { t, lang } = useLang();
  return (
    <section className="section">
      <h2>{t(w.money)}</h2>
      <div className="rows">
        {of.map((payment, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: payments have no id here and never move.
          <div className="row" key={index} style={{ display: "block" }}>
            <p className="amount number">{money(payment.amountFen)}</p>
            <p>
              {payment.paidOn && payment.state === "paid"
                ? t(w.paidOn, { day: day(payment.paidOn, lang) })
                : payment.stateTitle
                  ? t(payment.stateTitle)
                  : (moneyStates[payment.state]?.[lang] ?? payment.state)}
            </p>
            {payment.fundName && <p className="soft">{t(w.fund, { fund: payment.fundName })}</p>}
          </div>
        ))}
      </div>
    </section>
  );
}

function NoticePart({ notice }: { readonly notice: NonNullable<CasePage["notice"]> }): ReactNode {
  const { t, lang } = useLang();
  const up = ["up", "blocked"].includes(notice.state);
  return (
    <section className="section">
      <h2>{t(w.notice)}</h2>
      <div className="card">
        <p>
          {t(w.noticeDays, {
            from: day(notice.startsOn, lang, "short"),
            until: day(notice.endsOn, lang, "short"),
          })}
        </p>
        <p className="soft">
          {t(up ? (notice.scope === "public" ? w.noticePublic : w.noticeInside) : w.noticeEnded)}
        </p>
        {up && (
          <Facts
            of={(notice.shown ?? []).map(({ label, value }) => ({
              label: t(label),
              value: spoken(value, lang),
            }))}
          />
        )}
      </div>
    </section>
  );
}

function Filled({ page }: { readonly page: CasePage }): ReactNode {
  const { t, lang } = useLang();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const service = services.data?.items.find(({ id }) => id === page.case.service);
  const fields = askedAmong(questionsOf(page.case), page.case.answers).filter(
    ({ key, kind }) => page.case.answers[key] !== undefined && kind !== "papers",
  );
  const files = page.case.files ?? [];
  const someReplaced = files.some(({ replacedOn }) => replacedOn);
  return (
    <>
      {files.length > 0 && (
        <section className="section">
          <h2>{t(w.papers)}</h2>
          <ul className="rows">
            {files.map((paper) => {
              const label = service?.papers.find(({ kind }) => kind === paper.kind)?.label;
              return (
                <li key={paper.id}>
                  <a className="row" href={`/api/papers/${paper.id}`} target="_blank" rel="noreferrer">
                    <Icon name="paper" />
                    <span className="grow">
                      {label ? t(label) : paper.kindTitle ? t(paper.kindTitle) : paper.fileName}
                      <span className="soft" style={{ display: "block" }}>
                        {paper.fileName} · {size(paper.bytes)}
                      </span>
                      {someReplaced && (
                        <span className={paper.replacedOn ? "soft" : "strong"} style={{ display: "block" }}>
                          {paper.replacedOn
                            ? t(w.replaced, { day: day(paper.replacedOn, lang, "short") })
                            : t(w.counts)}
                        </span>
                      )}
                    </span>
                  </a>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {fields.length > 0 && (
        <details className="more section">
          <summary>
            <Icon name="next" />
            {t(w.filled)}
          </summary>
          <div className="card">
            <Facts
              of={fields.map((field) => ({
                label: t(field.label),
                value: <AnswerShown field={field} value={page.case.answers[field.key]} />,
              }))}
            />
          </div>
        </details>
      )}
      <p className="section no-print">
        <a className="button wide" href={addressOf("/cases/:id/print", { id: page.case.id })}>
          <Icon name="paper" />
          {t(w.form)}
        </a>
      </p>
    </>
  );
}
