import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { day, money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Offer } from "../../shared/types.ts";
import { Awaited } from "../../shared/ui.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { useSay } from "../parts/said.tsx";
import type { VoucherAnswer } from "./types.ts";
import "../cases/case.css";
import "./money.css";

const w = words({
  vouchers: { zh: "凭证", en: "Vouchers" },
  title: { zh: "记账凭证 {n}", en: "Voucher {n}" },
  print: { zh: "打印", en: "Print" },
  reverse: { zh: "红字冲销", en: "Reverse" },
  reason: { zh: "冲销原因", en: "Reason" },
  confirm: { zh: "冲销后生成一张红字凭证，原凭证保留。", en: "A reversing voucher is made; this one stays." },
  reversed: { zh: "已冲销", en: "Reversed" },
  debit: { zh: "借方科目", en: "Debit" },
  credit: { zh: "贷方科目", en: "Credit" },
  amount: { zh: "金额", en: "Amount" },
  case: { zh: "办件", en: "Case" },
  open: { zh: "打开", en: "Open" },
  sum: { zh: "合计", en: "Sum" },
  closed: { zh: "所属月份已结账", en: "its month is closed" },
  of: { zh: "冲销的凭证", en: "Reverses" },
  batch: { zh: "来自批次", en: "From the batch" },
});

/** One voucher with its entries, as it is printed. */
export function VoucherPage(): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const { id = "" } = useParams({ strict: false });
  const [reversing, setReversing] = useState(false);
  const page = useAnswer<VoucherAnswer>(addressOf("/vouchers/:id", { id }));
  return (
    <div className="page narrow">
      <Crumbs of={[{ title: t(w.vouchers), to: "/money/vouchers" }]} />
      <Awaited of={page} lines={8}>
        {({ voucher, transfers }) => (
          <>
            <PageHead title={t(w.title, { n: `${voucher.month}-${voucher.number}` })}>
              <button type="button" className="button" onClick={() => print()}>
                {t(w.print)}
              </button>
              {can(me, "ledger.write") && (
                <button type="button" className="button danger" onClick={() => setReversing(true)}>
                  {t(w.reverse)}
                </button>
              )}
            </PageHead>
            <section className="panel">
              <p className="case-sub">
                <span>{voucher.unitName}</span>
                <span>{day(voucher.on, lang)}</span>
                {voucher.closed && <span>{t(w.closed)}</span>}
                {voucher.reverses && (
                  <Link to="/money/vouchers/$id" params={{ id: voucher.reverses }} search={{}}>
                    {t(w.of)}
                  </Link>
                )}
                {voucher.batchId && (
                  <Link to="/money/batches/$id" params={{ id: voucher.batchId }} search={{}}>
                    {t(w.batch)}
                  </Link>
                )}
              </p>
              <p style={{ margin: "10px 0", fontSize: "1rem" }}>{voucher.memo}</p>
              <table className="inner">
                <thead>
                  <tr>
                    <th scope="col">{t(w.debit)}</th>
                    <th scope="col">{t(w.credit)}</th>
                    <th scope="col">{t(w.case)}</th>
                    <th scope="col" className="end">
                      {t(w.amount)}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {transfers.map((one, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: entries never change.
                    <tr key={index}>
                      <td>
                        <span className="number muted">{one.debit.code}</span> {t(one.debit.title)}
                      </td>
                      <td>
                        <span className="number muted">{one.credit.code}</span> {t(one.credit.title)}
                      </td>
                      <td>
                        {one.caseId && (
                          <Link to="/cases/$id" params={{ id: one.caseId }} search={{}}>
                            {t(w.open)}
                          </Link>
                        )}
                      </td>
                      <td className="end number">{money(one.amountFen)}</td>
                    </tr>
                  ))}
                  <tr>
                    <td colSpan={3}>
                      <b>{t(w.sum)}</b> {lang === "zh" && voucher.amountCapitals}
                    </td>
                    <td className="end number">
                      <b>{money(voucher.amountFen)}</b>
                    </td>
                  </tr>
                </tbody>
              </table>
            </section>
            {reversing && <Reverse id={id} memo={voucher.memo} onClose={() => setReversing(false)} />}
          </>
        )}
      </Awaited>
    </div>
  );
}

function Reverse(props: {
  readonly id: string;
  readonly memo: string;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const forget = useForget();
  const navigate = useNavigate();
  const [id] = useState(actionId);
  const reverse = useMutation<VoucherAnswer, Problem, Answers>({
    mutationFn: (answers) => post("/vouchers/:id/reverse", { id: props.id }, { id, ...answers }),
    onSuccess: async (made) => {
      say(t(w.reversed));
      props.onClose();
      await forget("/api/vouchers", "/api/statements", "/api/funds");
      if (made?.voucher)
        void navigate({ to: "/money/vouchers/$id", params: { id: made.voucher.id }, search: {} });
    },
  });
  const offer: Offer = {
    name: "reverse",
    title: w.reverse,
    kind: "danger",
    confirm: w.confirm,
    allowed: true,
    fields: [{ key: "reason", kind: "longText", label: w.reason, required: true, maxLength: 500 }],
  };
  return (
    <ActForm
      offer={offer}
      subject={props.memo}
      busy={reverse.isPending}
      error={reverse.error}
      onClose={props.onClose}
      onAct={(answers) => reverse.mutate(answers)}
    />
  );
}
