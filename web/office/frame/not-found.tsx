import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { Empty } from "../../shared/ui.tsx";

const w = words({
  title: { zh: "没有这一页", en: "There is no such page" },
  why: {
    zh: "地址可能抄错了，或者内容不在您的范围里。",
    en: "The address may be wrong, or it lies outside your union.",
  },
  back: { zh: "回到待办", en: "Back to the inbox" },
});

/** The page for an address that is none and for what lies outside the reader's unions, not told apart. */
export function NotFound(): ReactNode {
  const { t } = useLang();
  return (
    <div className="page">
      <Empty icon="search">
        <h1>{t(w.title)}</h1>
        <p>{t(w.why)}</p>
        <Link to="/inbox" className="button">
          {t(w.back)}
        </Link>
      </Empty>
    </div>
  );
}
