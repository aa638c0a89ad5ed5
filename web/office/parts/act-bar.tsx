import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import type { Offer } from "../../shared/types.ts";
import { useKeys } from "./view.ts";
import "./act-bar.css";

const w = words({
  bar: { zh: "可办的动作", en: "What can be done" },
  why: { zh: "为什么不能办（{n}）", en: "Why not ({n})" },
  basis: { zh: "依据：{source}", en: "Under {source}" },
});

interface Action extends Pick<Offer, "name" | "title" | "kind" | "allowed"> {
  readonly refusal?: { readonly detail: string; readonly source?: unknown } | undefined;
}

/** Actions at the foot of what they are about; those not offered are grey and say why. `a` takes the first. */
export function ActBar<Of extends Action>(props: {
  readonly may: readonly Of[];
  /** Said while nothing can be done. */
  readonly idle: string;
  readonly onChoose: (offer: Of) => void;
  /** The form of the action chosen. */
  readonly children?: ReactNode;
}): ReactNode {
  const { t } = useLang();
  const able = props.may.filter((one) => one.allowed);
  const barred = props.may.filter((one) => !one.allowed);
  const first = able.find(({ kind }) => kind === "primary") ?? able[0];
  useKeys({ a: () => first && props.onChoose(first) });
  return (
    <section className="acting no-print" aria-label={t(w.bar)}>
      <div className="row-of">
        {able.map((one) => (
          <button
            type="button"
            key={one.name}
            className={`button ${one.kind === "normal" ? "" : one === first || one.kind === "danger" ? one.kind : ""}`}
            onClick={() => props.onChoose(one)}
          >
            {t(one.title)}
          </button>
        ))}
        {barred.map((one) => (
          <button
            type="button"
            key={one.name}
            className="button"
            aria-disabled="true"
            aria-describedby={`why-${one.name}`}
            title={one.refusal?.detail}
          >
            {t(one.title)}
          </button>
        ))}
        {able.length === 0 && <span className="muted">{props.idle}</span>}
      </div>
      {barred.length > 0 && (
        <details className="why" open={(able.length === 0 && barred.length <= 3) || undefined}>
          <summary>{t(w.why, { n: barred.length })}</summary>
          <ul>
            {barred.map((one) => (
              <li key={one.name} id={`why-${one.name}`}>
                <b>{t(one.title)}</b> {one.refusal?.detail}
                {typeof one.refusal?.source === "string" && ` ${t(w.basis, { source: one.refusal.source })}`}
              </li>
            ))}
          </ul>
        </details>
      )}
      {props.children}
    </section>
  );
}
