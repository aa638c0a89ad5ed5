import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { go, useWhere } from "../shared/router.tsx";
import type { List, NoticeLine } from "../shared/types.ts";
import { Page } from "./frame.tsx";
import { NoticeRows } from "./notice-rows.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "正在公示", en: "Notices in force" },
  why: {
    zh: "名字只显示姓。对公示有不同意见，可以匿名提出，工会查清之前事情不会往下走。",
    en: "Names are shortened. Anybody may object, also without a name; until the union has looked into it, the matter goes no further.",
  },
  all: { zh: "全部", en: "All" },
  filter: { zh: "按种类看", en: "Show by kind" },
});

/** Every notice in force, by kind. */
export default function Notices(): ReactNode {
  const { t } = useLang();
  const { query } = useWhere();
  const kind = query.get("kind") ?? "";
  const all = useAnswer<List<NoticeLine>>(addressOf("/public/notices"));
  const kinds = [...new Map((all.data?.items ?? []).map((notice) => [notice.kind, notice.kindTitle]))];
  return (
    <Page title={t(w.title)}>
      <p className="soft" style={{ margin: "-8px 0 20px" }}>
        {t(w.why)}
      </p>
      {kinds.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: a row of switches, not a form.
        <div className="filters" role="group" aria-label={t(w.filter)}>
          <button
            type="button"
            className="pick"
            aria-pressed={kind === ""}
            onClick={() => go(to.notices, { replace: true })}
          >
            {t(w.all)}
          </button>
          {kinds.map(([one, title]) => (
            <button
              type="button"
              className="pick"
              key={one}
              aria-pressed={kind === one}
              onClick={() => go(`${to.notices}?kind=${encodeURIComponent(one)}`, { replace: true })}
            >
              {t(title)}
            </button>
          ))}
        </div>
      )}
      <NoticeRows {...(kind && { kind })} />
    </Page>
  );
}
