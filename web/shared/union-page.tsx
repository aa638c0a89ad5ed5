import type { ReactNode } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { addressOf } from "./api.ts";
import { count, day } from "./format.ts";
import { spoken, useLang, words } from "./lang.tsx";
import { useAnswer } from "./query.tsx";
import { Awaited, Facts } from "./ui.tsx";

const w = words({
  members: { zh: "会员", en: "Members" },
  people: { zh: "{n} 人", en: "{n}" },
  level: { zh: "层级", en: "Level" },
  parent: { zh: "上级工会", en: "Union above" },
  term: { zh: "本届任期", en: "Present term" },
  contact: { zh: "联系方式", en: "Contact" },
  officers: { zh: "工会干部", en: "Officers" },
  notices: { zh: "正在公示", en: "Notices in force" },
});

/** What a union shows to anybody. */
export interface PublicUnit {
  readonly id: string;
  readonly name: string;
  readonly levelTitle: Text;
  readonly members?: number;
  readonly parentName?: string | null;
  readonly ancestors?: readonly { readonly id: string; readonly name: string }[];
  readonly termFrom?: string | null;
  readonly termUntil?: string | null;
  readonly contact?: string | null;
  readonly phone?: string | null;
  readonly address?: string | null;
  readonly posts?: readonly {
    readonly name?: string;
    readonly personName?: string;
    readonly roleTitle: Text;
  }[];
  readonly facts?: readonly { readonly label: Text; readonly value: string | Text }[];
}

/** A union: its name, level, officers, and the notices in force that the reader may see. */
export function UnionPage({ id, notices }: { readonly id: string; readonly notices: ReactNode }): ReactNode {
  const { t, lang } = useLang();
  const unit = useAnswer<PublicUnit>(addressOf("/public/units/:id", { id }));
  return (
    <>
      <Awaited of={unit}>
        {(found) => {
          const parent = found.parentName ?? found.ancestors?.at(-1)?.name;
          const facts = [
            { label: t(w.level), value: t(found.levelTitle) },
            ...(parent ? [{ label: t(w.parent), value: parent }] : []),
            ...(found.members !== undefined
              ? [{ label: t(w.members), value: t(w.people, { n: count(found.members) }) }]
              : []),
            ...(found.termFrom
              ? [
                  {
                    label: t(w.term),
                    value: `${day(found.termFrom, lang, "table")} – ${day(found.termUntil, lang, "table")}`,
                  },
                ]
              : []),
            ...(found.facts ?? []).map(({ label, value }) => ({
              label: t(label),
              value: spoken(value, lang),
            })),
            ...(found.contact || found.phone || found.address
              ? [
                  {
                    label: t(w.contact),
                    value: [found.contact, found.phone, found.address].filter(Boolean).join("\n"),
                  },
                ]
              : []),
          ];
          return (
            <>
              <div className="card">
                <p className="strong" style={{ fontSize: "1.25rem", marginBottom: 12 }}>
                  {found.name}
                </p>
                <Facts of={facts} />
              </div>
              {(found.posts ?? []).length > 0 && (
                <section className="section">
                  <h2>{t(w.officers)}</h2>
                  <ul className="rows">
                    {(found.posts ?? []).map((post, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list.
                      <li className="row" key={index}>
                        <span className="grow">{post.personName ?? post.name}</span>
                        <span className="soft">{t(post.roleTitle)}</span>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </>
          );
        }}
      </Awaited>
      <section className="section">
        <h2>{t(w.notices)}</h2>
        {notices}
      </section>
    </>
  );
}
