import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import type { List } from "../shared/types.ts";
import { Awaited, ButtonLink, Empty } from "../shared/ui.tsx";
import { CaseCard } from "./case-card.tsx";
import type { OwnCase } from "./case-words.ts";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "我的事项", en: "My matters" },
  open: { zh: "正在办", en: "In hand" },
  ended: { zh: "已办结", en: "Closed" },
  none: {
    zh: "您还没有办过事。遇到困难，从办事里找。",
    en: "Nothing yet. When something happens, look under Services.",
  },
  go: { zh: "去办事", en: "See services" },
});

/** Every matter of one's own, those in hand first. */
export default function Cases(): ReactNode {
  const { t } = useLang();
  const cases = useAnswer<List<OwnCase>>(addressOf("/me/cases"));
  return (
    <Screen title={t(w.title)} back={to.home}>
      <Awaited of={cases}>
        {({ items }) => {
          const parts = [
            { title: t(w.open), of: items.filter(({ state }) => state !== "ended") },
            { title: t(w.ended), of: items.filter(({ state }) => state === "ended") },
          ].filter(({ of }) => of.length > 0);
          if (parts.length === 0) {
            return (
              <Empty icon="tasks">
                <p>{t(w.none)}</p>
                <ButtonLink to={to.services}>{t(w.go)}</ButtonLink>
              </Empty>
            );
          }
          return parts.map(({ title, of }) => (
            <section className="section" key={title}>
              <h2>{title}</h2>
              <div className="stack">
                {of.map((line) => (
                  <CaseCard key={line.id} line={line} />
                ))}
              </div>
            </section>
          ));
        }}
      </Awaited>
    </Screen>
  );
}
