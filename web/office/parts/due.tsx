import type { ReactNode } from "react";
import { type Day, daysBetween, isDay } from "../../../src/kernel/day.ts";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useOfficer } from "./me.tsx";

const w = words({
  late: { zh: "逾期 {n} 天", en: "{n} days late" },
  lateOne: { zh: "逾期 1 天", en: "1 day late" },
  today: { zh: "今天到期", en: "due today" },
  tomorrow: { zh: "明天到期", en: "due tomorrow" },
  none: { zh: "无期限", en: "no day set" },
});

/** A deadline in words, red when past and amber when near; the words alone are enough. */
export function Due(props: { readonly on: string | null | undefined; readonly ended?: boolean }): ReactNode {
  const { lang, t } = useLang();
  const today = useOfficer().installation.today;
  const { on } = props;
  if (props.ended) return <span className="muted">—</span>;
  if (!on || !isDay(on)) return <span className="due muted">{t(w.none)}</span>;
  const left = daysBetween(today as Day, on);
  const title = day(on, lang, "prose");
  if (left < 0)
    return (
      <span className="due late" title={title}>
        {left === -1 ? t(w.lateOne) : t(w.late, { n: -left })}
      </span>
    );
  if (left <= 1)
    return (
      <span className="due soon" title={title}>
        {t(left === 0 ? w.today : w.tomorrow)}
      </span>
    );
  return (
    <span className="due" title={title}>
      {day(on, lang, "short")}
    </span>
  );
}
