import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { day } from "../shared/format.ts";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { Link } from "../shared/router.tsx";
import type { List, NoticeLine } from "../shared/types.ts";
import { Awaited, Empty } from "../shared/ui.tsx";
import { to } from "./to.ts";

const w = words({
  none: {
    zh: "现在没有公示。公示到期后自动撤下。",
    en: "No notices at present. A notice is taken down when it ends.",
  },
  until: { zh: "{day}截止", en: "until {day}" },
  left: { zh: "还剩 {n} 天", en: "{n} days left" },
  today: { zh: "今天截止", en: "ends today" },
});

/** Notices in force, the first to end first. */
export function NoticeRows(props: {
  readonly unit?: string;
  readonly kind?: string;
  readonly limit?: number;
}): ReactNode {
  const { t, lang } = useLang();
  const found = useAnswer<List<NoticeLine>>(
    addressOf("/public/notices", {}, { unit: props.unit, kind: props.kind, limit: props.limit }),
  );
  return (
    <Awaited of={found} lines={4}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty icon="paper">
            <p>{t(w.none)}</p>
          </Empty>
        ) : (
          <ul className="rows">
            {[...items]
              .sort((one, other) => (one.endsOn ?? "9999").localeCompare(other.endsOn ?? "9999"))
              .slice(0, props.limit ?? items.length)
              .map((notice) => (
                <li key={notice.id}>
                  <Link to={to.notice(notice.id)} className="row notice-row">
                    <span className="grow">
                      <span className="strong">
                        {[spoken(notice.fields[0]?.value, lang), t(notice.title)].filter(Boolean).join(" · ")}
                      </span>
                      <span className="soft" style={{ display: "block" }}>
                        {notice.unitName}
                        {t(notice.kindTitle) !== t(notice.title) && ` · ${t(notice.kindTitle)}`}
                      </span>
                    </span>
                    <span className="when">
                      {t(w.until, { day: day(notice.endsOn, lang, "short") })}
                      {notice.remainingDays !== null && (
                        <span className="soft" style={{ display: "block" }}>
                          {notice.remainingDays > 0 ? t(w.left, { n: notice.remainingDays }) : t(w.today)}
                        </span>
                      )}
                    </span>
                  </Link>
                </li>
              ))}
          </ul>
        )
      }
    </Awaited>
  );
}
