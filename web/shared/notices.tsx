import type { ReactNode } from "react";
import { day } from "./format.ts";
import { Icon } from "./icons.tsx";
import { spoken, useLang, words } from "./lang.tsx";
import { Link, useTitle } from "./router.tsx";
import type { NoticeLine } from "./types.ts";
import { Button, ButtonLink, Empty, Facts } from "./ui.tsx";
import "./notices.css";

/** Notices as the public and a union's members read them; the fields are what differs. */

const w = words({
  none: {
    zh: "现在没有公示。公示到期后自动撤下。",
    en: "No notices at present. A notice is taken down when it ends.",
  },
  until: { zh: "{day}截止", en: "until {day}" },
  left: { zh: "还剩 {n} 天", en: "{n} days left" },
  leftWorking: { zh: "还剩 {n} 个工作日", en: "{n} working days left" },
  today: { zh: "今天截止", en: "ends today" },
  runs: { zh: "公示期：{from}至{until}。", en: "In force from {from} to {until}." },
  noEnd: {
    zh: "公示期：{from}起；下一年的放假安排公布后确定截止日期。",
    en: "In force from {from}; its last day is set when the next year’s holidays are published.",
  },
  how: {
    zh: "有不同意见，请在公示期内提出，可以不留姓名。工会查清之前，这件事不会往下走。",
    en: "Objections may be raised while it is in force, also without a name. Until the union has looked into it, the matter goes no further.",
  },
  object: { zh: "提出异议", en: "Raise an objection" },
  print: { zh: "打印", en: "Print" },
});

/** Notices in force, the first to end first; `at` is the address of one. */
export function NoticeRows(props: {
  readonly items: readonly NoticeLine[];
  readonly at: (id: string) => string;
}): ReactNode {
  const { t, lang } = useLang();
  if (props.items.length === 0) {
    return (
      <Empty icon="paper">
        <p>{t(w.none)}</p>
      </Empty>
    );
  }
  const soonest = [...props.items].sort((one, other) =>
    (one.endsOn ?? "9999").localeCompare(other.endsOn ?? "9999"),
  );
  return (
    <ul className="rows">
      {soonest.map((notice) => (
        <li key={notice.id}>
          <Link to={props.at(notice.id)} className="row notice-row">
            <span className="grow">
              <span className="strong">
                {[spoken(notice.fields[0]?.value, lang), t(notice.title)].filter(Boolean).join(" · ")}
              </span>
              <span className="soft" style={{ display: "block" }}>
                {notice.unitName}
                {t(notice.kindTitle) !== t(notice.title) && ` · ${t(notice.kindTitle)}`}
              </span>
            </span>
            {notice.endsOn !== null && (
              <span className="when">
                {t(w.until, { day: day(notice.endsOn, lang, "short") })}
                {notice.remainingDays !== null && (
                  <span className="soft" style={{ display: "block" }}>
                    {notice.remainingDays > 0 ? t(leftWord(notice), { n: notice.remainingDays }) : t(w.today)}
                  </span>
                )}
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

const leftWord = (notice: NoticeLine) => (notice.dayType === "working" ? w.leftWorking : w.left);

/** One notice, as it would hang on the board; `objectAt` is where an objection is written. */
export function Poster(props: {
  readonly notice: NoticeLine;
  readonly objectAt: string;
  readonly children?: ReactNode;
}): ReactNode {
  const { t, lang } = useLang();
  const { notice } = props;
  useTitle(t(notice.title));
  const from = day(notice.startsOn, lang);
  return (
    <article className="poster">
      <h1 tabIndex={-1}>{t(notice.title)}</h1>
      <p className="from">{notice.unitName}</p>
      <Facts
        of={notice.fields.map(({ label, value }) => ({ label: t(label), value: spoken(value, lang) }))}
      />
      <div className="until">
        <p>
          {notice.endsOn === null
            ? t(w.noEnd, { from })
            : t(w.runs, { from, until: day(notice.endsOn, lang) })}
        </p>
        {props.children ?? <p className="soft">{t(w.how)}</p>}
      </div>
      <div className="buttons no-print">
        {notice.takesObjections && props.children === undefined && (
          <ButtonLink to={props.objectAt} kind="primary">
            {t(w.object)}
          </ButtonLink>
        )}
        <Button onClick={() => print()}>
          <Icon name="print" />
          {t(w.print)}
        </Button>
      </div>
    </article>
  );
}
