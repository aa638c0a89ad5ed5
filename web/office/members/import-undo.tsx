import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Problem, post } from "../../shared/api.ts";
import { count } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useForget } from "../../shared/query.tsx";
import type { Offer } from "../../shared/types.ts";
import { Button } from "../../shared/ui.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { useSay } from "../parts/said.tsx";
import type { ImportAnswer } from "./import-types.ts";

const w = words({
  take: { zh: "撤回待确认的 {n} 人", en: "Take back the {n} who have yet to confirm" },
  reason: { zh: "撤回的原因", en: "Why they are taken back" },
  sure: {
    zh: "这次导入登记、本人还没有答复的 {n} 人将全部撤回，每人都留记录，不再请本人确认；已经确认或说明不符的不变。撤回后不能恢复，可以重新导入。",
    en: "All {n} whom this import entered and who have not answered are taken back. Each leaves a record and is asked no longer; those who answered stay as they are. It cannot be undone; the roster can be loaded again.",
  },
  going: { zh: "已撤回 {n} 人……", en: "{n} taken back…" },
  done: { zh: "已撤回 {n} 人。", en: "{n} taken back." },
});

interface TakenBack {
  readonly takenBack: number;
  readonly left: number;
}

/** Takes back what an import entered and nobody has answered, for who decides on members. */
export function TakeBack({ of: it }: { readonly of: ImportAnswer }): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(0);
  const run = useMutation<number, Problem, string>({
    mutationFn: async (note) => {
      let all = 0;
      for (;;) {
        const { takenBack, left } = await post<TakenBack>("/imports/:id/take-back", { id: it.id }, { note });
        all += takenBack;
        setDone(all);
        if (left === 0 || takenBack === 0) return all;
      }
    },
    onSuccess: (all) => {
      say(t(w.done, { n: count(all) }));
      setOpen(false);
    },
    // What went through before a refusal is taken back all the same.
    onSettled: () => void forget("/api/imports", "/api/members"),
  });
  if (it.toConfirm === 0 || !can(me, "member.decide")) return null;
  const n = count(it.toConfirm);
  const offer: Offer = {
    name: "takeBack",
    title: { zh: w.take.zh.replace("{n}", n), en: w.take.en.replace("{n}", n) },
    kind: "danger",
    confirm: { zh: w.sure.zh.replace("{n}", n), en: w.sure.en.replace("{n}", n) },
    fields: [{ key: "note", kind: "longText", label: w.reason, required: true, maxLength: 500 }],
    allowed: true,
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t(w.take, { n })}</Button>
      {open && (
        <ActForm
          offer={offer}
          subject={it.fileName}
          busy={run.isPending}
          error={run.error}
          onClose={() => setOpen(false)}
          onAct={({ note }) => run.mutate(String(note))}
        >
          <p role="status">{run.isPending && done > 0 && t(w.going, { n: count(done) })}</p>
        </ActForm>
      )}
    </>
  );
}
