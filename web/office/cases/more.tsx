import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { actionId, type Problem, post } from "../../shared/api.ts";
import { day, money, moneyInCapitals } from "../../shared/format.ts";
import { spoken, useLang, words } from "../../shared/lang.tsx";
import { useForget } from "../../shared/query.tsx";
import type { Answers, Offer } from "../../shared/types.ts";
import { ActForm } from "../parts/act-form.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { PolicyValue, sourceWords } from "../parts/policy-value.tsx";
import { useSay } from "../parts/said.tsx";
import { State } from "../parts/state.tsx";
import type { CaseMoney, DeskNotice, DeskObjection, Pin } from "../types.ts";

const w = words({
  notice: { zh: "公示", en: "Public notice" },
  span: { zh: "{from} 至 {to}", en: "{from} to {to}" },
  shown: { zh: "公示的内容", en: "What it shows" },
  none: { zh: "没有异议。", en: "No objection." },
  objection: { zh: "异议，{day} 提出", en: "Objection raised {day}" },
  hidden: { zh: "异议内容只有处理人能看。", en: "Only those who decide may read it." },
  open: { zh: "待处理", en: "To be decided" },
  upheld: { zh: "异议成立", en: "Upheld" },
  dismissed: { zh: "异议不成立", en: "Dismissed" },
  decide: { zh: "处理异议", en: "Decide on it" },
  finding: { zh: "处理意见", en: "Finding" },
  note: { zh: "理由（提出人能看到）", en: "Reason (the objector reads it)" },
  confirmed: {
    zh: "作出后不能更改。成立的，办件退回核查。",
    en: "A finding cannot be changed. If upheld, the case goes back to be checked.",
  },
  saved: { zh: "异议已处理", en: "The objection is decided" },
  money: { zh: "资金", en: "Money" },
  inCapitals: { zh: "大写", en: "In words" },
  paid: { zh: "{day} 到账", en: "paid {day}" },
  decided: { zh: "{day} 批准", en: "granted {day}" },
  pins: { zh: "适用的政策", en: "Policies it runs under" },
  pinsHelp: {
    zh: "按提出申请那天的政策办，以后改了也不影响这一件。",
    en: "Fixed on the day it was opened; later changes do not touch it.",
  },
});

/** The case's public notice, and objections to it. */
export function NoticeOfCase(props: { readonly notice: DeskNotice; readonly caseId: string }): ReactNode {
  const { lang, t } = useLang();
  const { notice } = props;
  return (
    <section className="panel" aria-label={t(w.notice)}>
      <div className="panel-head">
        <h2>{t(w.notice)}</h2>
        <State kind="notice" value={notice.state} />
        <span className="muted">
          {t(w.span, { from: day(notice.startsOn, lang, "table"), to: day(notice.endsOn, lang, "table") })}
        </span>
      </div>
      <p>{t(notice.title)}</p>
      {notice.shown && notice.shown.length > 0 && (
        <details>
          <summary className="muted">{t(w.shown)}</summary>
          <dl className="answers small">
            {notice.shown.map((row) => (
              <div key={row.label.zh}>
                <dt>{t(row.label)}</dt>
                <dd>{spoken(row.value, lang)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {notice.objections.length === 0 ? (
        <p className="muted">{t(w.none)}</p>
      ) : (
        notice.objections.map((one) => <Objection key={one.id} of={one} noticeId={notice.id} />)
      )}
    </section>
  );
}

/** One objection: its words, the finding, or the form for one. */
export function Objection(props: { readonly of: DeskObjection; readonly noticeId: string }): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [deciding, setDeciding] = useState(false);
  const [id] = useState(actionId);
  const { of: one } = props;
  const decide = useMutation<unknown, Problem, Answers>({
    mutationFn: ({ finding, note }) =>
      post(
        "/notices/:id/objections/:objection/finding",
        { id: props.noticeId, objection: one.id },
        { id, finding, note: note ?? "" },
      ),
    onSuccess: async () => {
      setDeciding(false);
      say(t(w.saved));
      await forget("/api/notices", "/api/cases", "/api/inbox");
    },
  });
  const offer: Offer = {
    name: "finding",
    title: w.decide,
    kind: "primary",
    confirm: w.confirmed,
    allowed: true,
    fields: [
      {
        key: "finding",
        kind: "oneOf",
        label: w.finding,
        required: true,
        options: [
          { value: "upheld", label: w.upheld },
          { value: "dismissed", label: w.dismissed },
        ],
      },
      { key: "note", kind: "longText", label: w.note, required: true, maxLength: 2_000 },
    ],
  };
  return (
    <div className="note" style={{ marginTop: 10 }}>
      <div className="body">
        <div className="panel-head">
          <b>{t(w.objection, { day: day(one.raisedOn, lang, "short") })}</b>
          <span className={one.finding ? "muted" : "due late"}>
            {one.finding === "upheld" ? t(w.upheld) : one.finding ? t(w.dismissed) : t(w.open)}
          </span>
          {!one.finding && can(me, "notice.decide") && (
            <span className="acts">
              <button type="button" className="button" onClick={() => setDeciding(true)}>
                {t(w.decide)}
              </button>
            </span>
          )}
        </div>
        <p style={{ whiteSpace: "pre-line" }}>{one.text ?? <span className="muted">{t(w.hidden)}</span>}</p>
        {one.note && <p className="muted">{one.note}</p>}
      </div>
      {deciding && (
        <ActForm
          offer={offer}
          subject={one.text ?? ""}
          busy={decide.isPending}
          error={decide.error}
          onClose={() => setDeciding(false)}
          onAct={(answers) => decide.mutate(answers)}
        />
      )}
    </div>
  );
}

/** What money the case brought, and where it is. */
export function MoneyOfCase({ of }: { readonly of: readonly CaseMoney[] }): ReactNode {
  const { lang, t } = useLang();
  return (
    <section className="panel" aria-label={t(w.money)}>
      <h2>{t(w.money)}</h2>
      {of.map((one, index) => (
        <div key={one.id ?? index} className="panel-head">
          <b className="number">{money(one.amountFen)}</b>
          {lang === "zh" && <span className="muted">{moneyInCapitals(one.amountFen)}</span>}
          <State kind="grant" value={one.state} />
          <span className="muted">
            {one.fundName}
            {one.paidOn
              ? ` ${t(w.paid, { day: day(one.paidOn, lang, "table") })}`
              : one.decidedOn && ` ${t(w.decided, { day: day(one.decidedOn, lang, "table") })}`}
          </span>
          {one.batchNumber &&
            (one.batchId ? (
              <Link to="/money/batches/$id" params={{ id: one.batchId }} search={{}}>
                {one.batchNumber}
              </Link>
            ) : (
              <span className="muted">{one.batchNumber}</span>
            ))}
        </div>
      ))}
    </section>
  );
}

/** The policies the case pinned, each with its value and where it is written. */
export function PinsOfCase({ pins }: { readonly pins: readonly Pin[] }): ReactNode {
  const { lang, t } = useLang();
  return (
    <section className="panel" aria-label={t(w.pins)}>
      <h2>{t(w.pins)}</h2>
      <p className="muted small">{t(w.pinsHelp)}</p>
      <ul className="pins">
        {pins.map((pin) => (
          <li key={pin.key} style={{ padding: "6px 0", borderTop: "1px solid var(--line)", marginTop: 6 }}>
            <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
              <span>{t(pin.title)}</span>
              <span style={{ textAlign: "end" }}>
                <PolicyValue kind={pin.kind} value={pin.value} />
              </span>
            </div>
            <span className="muted small">{sourceWords(pin.source, lang)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
