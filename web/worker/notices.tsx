import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { NoticeRows } from "../shared/notices.tsx";
import { useAnswer } from "../shared/query.tsx";
import { Link } from "../shared/router.tsx";
import type { BoardNotice, List } from "../shared/types.ts";
import { Awaited } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "工会公示", en: "Notices of my union" },
  why: {
    zh: "这是您所在工会和上级工会的公示，登录的会员才看得到。同事家里的难处，请不要外传。",
    en: "These hang on the board of your union and of the unions above it; only members who are signed in see them. Please keep to yourself what you read about a colleague’s family.",
  },
  answer: { zh: "查异议的答复", en: "The answer to an objection" },
  answerWhy: { zh: "用提出异议时给您的查询码", en: "With the code you were given" },
});

/** Everything that hangs on the boards of one's unions. */
export default function Notices(): ReactNode {
  const { t } = useLang();
  const notices = useAnswer<List<BoardNotice>>(boardAddress);
  return (
    <Screen title={t(w.title)} back={to.home}>
      <p className="soft" style={{ marginBottom: 16 }}>
        {t(w.why)}
      </p>
      <Awaited of={notices} lines={4}>
        {({ items }) => <NoticeRows items={items} at={to.notice} />}
      </Awaited>
      <div className="rows section">
        <Link to={to.objection} className="row">
          <Icon name="search" />
          <span className="grow">
            {t(w.answer)}
            <span className="soft" style={{ display: "block" }}>
              {t(w.answerWhy)}
            </span>
          </span>
          <Icon name="next" />
        </Link>
      </div>
    </Screen>
  );
}

/** One address for the list, the home card and the union's page, so that it is asked once. */
export const boardAddress = addressOf("/me/notices", {}, { limit: 100 });
