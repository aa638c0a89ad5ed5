import type { ReactNode } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { NoticeRows } from "../shared/notices.tsx";
import { useAnswer, useMe } from "../shared/query.tsx";
import type { BoardNotice, List } from "../shared/types.ts";
import { Awaited, ButtonLink, Empty } from "../shared/ui.tsx";
import { UnionPage } from "../shared/union-page.tsx";
import { Screen } from "./frame.tsx";
import { boardAddress } from "./notices.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "我的工会", en: "My union" },
  none: { zh: "您还没有加入工会。", en: "You have not joined a union yet." },
  join: { zh: "加入工会", en: "Join the union" },
});

/** One's own union: who it is, who holds which post, what hangs on its board. */
export default function Union(): ReactNode {
  const { t } = useLang();
  const me = useMe().data;
  return (
    <Screen title={t(w.title)} back={to.mine}>
      {me?.person.unit && <UnionPage id={me.person.unit.id} notices={<OnTheBoard />} />}
      {me && !me.person.unit && (
        <Empty icon="union">
          <p>{t(w.none)}</p>
          <ButtonLink to={to.service("join")} kind="primary">
            {t(w.join)}
          </ButtonLink>
        </Empty>
      )}
    </Screen>
  );
}

function OnTheBoard(): ReactNode {
  const notices = useAnswer<List<BoardNotice>>(boardAddress);
  return (
    <Awaited of={notices} lines={3}>
      {({ items }) => <NoticeRows items={items} at={to.notice} />}
    </Awaited>
  );
}
