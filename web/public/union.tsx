import type { ReactNode } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { usePlaces } from "../shared/router.tsx";
import { UnionPage } from "../shared/union-page.tsx";
import { Page } from "./frame.tsx";
import { NoticeRows } from "./notice-rows.tsx";

const w = words({ title: { zh: "工会", en: "A union" } });

/** A union in public. */
export default function Union(): ReactNode {
  const { t } = useLang();
  const { id = "" } = usePlaces();
  return (
    <Page title={t(w.title)}>
      <UnionPage id={id} notices={<NoticeRows unit={id} />} />
    </Page>
  );
}
