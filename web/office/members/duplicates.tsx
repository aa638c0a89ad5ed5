import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { actionId, type Problem, post } from "../../shared/api.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useForget } from "../../shared/query.tsx";
import { Button, Empty, Failed, Skeleton } from "../../shared/ui.tsx";
import { More } from "../parts/listing.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { useSay } from "../parts/said.tsx";
import type { MemberLine } from "../types.ts";
import { statusText } from "./words.ts";

const w = words({
  title: { zh: "重复人员", en: "Duplicates" },
  members: { zh: "会员", en: "Members" },
  why: { zh: "像是同一个人：{why}", en: "These look like one person: {why}" },
  keep: { zh: "保留这一条", en: "Keep this one" },
  merge: { zh: "合并", en: "Merge" },
  merged: { zh: "已合并，可以撤销", en: "Merged; it can be undone" },
  undo: { zh: "撤销合并", en: "Undo" },
  undone: { zh: "合并已撤销", en: "The merge is undone" },
  none: { zh: "没有发现重复的人。", en: "No duplicates were found." },
  done: { zh: "最近的合并", en: "Recent merges" },
  born: { zh: "{year} 年生", en: "born {year}" },
});

interface Pair {
  readonly id: string;
  readonly why: Text;
  readonly people: readonly MemberLine[];
}
interface Merge {
  readonly id: string;
  readonly name: string;
}

/** People who look like one person: choose which record stays; a merge can be undone. */
export function Duplicates(): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const forget = useForget();
  const [merges, setMerges] = useState<readonly Merge[]>([]);
  const pages = usePages<Pair>("/members/duplicates");
  const undo = useMutation<unknown, Problem, string>({
    mutationFn: (id) => post("/merges/:id/undo", { id }, {}),
    onSuccess: async (_, id) => {
      setMerges((all) => all.filter((one) => one.id !== id));
      say(t(w.undone));
      await forget("/api/members");
    },
  });
  return (
    <div className="page narrow">
      <Crumbs of={[{ title: t(w.members), to: "/members" }]} />
      <PageHead title={t(w.title)} total={pages.total} />
      {undo.error && <Failed error={undo.error} />}
      {merges.length > 0 && (
        <section className="panel" style={{ marginBottom: 16 }} aria-label={t(w.done)}>
          <h2>{t(w.done)}</h2>
          <ul>
            {merges.map((one) => (
              <li key={one.id} style={{ display: "flex", alignItems: "center", padding: "4px 0" }}>
                {one.name}
                <button
                  type="button"
                  className="button"
                  style={{ marginLeft: "auto" }}
                  onClick={() => undo.mutate(one.id)}
                >
                  {t(w.undo)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {pages.error ? (
        <Failed error={pages.error} retry={pages.again} />
      ) : pages.loading ? (
        <Skeleton lines={8} />
      ) : pages.rows.length === 0 ? (
        <div className="panel">
          <Empty icon="check">{t(w.none)}</Empty>
        </div>
      ) : (
        pages.rows.map((pair) => (
          <PairPanel key={pair.id} of={pair} onMerged={(merge) => setMerges((all) => [merge, ...all])} />
        ))
      )}
      <More of={pages} />
    </div>
  );
}

function PairPanel(props: { readonly of: Pair; readonly onMerged: (merge: Merge) => void }): ReactNode {
  const { t } = useLang();
  const { people, why } = props.of;
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [keep, setKeep] = useState(people[0]?.id);
  const [id] = useState(actionId);
  const merge = useMutation<unknown, Problem>({
    mutationFn: () =>
      post("/members/merge", {}, { id, keepId: keep, mergeId: people.find((one) => one.id !== keep)?.id }),
    onSuccess: async () => {
      props.onMerged({ id, name: people[0]?.name ?? "" });
      say(t(w.merged));
      await forget("/api/members", "/api/units");
    },
  });
  return (
    <section className="panel">
      <p className="muted">{t(w.why, { why: t(why) })}</p>
      {merge.error && <Failed error={merge.error} />}
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 12, margin: "10px 0" }}>
        {people.map((one) => (
          <div key={one.id} className={one.id === keep ? "verdict yes" : "verdict"}>
            <Link to="/members/$id" params={{ id: one.id }} search={{}}>
              <b>{one.name}</b>
            </Link>
            <p>
              {one.unitName} · {t(statusText(one.status))}
              {one.birthYear ? ` · ${t(w.born, { year: one.birthYear })}` : ""}
              {one.memberNo ? ` · ${one.memberNo}` : ""}
            </p>
            <label className="choice">
              <input
                type="radio"
                name={`keep-${id}`}
                checked={one.id === keep}
                onChange={() => setKeep(one.id)}
              />
              {t(w.keep)}
            </label>
          </div>
        ))}
      </div>
      {can(me, "roster.write") && (
        <Button busy={merge.isPending} onClick={() => merge.mutate()}>
          {t(w.merge)}
        </Button>
      )}
    </section>
  );
}
