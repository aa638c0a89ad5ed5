import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { addressOf, type Problem, post } from "../../shared/api.ts";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Offer } from "../../shared/types.ts";
import { Failed, Skeleton } from "../../shared/ui.tsx";
import { ActBar } from "../parts/act-bar.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { Due } from "../parts/due.tsx";
import { Facts } from "../parts/facts.tsx";
import { Crumbs } from "../parts/page-head.tsx";
import { useSay } from "../parts/said.tsx";
import type { TransferAnswer } from "./types.ts";
import { askers, kinds, transferMark } from "./words.ts";
import "../cases/case.css";

const w = words({
  list: { zh: "会籍接转", en: "Transfers" },
  facts: { zh: "接转", en: "The transfer" },
  wide: { zh: "打开整页", en: "Open the whole page" },
  openPerson: { zh: "打开会员档案", en: "Open the member’s page" },
  from: { zh: "原工会", en: "From" },
  to: { zh: "新工会", en: "To" },
  kind: { zh: "类型", en: "Kind" },
  asker: { zh: "谁提出", en: "Asked by" },
  askedOn: { zh: "提出日", en: "Asked on" },
  releasedOn: { zh: "转出日", en: "Released on" },
  endedOn: { zh: "办结日", en: "Ended on" },
  note: { zh: "不接转的原因", en: "Why not" },
  release: { zh: "转出", en: "Release" },
  accept: { zh: "接收", en: "Accept" },
  refuse: { zh: "不接转", en: "Refuse" },
  letGo: { zh: "放弃认领", en: "Let the claim go" },
  reason: { zh: "原因（对方工会看得到）", en: "Reason (the other union reads it)" },
  confirmRelease: {
    zh: "转出后由「{to}」接收；接收之前，会籍仍计入「{from}」。",
    en: "“{to}” accepts next; until then the membership still counts in “{from}”.",
  },
  confirmAccept: {
    zh: "接收后会籍和人员档案立即转到「{to}」，不能撤回。",
    en: "Membership and record go to “{to}” at once. This cannot be undone.",
  },
  confirmRefuse: {
    zh: "这份接转就此结束，会籍留在「{from}」；要再转须重新申请。",
    en: "The transfer ends here and the membership stays in “{from}”; to move later, it must be asked for anew.",
  },
  ifRequested: {
    zh: "轮到「{from}」转出；逾期不办，报两家工会的共同上级决定。",
    en: "“{from}” releases next; if it does nothing in time, the union above both decides.",
  },
  ifReleased: {
    zh: "轮到「{to}」接收；逾期不办，报两家工会的共同上级决定。",
    en: "“{to}” accepts next; if it does nothing in time, the union above both decides.",
  },
  ifClaim: {
    zh: "两家工会都登记了本人，由本人在手机首页选择；逾期不选，报两家工会的共同上级。",
    en: "Both unions name this worker, who chooses on the phone’s first page; after the day set, the union above both decides.",
  },
  ifUp: { zh: "逾期未办，已报两家工会的共同上级决定。", en: "Overdue: the union above both decides." },
  grounds: { zh: "本人意愿", en: "The member’s consent" },
  nothing: { zh: "这份接转现在没有轮到您办的。", en: "Nothing here is yours to do now." },
  done: { zh: "已办：{what}", en: "Done: {what}" },
});

/** A transfer on a page of its own. */
export function TransferPage(): ReactNode {
  const { id } = useParams({ strict: false });
  return <TransferView key={id} id={id ?? ""} whole />;
}

/** A transfer: whose turn it is, who asked what, and what the officer may do. */
export function TransferView(props: { readonly id: string; readonly whole?: boolean }): ReactNode {
  const page = useAnswer<TransferAnswer>(addressOf("/transfers/:id", { id: props.id }), { staleTime: 5_000 });
  if (page.data) return <Shown of={page.data} whole={props.whole ?? false} />;
  return (
    <div className="case">
      <div className="case-scroll">
        {page.error ? (
          <Failed error={page.error} retry={() => void page.refetch()} />
        ) : (
          <Skeleton lines={8} />
        )}
      </div>
    </div>
  );
}

function Shown({ of, whole }: { readonly of: TransferAnswer; readonly whole: boolean }): ReactNode {
  const { lang, t } = useLang();
  const [chosen, setChosen] = useState<Offer>();
  const Title = whole ? "h1" : "h2";
  const date = (on: string | null): ReactNode => on && day(on, lang, "table");
  const turn = turnOf(of);
  const rows: readonly (readonly [Text, ReactNode])[] = [
    [w.from, of.fromUnitName],
    [w.to, of.toUnitName],
    [w.kind, t(of.claim ? kinds.claim : kinds.transfer)],
    [w.asker, t(askers[of.initiatedBy])],
    [w.askedOn, date(of.requestedOn)],
    [w.releasedOn, date(of.releasedOn)],
    [w.endedOn, date(of.endedOn)],
    [w.grounds, of.grounds],
    [w.note, of.note],
  ];
  return (
    <article className="case" aria-label={of.personName}>
      <div className="case-scroll">
        {whole && <Crumbs of={[{ title: t(w.list), to: "/transfers" }]} />}
        <header className="case-head">
          <Title className="title">{of.personName}</Title>
          <span className={`state ${transferMark(of.status)}`}>{t(of.statusTitle)}</span>
          <div className="acts">
            {of.opens && (
              <Link to="/members/$id" params={{ id: of.personId }} search={{}} className="icon-button">
                {t(w.openPerson)}
              </Link>
            )}
            {!whole && (
              <Link to="/transfers/$id" params={{ id: of.id }} search={{}} className="icon-button">
                {t(w.wide)}
              </Link>
            )}
          </div>
        </header>
        {turn && (
          <div className={of.waiting ? "turn you" : "turn"}>
            <span>{t(turn, { from: of.fromUnitName, to: of.toUnitName })}</span>
            <span className="due">
              <Due on={of.dueOn} />
            </span>
          </div>
        )}
        <section className="panel" aria-label={t(w.facts)} style={{ marginTop: 14 }}>
          <h2>{t(w.facts)}</h2>
          <Facts of={rows} />
        </section>
      </div>
      <ActBar may={offersOf(of)} idle={t(w.nothing)} onChoose={setChosen}>
        {chosen && <ActOnTransfer of={of} offer={chosen} onClose={() => setChosen(undefined)} />}
      </ActBar>
    </article>
  );
}

/** Whose turn it is and what happens when nothing is done; nothing once it ended. */
function turnOf(of: TransferAnswer): Text | undefined {
  if (of.endedOn !== null) return undefined;
  if (of.escalated) return w.ifUp;
  if (of.claim) return w.ifClaim;
  return of.status === "released" ? w.ifReleased : w.ifRequested;
}

function offersOf(of: TransferAnswer): readonly Offer[] {
  if (of.endedOn !== null) return [];
  const names = (text: Text): Text => ({
    zh: text.zh.replace("{from}", of.fromUnitName).replace("{to}", of.toUnitName),
    en: text.en.replace("{from}", of.fromUnitName).replace("{to}", of.toUnitName),
  });
  const shapes = {
    release: { title: w.release, kind: "primary", confirm: names(w.confirmRelease), fields: [] },
    accept: { title: w.accept, kind: "primary", confirm: names(w.confirmAccept), fields: [] },
    refuse: {
      title: of.claim && !of.escalated ? w.letGo : w.refuse,
      kind: "danger",
      confirm: names(w.confirmRefuse),
      fields: [{ key: "note", kind: "longText", label: w.reason, required: true, maxLength: 500 }],
    },
  } as const;
  return of.may.map((one) => ({ ...one, ...shapes[one.name] }));
}

function ActOnTransfer(props: {
  readonly of: TransferAnswer;
  readonly offer: Offer;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const forget = useForget();
  const { of, offer } = props;
  const act = useMutation<unknown, Problem, Answers>({
    mutationFn: (answers) => post("/transfers/:id/:step", { id: of.id, step: offer.name }, answers),
    onSuccess: async () => {
      say(t(w.done, { what: t(offer.title) }));
      props.onClose();
      await forget("/api/transfers", "/api/inbox", "/api/members", "/api/units", "/api/figures");
    },
  });
  return (
    <ActForm
      offer={offer}
      subject={`${of.personName} · ${of.fromUnitName} → ${of.toUnitName}`}
      busy={act.isPending}
      error={act.error}
      onClose={props.onClose}
      onAct={(answers) => act.mutate(answers)}
    />
  );
}
