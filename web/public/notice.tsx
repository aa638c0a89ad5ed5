import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { Poster } from "../shared/notices.tsx";
import { useAnswer } from "../shared/query.tsx";
import { usePlaces } from "../shared/router.tsx";
import type { NoticeLine } from "../shared/types.ts";
import { Awaited, ButtonLink } from "../shared/ui.tsx";
import { Page } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({ all: { zh: "全部公示", en: "All notices" } });

/** One notice, as the public reads it. */
export default function Notice(): ReactNode {
  const { t } = useLang();
  const { id = "" } = usePlaces();
  const notice = useAnswer<NoticeLine>(addressOf("/public/notices/:id", { id }));
  return (
    <Page title={notice.data ? t(notice.data.title) : ""} noHeading>
      <Awaited of={notice}>{(found) => <Poster notice={found} objectAt={to.object(found.id)} />}</Awaited>
      <p className="section no-print">
        <ButtonLink to={to.notices} kind="quiet">
          <Icon name="back" />
          {t(w.all)}
        </ButtonLink>
      </p>
    </Page>
  );
}
