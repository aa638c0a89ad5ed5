import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { day, money } from "../shared/format.ts";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { Link } from "../shared/router.tsx";
import type { Progress, Service, ServiceList } from "../shared/types.ts";
import { endedWell, type OwnCase, turnOfLine, waitsForMe } from "./case-words.ts";
import { to } from "./to.ts";
import "./case-card.css";

const w = words({
  line: { zh: "共 {all} 步，已办完 {done} 步", en: "{done} of {all} steps done" },
  opened: { zh: "{day}提交", en: "Sent {day}" },
});

/** A case as a card: what, where it stands, whose turn, until when. */
export function CaseCard({ line, note }: { readonly line: OwnCase; readonly note?: string }): ReactNode {
  const { t, lang } = useLang();
  const mine = waitsForMe(line) || note !== undefined;
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const service = services.data?.items.find(({ id }) => id === line.service);
  // A case that ended otherwise than asked has no way to show, only its end.
  const walked = line.state !== "ended" || endedWell(line, service);
  const progress = walked ? (line.progress ?? (service && progressOf(line, service))) : undefined;
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
      {progress && <ProgressLine of={progress} />}
      <p className="standing">
        <span className="strong">{t(line.stepTitle)}</span>
        <br />
        {mine ? <span className="mine">{note ?? turnOfLine(line, lang)}</span> : turnOfLine(line, lang)}
      </p>
    </Link>
  );
}

/** Where a case stands on its service's way; a side-track such as “returned” stands at the beginning. */
function progressOf(line: OwnCase, service: Service): readonly Progress[] {
  const now = Math.max(
    0,
    service.steps.findIndex(({ id }) => id === line.step),
  );
  const ended = line.state === "ended";
  return service.steps.map(({ id, title }, index) => ({
    step: id,
    title,
    state: ended || index < now ? "done" : index === now ? "now" : "next",
    on: null,
  }));
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
