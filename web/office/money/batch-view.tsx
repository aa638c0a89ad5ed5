import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { day, money, moneyInCapitals } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Offer } from "../../shared/types.ts";
import { Failed, Skeleton } from "../../shared/ui.tsx";
import { ActBar } from "../parts/act-bar.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { Due } from "../parts/due.tsx";
import { useSay } from "../parts/said.tsx";
import { State } from "../parts/state.tsx";
import { BankFile, LoadResult } from "./bank.tsx";
import type { BatchAnswer } from "./types.ts";
import "../cases/case.css";
import "./money.css";

const w = words({
  items: { zh: "发放明细", en: "Payments" },
  no: { zh: "序", en: "No." },
  payee: { zh: "收款人", en: "Payee" },
  card: { zh: "账户", en: "Account" },
  amount: { zh: "金额", en: "Amount" },
  state: { zh: "状态", en: "State" },
  case: { zh: "办件", en: "Case" },
  voucher: { zh: "凭证", en: "Voucher" },
  timeline: { zh: "经过", en: "What happened" },
  total: { zh: "总额", en: "Total" },
  paid: { zh: "已到账", en: "Paid" },
  unpaid: { zh: "未付", en: "Unpaid" },
  recovered: { zh: "已追回", en: "Recovered" },
  fund: { zh: "资金", en: "Fund" },
  left: { zh: "可用 {amount}", en: "{amount} free" },
  decision: { zh: "依据：{decision}", en: "Decision: {decision}" },
  facts: { zh: "批次", en: "The batch" },
  done: { zh: "已办：{what}", en: "Done: {what}" },
  nothing: { zh: "这一批现在没有轮到您办的。", en: "Nothing here is yours to do now." },
  awaitsBank: {
    zh: "等银行处理：下载银行文件交银行，回盘到了在上面载入。",
    en: "With the bank: hand in the bank file; load the bank’s result above when it comes.",
  },
  of: { zh: "{n} 笔", en: "payments: {n}" },
  forWhom: { zh: "受助人 {name}", en: "for {name}" },
  seen: { zh: "打开", en: "Open" },
  escalated: { zh: "已逾期并报上级工会", en: "overdue, brought before the union above" },
  wide: { zh: "打开整页", en: "Open the whole page" },
});

/** A payment batch: items, totals that tie, history, and what may be done next. */
export function BatchView(props: { readonly id: string; readonly whole?: boolean }): ReactNode {
  const page = useAnswer<BatchAnswer>(addressOf("/batches/:id", { id: props.id }), { staleTime: 5_000 });
  if (page.data) return <Shown page={page.data} whole={props.whole ?? false} />;
  return (
    <div className="case">
      <div className="case-scroll">
        {page.error ? (
          <Failed error={page.error} retry={() => void page.refetch()} />
        ) : (
          <Skeleton lines={14} />
        )}
      </div>
    </div>
  );
}

function Shown({ page, whole }: { readonly page: BatchAnswer; readonly whole: boolean }): ReactNode {
  const { lang, t } = useLang();
  const { batch, totals } = page;
  const Title = whole ? "h1" : "h2";
  return (
    <article className="case" aria-label={batch.title}>
      <div className="case-scroll">
        <header className="case-head">
          <Title className="title">{batch.title}</Title>
          <State kind="batch" value={batch.state} title={batch.stateTitle} />
          {!whole && (
            <div className="acts">
              <Link to="/money/batches/$id" params={{ id: batch.id }} search={{}} className="icon-button">
                {t(w.wide)}
              </Link>
            </div>
          )}
        </header>
        <p className="case-sub">
          <span className="number">{batch.number}</span>
          <span>{batch.unitName}</span>
          <span>{t(batch.purposeTitle)}</span>
        </p>
        <div className={`turn ${page.turn.who}`}>
          <span>{page.turn.sentence}</span>
          {page.turn.who !== "nobody" && batch.dueOn && (
            <span className="due">
              <Due on={batch.dueOn} />
            </span>
          )}
          {batch.escalated && <span className="if due late">{t(w.escalated)}</span>}
        </div>
        <div className="statement-head" style={{ marginTop: 14 }}>
          <div>
            <span>{t(w.total)}</span>
            <b className="big number">{money(totals.totalFen)}</b> <span>{t(w.of, { n: totals.items })}</span>
          </div>
          <div>
            <span>{t(w.paid)}</span>
            <b className="big number">{money(totals.paidFen)}</b>
          </div>
          <div>
            <span>{t(w.unpaid)}</span>
            <b className="big number">{money(totals.unpaidFen)}</b>
          </div>
          {totals.recoveredFen + totals.refundedFen > 0 && (
            <div>
              <span>{t(w.recovered)}</span>
              <b className="big number">{money(totals.recoveredFen + totals.refundedFen)}</b>
            </div>
          )}
          <div>
            <span>{t(w.fund)}</span>
            <Link to="/money/funds/$id" params={{ id: batch.fundId }} search={{}}>
              {batch.fundName}
            </Link>
            <span>{t(w.left, { amount: money(batch.fundBalanceFen) })}</span>
          </div>
        </div>
        {lang === "zh" && (
          <p className="muted" style={{ marginBottom: 12 }}>
            {moneyInCapitals(totals.totalFen)}
          </p>
        )}
        {batch.decision && (
          <p className="muted" style={{ marginBottom: 12 }}>
            {t(w.decision, { decision: batch.decision })}
          </p>
        )}
        <div className="case-body">
          <section className="panel" style={{ padding: 0, overflow: "auto" }} aria-label={t(w.items)}>
            <Items page={page} />
          </section>
          <div className="stack">
            {(page.mayGetBankFile || page.mayLoadResult) && (
              <section className="panel">
                {page.mayGetBankFile && <BankFile page={page} />}
                {page.mayLoadResult && <LoadResult page={page} />}
              </section>
            )}
            <section className="panel" aria-label={t(w.timeline)}>
              <h2>{t(w.timeline)}</h2>
              <ol className="timeline">
                {[...page.timeline].reverse().map((one, index) => (
                  <li key={one.seq} className={index === 0 ? "last" : undefined}>
                    <div className="head-line">
                      <b>{t(one.title)}</b>
                      <time dateTime={one.at}>{day(one.onDay, lang, "short")}</time>
                    </div>
                    <p className="by">
                      {[one.byRoleTitle && t(one.byRoleTitle), one.byName].filter(Boolean).join(" · ")}
                    </p>
                    {typeof one.answers.reason === "string" && <blockquote>{one.answers.reason}</blockquote>}
                    {typeof one.answers.minutesNumber === "string" && (
                      <blockquote>{one.answers.minutesNumber}</blockquote>
                    )}
                  </li>
                ))}
              </ol>
            </section>
          </div>
        </div>
      </div>
      <Acting page={page} />
    </article>
  );
}

function Items({ page }: { readonly page: BatchAnswer }): ReactNode {
  const { t } = useLang();
  return (
    <div className="table" style={{ border: 0 }}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="end">
              {t(w.no)}
            </th>
            <th scope="col">{t(w.payee)}</th>
            <th scope="col">{t(w.card)}</th>
            <th scope="col" className="end">
              {t(w.amount)}
            </th>
            <th scope="col">{t(w.state)}</th>
            <th scope="col">{t(w.case)}</th>
            <th scope="col">{t(w.voucher)}</th>
          </tr>
        </thead>
        <tbody>
          {page.items.map((one) => (
            <tr key={one.id}>
              <td className="end muted">{one.position}</td>
              <td>
                {one.payeeName}
                {one.payeeName !== one.beneficiaryName && (
                  <span className="muted small"> {t(w.forWhom, { name: one.beneficiaryName })}</span>
                )}
              </td>
              <td>
                <span className="number">{one.cardMasked}</span>{" "}
                <span className="muted small">{one.bankName}</span>
              </td>
              <td className="end number">{money(one.amountFen)}</td>
              <td>
                <State kind="item" value={one.state} title={one.stateTitle} />
                {one.reason && <span className="due late small"> {one.reason}</span>}
              </td>
              <td>
                <Link to="/cases/$id" params={{ id: one.caseId }} search={{}} className="number small">
                  {one.caseNumber ?? t(w.seen)}
                </Link>
              </td>
              <td>
                {one.voucherId && (
                  <Link to="/money/vouchers/$id" params={{ id: one.voucherId }} search={{}} className="small">
                    {t(w.seen)}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Acting({ page }: { readonly page: BatchAnswer }): ReactNode {
  const { t } = useLang();
  const [chosen, setChosen] = useState<BatchAnswer["may"][number]>();
  const atBank = page.mayLoadResult && page.batch.state === "submitted_to_bank";
  return (
    <ActBar may={page.may} idle={t(atBank ? w.awaitsBank : w.nothing)} onChoose={setChosen}>
      {chosen && <ActOnBatch page={page} chosen={chosen} onClose={() => setChosen(undefined)} />}
    </ActBar>
  );
}

function ActOnBatch(props: {
  readonly page: BatchAnswer;
  readonly chosen: BatchAnswer["may"][number];
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const client = useQueryClient();
  const forget = useForget();
  const [id] = useState(actionId);
  const { page, chosen } = props;
  const act = useMutation<BatchAnswer, Problem, Answers>({
    mutationFn: (answers) =>
      post("/batches/:id/actions", { id: page.batch.id }, { id, name: chosen.name, answers }),
    onSuccess: (after) => {
      client.setQueryData([addressOf("/batches/:id", { id: page.batch.id })], after);
      void forget(
        "/api/batches?",
        "/api/inbox",
        "/api/funds",
        "/api/grants",
        "/api/cases",
        "/api/vouchers",
        "/api/statements",
      );
      say(t(w.done, { what: t(chosen.title) }));
      props.onClose();
    },
  });
  return (
    <ActForm
      offer={chosen as unknown as Offer}
      subject={`${page.batch.number} · ${money(page.totals.totalFen)}`}
      busy={act.isPending}
      error={act.error}
      onClose={props.onClose}
      onAct={(answers) => act.mutate(answers)}
    />
  );
}
