import type { ReactNode } from "react";
import { day, money } from "../shared/format.ts";
import { useLang, words } from "../shared/lang.tsx";
import { Link } from "../shared/router.tsx";
import type { Progress } from "../shared/types.ts";
import { type OwnCase, turnOfLine, waitsForMe } from "./case-words.ts";
import { to } from "./to.ts";

const w = words({
  line: { zh: "共 {all} 步,已办完 {done} 步", en: "{done} of {all} steps done" },
  opened: { zh: "{day}提交", en: "Sent {day}" },
});

/** A case as a card: what, where it stands, whose turn, until when. */
export function CaseCard({ line, note }: { readonly line: OwnCase; readonly note?: string }): ReactNode {
  const { t, lang } = useLang();
  const mine = waitsForMe(line) || note !== undefined;
  return (
    <Link to={to.case(line.id)} className="card case-card">
      <div className="head">
        <span className="strong">{t(line.serviceTitle)}</span>
        {line.amountFen !== null && line.amountFen > 0 && (
          <span className="number">{money(line.amountFen)}</span>
        )}
      </div>
      <p className="soft">
        <span className="number">{line.number}</span> ·{" "}
        {t(w.opened, { day: day(line.openedOn, lang, "short") })}
      </p>
      {line.progress && <ProgressLine of={line.progress} />}
      <p className="standing">
        <span className="strong">{t(line.stepTitle)}</span>
        <br />
        {mine ? <span className="mine">{note ?? turnOfLine(line, lang)}</span> : turnOfLine(line, lang)}
      </p>
    </Link>
  );
}

/** The way of a case as a line of its steps; said in words to who cannot see it. */
export function ProgressLine({ of }: { readonly of: readonly Progress[] }): ReactNode {
  const { t } = useLang();
  const walked = of.filter(({ state }) => state !== "skipped");
  const done = walked.filter(({ state }) => state === "done").length;
  return (
    <div className="line" role="img" aria-label={t(w.line, { all: walked.length, done })}>
      {of.map(({ step, state }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step may be walked twice.
        <span key={`${step}${index}`} className={state} />
      ))}
    </div>
  );
}
