import type { ReactNode } from "react";
import type { Mark } from "../../../src/procedures/marks.ts";
import { useLang, words } from "../lang.tsx";
import { markShown } from "./show.ts";

const w = words({ other: { zh: "换一个", en: "Use another" } });

/** A sealed value that fills the form unseen: its mask, and the way to type another. */
export function MarkControl({
  common,
  mark,
  onChange,
}: {
  readonly common: { readonly id: string };
  readonly mark: Mark;
  readonly onChange: (value: unknown) => void;
}): ReactNode {
  const { lang, t } = useLang();
  return (
    <div className="marked">
      <input {...common} className="input" readOnly value={markShown(mark, lang)} />
      <button
        type="button"
        className="button"
        onClick={() => {
          onChange(undefined);
          requestAnimationFrame(() => document.getElementById(common.id)?.focus());
        }}
      >
        {t(w.other)}
      </button>
    </div>
  );
}
