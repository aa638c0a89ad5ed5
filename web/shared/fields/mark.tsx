import type { ReactNode } from "react";
import type { Mark } from "../../../src/procedures/marks.ts";
import { useLang, words } from "../lang.tsx";
import { dotted } from "./show.ts";

const w = words({
  onFile: { zh: "用档案里的", en: "As on file" },
  other: { zh: "换一个", en: "Use another" },
});

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
  const { t } = useLang();
  return (
    <div className="marked">
      <input {...common} className="input" readOnly value={dotted(mark.shown ?? t(w.onFile))} />
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
