import { type ReactNode, useEffect, useRef } from "react";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import type { Me } from "../../shared/types.ts";

const w = words({
  line: { zh: "打印：{who}，{day} {time}", en: "Printed by {who}, {day} {time}" },
});

/** At the end of whatever is printed from the desk: who printed it, as what, and when. Not seen on the screen. */
export function PrintedBy({ me }: { readonly me: Me }): ReactNode {
  const { lang, t } = useLang();
  const line = useRef<HTMLParagraphElement>(null);
  const [post] = me.posts;
  const who = [post?.unit.name, post && t(post.roleTitle), me.person.name].filter(Boolean).join(" ");
  useEffect(() => {
    const write = (): void => {
      const time = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(11, 16);
      if (line.current)
        line.current.textContent = t(w.line, { who, day: day(me.installation.today, lang), time });
    };
    write();
    addEventListener("beforeprint", write);
    return () => removeEventListener("beforeprint", write);
  }, [lang, me.installation.today, t, who]);
  return <p className="print-only printed-by" ref={line} aria-hidden="true" />;
}
