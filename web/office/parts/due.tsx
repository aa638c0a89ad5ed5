import type { ReactNode } from "react";
import { type Day, daysBetween, isDay } from "../../../src/kernel/day.ts";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useOfficer } from "./me.tsx";

const w = words({
  late: { zh: "逾期 {n} 天", en: "{n} days late" },
  lateOne: { zh: "逾期 1 天", en: "1 day late" },
  lateWorking: { zh: "逾期 {n} 个工作日", en: "{n} working days late" },
  lateWorkingOne: { zh: "逾期 1 个工作日", en: "1 working day late" },
  past: { zh: "已过期限", en: "past its day" },
  today: { zh: "今天到期", en: "due today" },
  tomorrow: { zh: "明天到期", en: "due tomorrow" },
  none: { zh: "无期限", en: "no day set" },
});

/**
 * A deadline in words, red when past and amber when near; the words alone are enough. How late it is counts in the clock's own
 * unit where the server says it.
 */
export function Due(props: {
  readonly on: string | null | undefined;
  readonly left?: { readonly days: number; readonly unit: string } | null | undefined;
  readonly ended?: boolean;
}): ReactNode {
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
        {latenessOf(props.left ?? { days: left, unit: "calendar" }, t)}
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

/** No working day has gone by since a clock in working days ran out: it is late, and by none. */
function latenessOf(
  left: { readonly days: number; readonly unit: string },
  t: ReturnType<typeof useLang>["t"],
): string {
  const n = -left.days;
  if (n <= 0) return t(w.past);
  if (left.unit === "working") return n === 1 ? t(w.lateWorkingOne) : t(w.lateWorking, { n });
  return n === 1 ? t(w.lateOne) : t(w.late, { n });
}
