import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { Icon } from "../shared/icons.tsx";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { usePlaces } from "../shared/router.tsx";
import type { CasePage } from "../shared/types.ts";
import { Awaited, ButtonLink, Facts } from "../shared/ui.tsx";
import { clockOf, turnOfCase } from "./case-words.ts";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "./case.css";

const w = words({
  title: { zh: "已经收到您的申请", en: "We have your application" },
  number: { zh: "受理编号", en: "Number" },
  next: { zh: "接下来", en: "What happens next" },
  clock: { zh: "期限", en: "Time left" },
  otherwise: { zh: "到期没办", en: "If nothing happens" },
  follow: { zh: "看进度", en: "Follow it" },
  home: { zh: "回首页", en: "Go to the start" },
  told: { zh: "每走一步，消息里都会告诉您。", en: "Every step is told to you in your messages." },
});

/** The receipt: the number, whose turn it is now, until when, and what happens otherwise. */
export default function Received(): ReactNode {
  const { t, lang } = useLang();
  const { id = "" } = usePlaces();
  const page = useAnswer<CasePage>(addressOf("/cases/:id", { id }));
  return (
    <Screen
      title={t(w.title)}
      noHeading
      foot={
        <>
          <ButtonLink to={to.case(id)} kind="primary" wide replace>
            {t(w.follow)}
          </ButtonLink>
          <ButtonLink to={to.home} kind="quiet" wide replace>
            {t(w.home)}
          </ButtonLink>
        </>
      }
    >
      <div
        style={{
          display: "grid",
          gap: 16,
          justifyItems: "center",
          padding: "32px 0 24px",
          textAlign: "center",
        }}
      >
        <span className="done-mark">
          <Icon name="check" />
        </span>
        <h1 tabIndex={-1} style={{ fontSize: "1.5rem" }}>
          {t(w.title)}
        </h1>
        <p className="soft">{t(w.told)}</p>
      </div>
      <Awaited of={page}>
        {(found) => (
          <div className="card">
            <Facts
              of={[
                { label: t(w.number), value: <span className="strong number">{found.case.number}</span> },
                { label: t(w.next), value: turnOfCase(found, lang) },
                ...(clockOf(found.turn, lang)
                  ? [{ label: t(w.clock), value: clockOf(found.turn, lang) }]
                  : []),
                ...(spoken(found.turn.ifNothing, lang)
                  ? [{ label: t(w.otherwise), value: spoken(found.turn.ifNothing, lang) }]
                  : []),
              ]}
            />
          </div>
        )}
      </Awaited>
    </Screen>
  );
}
