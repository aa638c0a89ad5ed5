import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { day } from "../shared/format.ts";
import { Icon } from "../shared/icons.tsx";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { usePlaces, useTitle } from "../shared/router.tsx";
import type { NoticeLine } from "../shared/types.ts";
import { Awaited, Button, ButtonLink, Facts } from "../shared/ui.tsx";
import { Page } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  runs: { zh: "公示期：{from}至{until}。", en: "In force from {from} to {until}." },
  how: {
    zh: "有不同意见，请在公示期内提出。可以不留姓名；您的身份只有核查人依规才能看到。",
    en: "Objections may be raised while it is in force, also without a name; who you are is sealed and seen only by those who look into it.",
  },
  object: { zh: "提出异议", en: "Raise an objection" },
  print: { zh: "打印", en: "Print" },
  all: { zh: "全部公示", en: "All notices" },
});

interface NoticePage extends NoticeLine {
  readonly takesObjections?: boolean;
}

/** One notice, as it would hang on the board. */
export default function Notice(): ReactNode {
  const { t } = useLang();
  const { id = "" } = usePlaces();
  const notice = useAnswer<NoticePage>(addressOf("/public/notices/:id", { id }));
  return (
    <Page title={notice.data ? t(notice.data.title) : ""} noHeading>
      <Awaited of={notice}>{(found) => <Poster notice={found} />}</Awaited>
      <p className="section no-print">
        <ButtonLink to={to.notices} kind="quiet">
          <Icon name="back" />
          {t(w.all)}
        </ButtonLink>
      </p>
    </Page>
  );
}

function Poster({ notice }: { readonly notice: NoticePage }): ReactNode {
  const { t, lang } = useLang();
  useTitle(t(notice.title));
  return (
    <article className="poster">
      <h1 tabIndex={-1}>{t(notice.title)}</h1>
      <p className="from">{notice.unitName}</p>
      <Facts
        of={notice.fields.map(({ label, value }) => ({ label: t(label), value: spoken(value, lang) }))}
      />
      <div className="until">
        <p>{t(w.runs, { from: day(notice.startsOn, lang), until: day(notice.endsOn, lang) })}</p>
        <p className="soft">{t(w.how)}</p>
      </div>
      <div className="buttons no-print">
        {notice.takesObjections !== false && (
          <ButtonLink to={to.object(notice.id)} kind="primary">
            {t(w.object)}
          </ButtonLink>
        )}
        <Button onClick={() => print()}>
          <Icon name="print" />
          {t(w.print)}
        </Button>
      </div>
    </article>
  );
}
