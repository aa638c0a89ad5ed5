import type { ReactNode } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { useMe } from "../shared/query.tsx";
import { UnionPage } from "../shared/union-page.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({ title: { zh: "我的工会", en: "My union" } });

/** One's own union as the public sees it: who it is, who holds which post, notices in force. */
export default function Union(): ReactNode {
  const { t } = useLang();
  const me = useMe().data;
  return (
    <Screen title={t(w.title)} back={to.mine}>
      {me?.person.unit && <UnionPage id={me.person.unit.id} />}
    </Screen>
  );
}
