import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { count } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";

const w = words({ of: { zh: "共 {n}", en: "{n} in all" }, path: { zh: "所在位置", en: "Where this is" } });

/** A page's heading, the true count of what it lists, and what can be done. */
export function PageHead(props: {
  readonly title: ReactNode;
  readonly total?: number | undefined;
  readonly children?: ReactNode;
  readonly note?: ReactNode;
}): ReactNode {
  const { t } = useLang();
  return (
    <header className="page-head">
      <h1>{props.title}</h1>
      {props.total !== undefined && (
        <span className="count" role="status">
          {t(w.of, { n: count(props.total) })}
        </span>
      )}
      {props.note}
      {props.children && <div className="acts">{props.children}</div>}
    </header>
  );
}

/** Where a page stands: links upward. */
export function Crumbs(props: {
  readonly of: readonly {
    readonly title: string;
    readonly to: string;
    readonly params?: Readonly<Record<string, string>>;
  }[];
}): ReactNode {
  const { t } = useLang();
  return (
    <nav aria-label={t(w.path)}>
      <ol className="crumbs">
        {props.of.map((one, index) => (
          <li key={`${one.to}${one.title}`}>
            {index > 0 && <Icon name="next" />}
            <Link to={one.to} params={one.params as never} search={{} as never}>
              {one.title}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The pages of a part of the desk. */
export function Tabs(props: {
  readonly label: string;
  readonly of: readonly {
    readonly title: string;
    readonly to: string;
    readonly search?: Readonly<Record<string, string>>;
    /** Shown as the one open, where the address alone does not tell. */
    readonly on?: boolean;
  }[];
}): ReactNode {
  return (
    <nav className="tabs" aria-label={props.label}>
      {props.of.map((one) => (
        <Link
          key={one.title}
          to={one.to}
          search={(one.search ?? {}) as never}
          activeOptions={{ exact: true, includeSearch: one.search !== undefined }}
          className={one.on ? "on" : undefined}
          activeProps={{ className: one.on === false ? "" : "on" }}
        >
          {one.title}
        </Link>
      ))}
    </nav>
  );
}
