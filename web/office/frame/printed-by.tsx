import type { ReactNode } from "react";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { PrintedLine } from "../../shared/printed-line.tsx";
import type { Me } from "../../shared/types.ts";

const w = words({
  line: { zh: "打印：{who}，{day} {time}", en: "Printed by {who}, {day} {time}" },
});

/** At the end of whatever is printed from the desk: who printed it, as what, and when. */
export function PrintedBy({ me }: { readonly me: Me }): ReactNode {
  const { lang, t } = useLang();
  const [post] = me.posts;
  const who = [post?.unit.name, post && t(post.roleTitle), me.person.name].filter(Boolean).join(" ");
  const said = (): string => {
    const time = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(11, 16);
    return t(w.line, { who, day: day(me.installation.today, lang), time });
  };
  return <PrintedLine said={said} />;
}
