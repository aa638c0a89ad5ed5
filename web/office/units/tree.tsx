import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { addressOf } from "../../shared/api.ts";
import { count } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import type { List } from "../../shared/types.ts";
import { Awaited, Empty, Skeleton } from "../../shared/ui.tsx";
import { More, useRowKeys } from "../parts/listing.tsx";
import { useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import type { Line, Page } from "./types.ts";
import { UnitView } from "./unit.tsx";
import "./units.css";

const w = words({
  title: { zh: "组织", en: "Unions" },
  find: { zh: "名称、拼音或编码", en: "Name, pinyin or code" },
  open: { zh: "展开{name}", en: "Open {name}" },
  close: { zh: "收起{name}", en: "Close {name}" },
  none: { zh: "没有找到。", en: "Nothing found." },
  choose: { zh: "从左边选一个组织。", en: "Choose a union on the left." },
  members: { zh: "{n} 名会员", en: "{n} members" },
  tree: { zh: "组织树", en: "Tree of unions" },
});

/** The tree of unions at the left, the one chosen at the right. */
export function UnitsPage(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const { id } = useParams({ strict: false });
  const [typed, setTyped] = useState("");
  const q = useSlowly(typed.trim());
  const tree = useRef<HTMLDivElement>(null);
  useRowKeys(tree);
  const shown = id ?? me.posts[0]?.unit.id;
  const page = useAnswer<Page>(addressOf("/units/:id", { id: shown ?? "" }), {
    enabled: shown !== undefined,
  });
  const above = new Set(page.data?.ancestors.map((one) => String(one.id)));
  return (
    <div className={id ? "units named" : "units"}>
      <section className="units-tree no-print" aria-label={t(w.tree)}>
        <div className="top">
          <PageHead title={t(w.title)} />
          <input
            className="input"
            type="search"
            aria-label={t(w.find)}
            placeholder={t(w.find)}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
        <div className="scroll tree" ref={tree}>
          {q ? <Found q={q} chosen={shown} above={above} /> : <Roots chosen={shown} above={above} />}
        </div>
      </section>
      <div className="unit-main">
        {id && (
          <Link to="/units" search={{}} className="back-to-list no-print">
            <Icon name="back" />
            {t(w.title)}
          </Link>
        )}
        {shown ? <UnitView key={shown} id={shown} /> : <Empty icon="union">{t(w.choose)}</Empty>}
      </div>
    </div>
  );
}

interface Looking {
  readonly chosen: string | undefined;
  /** Unions above the one chosen: they stand open. */
  readonly above: ReadonlySet<string>;
}

function Roots({ chosen, above }: Looking): ReactNode {
  const top = useAnswer<List<Line>>(addressOf("/units", {}, { parent: "top", limit: 100 }), {
    staleTime: 60_000,
  });
  return (
    <Awaited of={top} lines={10}>
      {({ items }) => <Branches of={items} chosen={chosen} above={above} openFirst={items.length === 1} />}
    </Awaited>
  );
}

function Found({ q, chosen, above }: Looking & { readonly q: string }): ReactNode {
  const { t } = useLang();
  const pages = usePages<Line>("/units", { q });
  if (pages.loading) return <Skeleton lines={8} />;
  if (pages.rows.length === 0) return <p className="muted">{t(w.none)}</p>;
  return (
    <>
      <Branches of={pages.rows} chosen={chosen} above={above} />
      <More of={pages} />
    </>
  );
}

interface BranchesProps extends Looking {
  readonly of: readonly Line[];
  readonly openFirst?: boolean;
}

function Branches({ of, chosen, above, openFirst = false }: BranchesProps): ReactNode {
  return of.length === 0 ? null : (
    <ul>
      {of.map((one) => (
        <Branch key={one.id} of={one} chosen={chosen} above={above} first={openFirst} />
      ))}
    </ul>
  );
}

/** One union and, once opened, those below it. */
function Branch(props: Looking & { readonly of: Line; readonly first: boolean }): ReactNode {
  const { t } = useLang();
  const { of: one, chosen } = props;
  const [open, setOpen] = useState(props.first);
  const leads = props.above.has(one.id);
  useEffect(() => {
    if (leads) setOpen(true);
  }, [leads]);
  return (
    <li>
      <div className={one.id === chosen ? "branch on" : "branch"} data-row>
        {one.children > 0 ? (
          <button
            type="button"
            aria-expanded={open}
            aria-label={t(open ? w.close : w.open, { name: one.name })}
            onClick={() => setOpen(!open)}
          >
            <Icon name="next" />
          </button>
        ) : (
          <span className="no-twig" />
        )}
        <Link to="/units/$id" params={{ id: one.id }} search={{}} className="clip" title={one.name}>
          {one.shortName ?? one.name}
        </Link>
        <span className="n number" title={t(w.members, { n: count(one.members) })}>
          {one.members > 0 && count(one.members)}
        </span>
      </div>
      {open && <Below id={one.id} chosen={chosen} above={props.above} />}
    </li>
  );
}

function Below({ id, chosen, above }: Looking & { readonly id: string }): ReactNode {
  const pages = usePages<Line>(`/units/${id}/children`);
  if (pages.loading) return <Skeleton lines={2} />;
  return (
    <>
      <Branches of={pages.rows} chosen={chosen} above={above} />
      <More of={pages} />
    </>
  );
}
