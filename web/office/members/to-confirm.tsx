import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { addressOf, type Problem, post } from "../../shared/api.ts";
import { count } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import { Button, Failed, Note } from "../../shared/ui.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { useSay } from "../parts/said.tsx";

const w = words({
  waiting: { zh: "{n} 人待本人确认", en: "{n} yet to confirm" },
  waitingWhy: {
    zh: "名册导入的人，本人确认以后才计入会员数。",
    en: "People loaded from a roster count as members once they confirm.",
  },
  disowned: { zh: "{n} 人说明情况不符", en: "{n} say it is not so" },
  remind: { zh: "提醒未确认的 {n} 人", en: "Remind {n} of them" },
  all: { zh: "都已提醒过一次。", en: "All were reminded once." },
  sure: {
    zh: "向还没有提醒过的 {n} 人各发一条提醒。每人只提醒一次。",
    en: "Each of {n} people who were not reminded yet gets one message. Nobody is reminded twice.",
  },
  done: { zh: "正在提醒 {n} 人", en: "Reminding {n} people" },
});

interface Counts {
  readonly waiting: number;
  readonly unreminded: number;
  readonly disowned: number;
}

/** How many a roster names who have yet to confirm it, with the way to them and the one reminder; nothing when nobody. */
export function ToConfirm({ unit }: { readonly unit: string | undefined }): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [asking, setAsking] = useState(false);
  const counts = useAnswer<Counts>(addressOf("/members/confirmations", {}, { unit }), { staleTime: 15_000 });
  const remind = useMutation<{ readonly reminding: number }, Problem>({
    mutationFn: () => post("/members/remind", {}, { ...(unit !== undefined && { unit }) }),
    onSuccess: async ({ reminding }) => {
      setAsking(false);
      say(t(w.done, { n: count(reminding) }));
      await forget("/api/members");
    },
  });
  const { waiting = 0, unreminded = 0, disowned = 0 } = counts.data ?? {};
  if (waiting === 0 && disowned === 0) return null;
  const to = (status: string) => ({ ...(unit !== undefined && { unit }), status }) as never;
  return (
    <div style={{ marginBottom: 12 }}>
      <Note>
        <p style={{ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "center" }}>
          {waiting > 0 && (
            <Link to="/members" search={to("APPLIED_BY_UNION")}>
              {t(w.waiting, { n: count(waiting) })}
            </Link>
          )}
          {disowned > 0 && (
            <Link to="/members" search={to("disowned")}>
              {t(w.disowned, { n: count(disowned) })}
            </Link>
          )}
          <span className="muted">
            {t(w.waitingWhy)} {waiting > 0 && unreminded === 0 && t(w.all)}
          </span>
          {unreminded > 0 && can(me, "roster.write") && (
            <Button onClick={() => setAsking(true)}>{t(w.remind, { n: count(unreminded) })}</Button>
          )}
        </p>
      </Note>
      {asking && (
        <Dialog title={t(w.remind, { n: count(unreminded) })} onClose={() => setAsking(false)}>
          {remind.error && <Failed error={remind.error} />}
          <p>{t(w.sure, { n: count(unreminded) })}</p>
          <div className="buttons">
            <Button kind="primary" busy={remind.isPending} onClick={() => remind.mutate()}>
              {t(w.remind, { n: count(unreminded) })}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
