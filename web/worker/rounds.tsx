import { type ReactNode, useState } from "react";
import { actionId, addressOf, Problem, post } from "../shared/api.ts";
import { count, moment } from "../shared/format.ts";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer, useForget } from "../shared/query.tsx";
import { Link } from "../shared/router.tsx";
import type { MyRound } from "../shared/types.ts";
import { Awaited, Button, Empty, Failed } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "限量领取", en: "Claim a place" },
  none: { zh: "现在没有可以领取的场次。", en: "There is nothing to claim just now." },
  opens: { zh: "{at} 开始", en: "Opens {at}" },
  closes: { zh: "{at} 结束", en: "Closes {at}" },
  over: { zh: "已结束", en: "Over" },
  left: { zh: "还剩 {n} 个名额，共 {all} 个", en: "{n} of {all} places left" },
  queue: { zh: "名额已领完，还可以候补 {n} 位", en: "All places are taken; {n} may still wait" },
  full: { zh: "名额已领完", en: "All places are taken" },
  claim: { zh: "马上领取", en: "Claim now" },
  wait: { zh: "候补排队", en: "Join the waiting list" },
  held: { zh: "已领到名额，序号 {n}", en: "You have a place: number {n}" },
  waiting: { zh: "候补中，序号 {n}", en: "You are waiting: number {n}" },
  lapsed: { zh: "场次结束，没有轮到", en: "The round ended before your turn" },
  back: { zh: "退回名额", en: "Give it back" },
  sure: {
    zh: "名额会马上给下一位，退回后不能恢复。",
    en: "It goes to the next person at once and cannot be had back.",
  },
  yes: { zh: "确认退回", en: "Yes, give it back" },
  no: { zh: "保留", en: "Keep it" },
  open: { zh: "查看办理进度", en: "See how it goes" },
});

/** How often the places left are asked for. */
const everyMs = 5000;

/** Rounds of the unions above me: when they open, what is left, and one tap to claim. */
export default function Rounds(): ReactNode {
  const { t } = useLang();
  const rounds = useAnswer<{ readonly items: readonly MyRound[] }>(addressOf("/me/rounds"), {
    refetchInterval: everyMs,
  });
  return (
    <Screen title={t(w.title)} back={to.services}>
      <Awaited of={rounds}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="heart">
              <p>{t(w.none)}</p>
            </Empty>
          ) : (
            <div className="stack">
              {items.map((one) => (
                <Round key={one.id} of={one} />
              ))}
            </div>
          )
        }
      </Awaited>
    </Screen>
  );
}

function Round({ of }: { readonly of: MyRound }): ReactNode {
  const { t, lang } = useLang();
  const forget = useForget();
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  // Tapped again after a lost connection it is the same claim.
  const [id, setId] = useState(actionId);
  const mine = of.mine?.state === "held" || of.mine?.state === "waiting" ? of.mine : null;
  const takes = of.phase === "open" || of.phase === "late";

  const send = async (what: "claims" | "give-back"): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post(`/rounds/:id/${what}`, { id: of.id }, { id });
      setId(actionId());
      setAsking(false);
    } catch (error) {
      if (error instanceof Problem && error.status !== 0 && error.status < 500) setId(actionId());
      setProblem(error);
    } finally {
      await forget("/api/me/rounds", "/api/me/cases");
      setBusy(false);
    }
  };

  return (
    <section className="card" aria-label={of.title}>
      <h2>{of.title}</h2>
      <p className="soft">
        {t(of.serviceTitle)} · {of.unitName}
      </p>
      <p className="soft">
        {of.phase === "before"
          ? t(w.opens, { at: moment(of.opensAt, lang) })
          : of.phase === "over"
            ? t(w.over)
            : t(w.closes, { at: moment(of.closesAt, lang) })}
      </p>
      <p className="strong" role="status" style={{ margin: "8px 0" }}>
        {mine
          ? t(mine.state === "held" ? w.held : w.waiting, { n: mine.number })
          : of.mine?.state === "lapsed"
            ? t(w.lapsed)
            : of.left > 0
              ? t(w.left, { n: count(of.left), all: count(of.quota) })
              : of.waitingLeft > 0
                ? t(w.queue, { n: count(of.waitingLeft) })
                : t(w.full)}
      </p>
      {problem !== undefined && <Failed error={problem} />}
      {takes && !mine && (of.left > 0 || of.waitingLeft > 0) && (
        <Button kind="primary" wide busy={busy} onClick={() => void send("claims")}>
          {t(of.left > 0 ? w.claim : w.wait)}
        </Button>
      )}
      {mine && asking && (
        <>
          <p style={{ margin: "8px 0" }}>{t(w.sure)}</p>
          <div className="stack">
            <Button kind="danger" wide busy={busy} onClick={() => void send("give-back")}>
              {t(w.yes)}
            </Button>
            <Button wide onClick={() => setAsking(false)}>
              {t(w.no)}
            </Button>
          </div>
        </>
      )}
      {mine && !asking && (
        <div className="stack">
          {mine.caseId && <Link to={to.case(mine.caseId)}>{t(w.open)}</Link>}
          <Button wide onClick={() => setAsking(true)}>
            {t(w.back)}
          </Button>
        </div>
      )}
    </section>
  );
}
