import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { Button, Empty, Failed, Skeleton } from "../../shared/ui.tsx";
import { csvOf, download } from "./csv.ts";
import { Menu } from "./menu.tsx";
import { allRows, type Pages } from "./pages.ts";
import { useSay } from "./said.tsx";
import { useKept, useKeys, useView } from "./view.ts";

const w = words({
  more: { zh: "再显示一些", en: "Show more" },
  columns: { zh: "选列", en: "Columns" },
  exportCsv: { zh: "导出", en: "Export" },
  exporting: { zh: "正在导出…", en: "Exporting…" },
  exported: { zh: "已导出 {n} 行", en: "{n} rows exported" },
  exportFailed: { zh: "没有导出。请再试一次。", en: "Nothing was exported. Please try again." },
  views: { zh: "视图", en: "Views" },
  saveView: { zh: "把现在的筛选存为视图", en: "Save these filters as a view" },
  viewName: { zh: "给视图起个名字", en: "Name the view" },
  dropView: { zh: "删除视图「{name}」", en: "Delete the view “{name}”" },
  sortBy: { zh: "按{column}排序", en: "Sort by {column}" },
  none: { zh: "没有符合的。放宽筛选再看。", en: "Nothing matches. Loosen the filters." },
  noneYet: { zh: "这里还没有内容。", en: "Nothing here yet." },
});

/** A column of a list. */
export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** The cell as plain text, for exports; columns without it are not exported. */
  readonly text?: (row: Row) => string;
  readonly width?: string;
  readonly end?: boolean;
  /** The server's word for sorting by it. */
  readonly sort?: string;
  /** Hidden until chosen. */
  readonly off?: boolean;
}

interface Props<Row> {
  readonly of: Pages<Row>;
  readonly columns: readonly Column<Row>[];
  /** Names the list on this device: chosen columns and saved views. */
  readonly name: string;
  readonly label: string;
  readonly rowKey: (row: Row) => string;
  readonly empty?: ReactNode;
  /** Whether some filter is set, so that an empty list says so. */
  readonly narrowed?: boolean;
  readonly chosen?: { readonly keys: ReadonlySet<string>; readonly set: (keys: ReadonlySet<string>) => void };
  readonly tools?: ReactNode;
  readonly filters?: ReactNode;
}

/**
 * A list of the server: filters, rows of 36 px under a head that stays, j and k to walk, chosen columns,
 * saved views, an export of the whole list. The first column holds the row's link.
 */
export function Listing<Row>(props: Props<Row>): ReactNode {
  const { of, columns, name, label, rowKey } = props;
  const { t } = useLang();
  const [view, change] = useView();
  const [shownKeys, setShown] = useKept<readonly string[] | null>(`columns.${name}`, null);
  const table = useRef<HTMLElement>(null);
  const shown = columns.filter((one, index) =>
    index === 0 ? true : shownKeys ? shownKeys.includes(one.key) : !one.off,
  );
  useRowKeys(table);
  return (
    <>
      <div className="filters">
        {props.filters}
        <div className="push" style={{ display: "flex", gap: 4 }}>
          {props.tools}
          <Views name={name} />
          <Menu button={t(w.columns)} stays>
            {columns.slice(1).map((one) => (
              <label key={one.key}>
                <input
                  type="checkbox"
                  checked={shown.includes(one)}
                  onChange={(event) => {
                    const now = shown.map(({ key }) => key);
                    setShown(event.target.checked ? [...now, one.key] : now.filter((key) => key !== one.key));
                  }}
                />
                {one.head}
              </label>
            ))}
          </Menu>
          <Export of={of} columns={columns} label={label} />
        </div>
      </div>
      {of.error && of.rows.length === 0 ? (
        <Failed error={of.error} retry={of.again} />
      ) : of.loading ? (
        <div className="panel">
          <Skeleton lines={12} />
        </div>
      ) : of.rows.length === 0 ? (
        <div className="panel">
          {props.narrowed ? (
            <Empty icon="search">{t(w.none)}</Empty>
          ) : (
            (props.empty ?? <Empty icon="paper">{t(w.noneYet)}</Empty>)
          )}
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard.
        <section className="table" ref={table} aria-label={label} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {shown.map((column) => (
                  <th
                    key={column.key}
                    scope="col"
                    className={column.end ? "end" : undefined}
                    style={{ width: column.width }}
                    aria-sort={column.sort && view.sort === column.sort ? "ascending" : undefined}
                  >
                    {column.sort ? (
                      <button
                        type="button"
                        aria-label={t(w.sortBy, { column: column.head })}
                        onClick={() => change({ sort: view.sort === column.sort ? undefined : column.sort })}
                      >
                        {column.head} {view.sort === column.sort ? "↑" : "↕"}
                      </button>
                    ) : (
                      column.head
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {of.rows.map((row) => (
                <tr key={rowKey(row)} data-row>
                  {shown.map((column) => (
                    <td key={column.key} className={column.end ? "end" : undefined}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <More of={of} />
        </section>
      )}
    </>
  );
}

/** Reads on when its end comes into sight; a button for those who walk by keyboard. */
export function More({ of }: { readonly of: Pages<unknown> }): ReactNode {
  const { t } = useLang();
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(of);
  latest.current = of;
  useEffect(() => {
    const element = end.current;
    if (!element || typeof IntersectionObserver === "undefined") return;
    const watcher = new IntersectionObserver((seen) => {
      const { hasMore, loadingMore, more } = latest.current;
      if (seen.some((one) => one.isIntersecting) && hasMore && !loadingMore) more();
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={end} className={of.hasMore ? "more" : undefined}>
      {of.hasMore && (
        <Button kind="quiet" busy={of.loadingMore} onClick={of.more}>
          {t(w.more)}
        </Button>
      )}
    </div>
  );
}

/** j and k walk the rows' links, Enter opens by itself. */
export function useRowKeys(within: { readonly current: HTMLElement | null }): void {
  const walk = (step: 1 | -1): void => {
    const links = [
      ...(within.current?.querySelectorAll<HTMLElement>("[data-row] a, a[data-row]") ?? []),
    ].filter(
      (link, index, all) =>
        all.findIndex((one) => one.closest("[data-row]") === link.closest("[data-row]")) === index,
    );
    const now = links.findIndex((link) => link.closest("[data-row]")?.contains(document.activeElement));
    const current = now < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) : now;
    const next = links[Math.max(0, Math.min(links.length - 1, current + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ j: () => walk(1), k: () => walk(-1) });
}

/** The whole list, as its filters have it, as a file. */
export function Export<Row>(props: {
  readonly of: Pages<Row>;
  readonly columns: readonly Column<Row>[];
  readonly label: string;
}): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      const rows = await allRows<Row>(props.of.path, props.of.query);
      const columns = props.columns.filter((one) => one.text);
      const table = rows.map((row) => columns.map((one) => one.text?.(row) ?? ""));
      download(`${props.label}.csv`, csvOf([columns.map(({ head }) => head), ...table]));
      say(t(w.exported, { n: rows.length }));
    } catch {
      say(t(w.exportFailed), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className="icon-button" disabled={busy} onClick={() => void run()}>
      {t(busy ? w.exporting : w.exportCsv)}
    </button>
  );
}

interface SavedView {
  readonly name: string;
  readonly view: Readonly<Record<string, string>>;
}

/** Filters kept under a name on this device, without what is open at the moment. */
export function Views(props: { readonly name: string; readonly without?: readonly string[] }): ReactNode {
  const { t } = useLang();
  const { name, without = [] } = props;
  const [whole, change] = useView();
  const view = Object.fromEntries(Object.entries(whole).filter(([key]) => !without.includes(key)));
  const [saved, setSaved] = useKept<readonly SavedView[]>(`views.${name}`, []);
  const [naming, setNaming] = useState("");
  const open = (chosen: SavedView): void => {
    const cleared = Object.fromEntries(Object.keys(view).map((key) => [key, undefined]));
    change({ ...cleared, ...chosen.view }, true);
  };
  return (
    <Menu button={t(w.views)} stays>
      {saved.map((one) => (
        <div key={one.name} style={{ display: "flex" }}>
          <button
            type="button"
            className="icon-button"
            style={{ flex: 1, justifyContent: "start" }}
            onClick={() => open(one)}
          >
            {one.name}
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={t(w.dropView, { name: one.name })}
            onClick={() => setSaved(saved.filter((other) => other !== one))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <form
        style={{ display: "flex", gap: 6, padding: 4 }}
        onSubmit={(event) => {
          event.preventDefault();
          const title = naming.trim();
          if (!title) return;
          setSaved([...saved.filter((one) => one.name !== title), { name: title, view }]);
          setNaming("");
        }}
      >
        <input
          className="input"
          style={{ margin: 0, width: 150 }}
          aria-label={t(w.viewName)}
          placeholder={t(w.viewName)}
          value={naming}
          onChange={(event) => setNaming(event.target.value)}
        />
        <button type="submit" className="button" aria-label={t(w.saveView)} title={t(w.saveView)}>
          <Icon name="plus" />
        </button>
      </form>
    </Menu>
  );
}

/** The link of a row's first cell. */
export function RowLink(props: {
  readonly to: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Link to={props.to} params={props.params as never} search={{} as never} className="open clip">
      {props.children}
    </Link>
  );
}
