import type { ReactNode } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { addressOf } from "../shared/api.ts";
import { PaperPicture } from "../shared/fields/paper-picture.tsx";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { usePlaces } from "../shared/router.tsx";
import type { Service, ServiceList, Source } from "../shared/types.ts";
import { Awaited, ButtonLink, Empty, Note, reasonText } from "../shared/ui.tsx";
import { useEntries } from "./confirmations.tsx";
import { useDraft } from "./draft.ts";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "../shared/fields/fields.css";
import "./asking.css";
import "./case.css";

const w = words({
  forWhom: { zh: "谁可以申请", en: "Who it is for" },
  youGet: { zh: "能得到什么", en: "What you get" },
  howLong: { zh: "要多久", en: "How long it takes" },
  whoSees: { zh: "谁会看到您填的内容", en: "Who will see what you fill in" },
  papers: { zh: "要准备的材料", en: "Papers to have ready" },
  papersHow: { zh: "用手机拍清楚就行，不用复印。", en: "A clear photo is enough; no copies needed." },
  steps: { zh: "怎么办", en: "How it goes" },
  within: { zh: "{days} 个工作日内", en: "within {days} working days" },
  withinDays: { zh: "{days} 天内", en: "within {days} days" },
  basis: { zh: "依据", en: "Legal basis" },
  rounds: { zh: "看看有没有场次", en: "See what is open" },
  start: { zh: "开始填写", en: "Start" },
  resume: { zh: "接着填", en: "Go on filling in" },
  resumeWhy: { zh: "上次填的内容都在。", en: "What you filled in last time is kept." },
  cannot: { zh: "现在不能申请", en: "You cannot apply now" },
  named: { zh: "工会名册里有您，先确认就行", en: "Your union’s roster names you: confirm that first" },
  namedJoin: {
    zh: "{unit}已把您列入会员名册，不用再填入会申请：确认以后就是会员。情况不符也可以说明。",
    en: "{unit} has put you on its roster, so there is nothing to apply for: you are a member once you confirm. You may also say that it is not so.",
  },
  namedElse: {
    zh: "{unit}已把您列入会员名册，等您确认。「{service}」面向会员，您确认以后就能申请。",
    en: "{unit} has put you on its roster and waits for your word. “{service}” is for members; you can ask for it once you confirm.",
  },
  confirm: { zh: "去确认", en: "Confirm it" },
  unknown: { zh: "没有这项服务。", en: "There is no such service." },
});

/** Who it is for, what you get, how long it takes, which papers, who will see them; then the first question. */
export default function ServiceStart(): ReactNode {
  const { t } = useLang();
  const { service: id = "" } = usePlaces();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const service = services.data?.items.find((one) => one.id === id);
  if (!service) {
    return (
      <Screen title="" back={to.services}>
        <Awaited of={services}>
          {() => (
            <Empty icon="search">
              <p>{t(w.unknown)}</p>
            </Empty>
          )}
        </Awaited>
      </Screen>
    );
  }
  return <Start service={service} />;
}

function Start({ service }: { readonly service: Service }): ReactNode {
  const { t, lang } = useLang();
  const draft = useDraft(service.id);
  const begun = Object.keys(draft.answers).length > 0;
  const { allowed, refusal } = service.mayStart;
  // Whom a roster names becomes a member by a word, not by an application.
  const entry = useEntries().data?.items[0];
  const joins = service.id === "join";
  const named = entry && (joins || service.forMembers) ? entry : undefined;
  const facts: readonly { readonly label: Text; readonly value: Text }[] = [
    { label: w.forWhom, value: service.forWhom },
    { label: w.youGet, value: service.youGet },
    { label: w.howLong, value: service.howLong },
    { label: w.whoSees, value: service.whoSees },
  ];
  return (
    <Screen
      title={t(service.title)}
      back={to.services}
      foot={
        named ? (
          <ButtonLink to={to.home} kind="primary" wide>
            {t(w.confirm)}
          </ButtonLink>
        ) : allowed ? (
          <>
            {begun && <p className="why">{t(w.resumeWhy)}</p>}
            <ButtonLink to={service.round ? to.rounds : to.apply(service.id)} kind="primary" wide>
              {t(service.round ? w.rounds : begun ? w.resume : w.start)}
            </ButtonLink>
          </>
        ) : undefined
      }
    >
      <p className="lead">{t(service.summary)}</p>
      {(named || !allowed) && (
        <div style={{ marginBottom: 24 }}>
          <Note kind="warn">
            <p className="strong">{t(named ? w.named : w.cannot)}</p>
            <p>
              {named
                ? t(joins ? w.namedJoin : w.namedElse, { unit: named.unit.name, service: t(service.title) })
                : reasonText(refusal, lang)}
            </p>
          </Note>
        </div>
      )}
      <dl className="card stack">
        {facts.map(({ label, value }) => (
          <div key={label.en}>
            <dt>{t(label)}</dt>
            <dd>{t(value)}</dd>
          </div>
        ))}
      </dl>
      {service.papers.length > 0 && (
        <section className="section">
          <h2>{t(w.papers)}</h2>
          <p className="soft" style={{ marginBottom: 12 }}>
            {t(w.papersHow)}
          </p>
          <ul className="rows paper-rows">
            {service.papers.map((paper) => (
              <li className="row" key={`${paper.kind}${paper.label.en}`}>
                <PaperPicture kind={paper.kind} />
                <span className="grow">
                  <span className="strong">{t(paper.label)}</span>
                  {paper.when && (
                    <span className="soft" style={{ display: "block" }}>
                      {t(paper.when)}
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="section">
        <h2>{t(w.steps)}</h2>
        <div className="card">
          <ol className="steps">
            {service.steps.map((step) => (
              <li key={step.id}>
                <p className="what">{t(step.title)}</p>
                <p className="soft">
                  {t(step.who)}
                  {step.within &&
                    `${lang === "zh" ? "，" : ", "}${t(step.within.unit === "working" ? w.within : w.withinDays, { days: step.within.days })}`}
                </p>
              </li>
            ))}
          </ol>
        </div>
      </section>
      {service.basis.length > 0 && (
        <details className="more section">
          <summary>
            <Icon name="next" />
            {t(w.basis)}
          </summary>
          <ul className="stack">
            {service.basis.map((source, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list.
              <li key={index} className="soft">
                {sourceWords(source, lang)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Screen>
  );
}

/** A source in words: 《工会法》第十一条. */
function sourceWords(source: Source, lang: "zh" | "en"): string {
  const document = typeof source.document === "string" ? source.document : source.document[lang];
  return [document, source.article, source.page].filter(Boolean).join(lang === "zh" ? "" : ", ");
}
