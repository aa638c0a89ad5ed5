import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { useLang, words } from "../shared/lang.tsx";
import { Poster } from "../shared/notices.tsx";
import { useAnswer } from "../shared/query.tsx";
import { Link, usePlaces } from "../shared/router.tsx";
import type { BoardNotice } from "../shared/types.ts";
import { Awaited } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  yours: {
    zh: "这是您自己的公示。有人提出异议时，工会先核查，再往下办。",
    en: "This notice is about you. If somebody objects, the union looks into it before it goes on.",
  },
  case: { zh: "看我的事项", en: "See my matter" },
});

/** One notice on the board of one's union. */
export default function Notice(): ReactNode {
  const { t } = useLang();
  const { id = "" } = usePlaces();
  const notice = useAnswer<BoardNotice>(addressOf("/me/notices/:id", { id }));
  return (
    <Screen title={notice.data ? t(notice.data.title) : ""} back={to.notices} noHeading>
      <Awaited of={notice}>
        {(found) => (
          <Poster notice={found} objectAt={to.object(found.id)}>
            {found.caseId !== null ? (
              <p>
                {t(w.yours)} <Link to={to.case(found.caseId)}>{t(w.case)}</Link>
              </p>
            ) : undefined}
          </Poster>
        )}
      </Awaited>
    </Screen>
  );
}
