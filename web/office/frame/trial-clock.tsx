import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Problem, post, sentenceOf } from "../../shared/api.ts";
import { day } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import type { Me } from "../../shared/types.ts";
import { useSay } from "../parts/said.tsx";

const w = words({
  clock: { zh: "试用时钟", en: "Trial clock" },
  today: { zh: "试用日 ", en: "Trial day " },
  aheadOne: { zh: "往前拨 1 个工作日", en: "Move on by 1 working day" },
  ahead: { zh: "往前拨 {n} 个工作日", en: "Move on by {n} working days" },
  moved: { zh: "今天是{day}。到期的事都办过了。", en: "It is {day}. What fell due has been done." },
  moving: { zh: "正在拨时钟…", en: "Moving the clock…" },
});

/** On the fictitious federation alone: the day it is, and working days to move it on by. */
export function TrialClock({ me }: { readonly me: Me }): ReactNode {
  const { lang, t } = useLang();
  const say = useSay();
  const client = useQueryClient();
  const { today } = me.installation;
  const move = useMutation<unknown, Problem, number>({
    mutationFn: async (days) => {
      // The calendar weighs something: it comes when it is wanted.
      const { daysAhead } = await import("./days-ahead.ts");
      return post("/trial/clock", {}, { advance: `P${daysAhead(today, days)}D` });
    },
    onSuccess: async () => {
      await client.invalidateQueries();
      const now = client.getQueryData<Me>(["/api/me"])?.installation.today;
      if (now) say(t(w.moved, { day: day(now, lang) }));
    },
    onError: (error) => say(sentenceOf(error, lang), "bad"),
  });
  return (
    <fieldset className="trial" aria-label={t(w.clock)}>
      <span className="day">
        <Icon name="clock" />
        <span>
          <span className="long">{t(w.today)}</span>
          {move.isPending ? t(w.moving) : today}
        </span>
      </span>
      {[1, 5, 10].map((days) => (
        <button
          type="button"
          key={days}
          disabled={move.isPending}
          aria-label={t(days === 1 ? w.aheadOne : w.ahead, { n: days })}
          title={t(days === 1 ? w.aheadOne : w.ahead, { n: days })}
          onClick={() => move.mutate(days)}
        >
          +{days}
        </button>
      ))}
    </fieldset>
  );
}
