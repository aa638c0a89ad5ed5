import type { ReactNode } from "react";
import { day, moment } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import type { DeskPaper, DeskTimelineEntry } from "../types.ts";
import { SmallAnswers } from "./facts.tsx";
import { Papers } from "./papers.tsx";

const w = words({
  system: { zh: "系统按规则自动办理", en: "Done by rule" },
  filled: { zh: "填写的内容", en: "What was filled in" },
  passed: { zh: "没有这一级，跳过：{steps}", en: "No such level here, passed: {steps}" },
});

/** What was done, the latest first; each with who, when and what they wrote. */
export function Timeline(props: {
  readonly of: readonly DeskTimelineEntry[];
  readonly files: readonly DeskPaper[];
  readonly applicant: string;
}): ReactNode {
  const { lang, t } = useLang();
  const marked = props.files.some(({ replacedOn }) => replacedOn);
  const entries = [...props.of].reverse();
  return (
    <ol className="timeline">
      {entries.map((one, index) => {
        const role = one.byRoleTitle ? t(one.byRoleTitle) : "";
        // The program acts without a name; an applicant may have acted before theirs was known.
        const by =
          one.byName === null
            ? t(w.system)
            : [one.byUnitName, role, one.byName || props.applicant].filter(Boolean).join(" · ");
        const answers = Object.entries(one.answers ?? {}).filter(([key]) => one.answers?.[key] !== one.note);
        const papers = (one.papers ?? []).flatMap(
          (id) => props.files.find((file) => file.id === String(id)) ?? [],
        );
        const fields = (one.fields ?? []).filter((field) => answers.some(([key]) => key === field.key));
        return (
          <li key={one.seq} className={index === 0 ? "last" : undefined}>
            <div className="head-line">
              <b>{t(one.title)}</b>
              <time dateTime={one.at} title={moment(one.at, lang, "prose")}>
                {day(one.onDay, lang, "short")}
              </time>
            </div>
            <p className="by">
              {by}
              {one.toStepTitle && one.toStep !== one.fromStep && (
                <span className="to">→ {t(one.toStepTitle)}</span>
              )}
            </p>
            {one.note && <blockquote>{one.note}</blockquote>}
            {one.passed && one.passed.length > 0 && (
              <p className="by">
                {t(w.passed, { steps: one.passed.map((step) => t(step)).join(lang === "zh" ? "、" : ", ") })}
              </p>
            )}
            {fields.length > 0 && (
              <details>
                <summary>{t(w.filled)}</summary>
                <SmallAnswers fields={fields} answers={one.answers ?? {}} />
              </details>
            )}
            {papers.length > 0 && <Papers of={papers} marked={marked} />}
          </li>
        );
      })}
    </ol>
  );
}
