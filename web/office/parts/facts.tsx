import type { ReactNode } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { useLang } from "../../shared/lang.tsx";

/** What is known, by name; what is not known is left out. */
export function Facts({ of }: { readonly of: readonly (readonly [Text, ReactNode])[] }): ReactNode {
  const { t } = useLang();
  return (
    <dl className="facts wide">
      {of
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label.en} style={{ display: "contents" }}>
            <dt>{t(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
