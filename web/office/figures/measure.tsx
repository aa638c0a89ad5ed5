import { Link, useParams } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { addressOf } from "../../shared/api.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { unitWith, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { useView, type View } from "../parts/view.ts";
import type { Figure } from "../types.ts";
import { marksOf, useBelow } from "./below.ts";
import { Above, monthRows, PartTable, partRows, ReadAt, SpanFilters } from "./overview.tsx";
import { hidesAny, monthMarks, pageOf, partMarks, partUnit, toldWords } from "./words.ts";
import "./figures.css";

const Trend = lazy(() => import("./chart.tsx").then((part) => ({ default: part.Trend })));
const Bars = lazy(() => import("./chart.tsx").then((part) => ({ default: part.Bars })));

const w = words({
  figures: { zh: "统计", en: "Figures" },
  list: { zh: "打开名单", en: "Open the list" },
  behind: { zh: "看背后的记录", en: "See what it was computed from" },
  exportCsv: { zh: "导出对外统计表", en: "Export for outside" },
  by: { zh: "按什么分", en: "Split by" },
  trend: { zh: "逐月", en: "Month by month" },
  ends: { zh: "各月末", en: "At the end of each month" },
  parts: { zh: "分项", en: "Parts" },
  below: { zh: "下级工会", en: "Unions below" },
  noBelow: { zh: "下面没有工会了。", en: "There are no unions below." },
  stars: {
    zh: "标“*”的数字人数过小，或者会使过小的数字被推算出来；您的岗位不能打开背后的名单，所以不显示。",
    en: "Numbers marked * are of too few persons, or would give such a number away; your post does not open the list behind them.",
  },
});

/** One figure: its trend, its parts, and the same figure of every union below. */
export function MeasurePage(): ReactNode {
  const { t } = useLang();
  const { measure = "" } = useParams({ strict: false });
  const [view] = useView();
  const me = useOfficer();
  const unit = view.unit ?? unitWith(me, "figures.read");
  const span = { from: view.from, to: view.to };
  const found = useAnswer<Figure & { readonly readAt: string | null }>(
    addressOf("/figures", {}, { unit, measure, by: view.by, ...span }),
    {
      enabled: unit !== undefined,
    },
  );
  return (
    <div className="page">
      <Crumbs of={[{ title: t(w.figures), to: "/figures" }]} />
      <Above unit={unit} to={`/figures/${measure}`} />
      <Awaited of={found} lines={12}>
        {(one) => (
          <>
            <ReadAt of={one.readAt} />
            <Measured of={one} unit={unit ?? ""} span={span} />
          </>
        )}
      </Awaited>
    </div>
  );
}

function Measured(props: {
  readonly of: Figure;
  readonly unit: string;
  readonly span: { readonly from: string | undefined; readonly to: string | undefined };
}): ReactNode {
  const { lang, t } = useLang();
  const [view, change] = useView();
  const { of: one } = props;
  const list = pageOf(one.listUrl);
  const { unitOfMeasure: of } = one;
  const parts = partMarks(one, t, lang);
  const trend = monthMarks(one, lang);
  const splits = one.splits.filter((split) => split !== "month");
  const months = t(one.kind === "stock" ? w.ends : w.trend);
  return (
    <>
      <PageHead title={t(one.title)} note={<span className="muted">{one.unit.name}</span>}>
        <a
          className="button"
          href={addressOf("/figures/export", {}, { unit: props.unit, measure: one.measure, ...props.span })}
          download
        >
          {t(w.exportCsv)}
        </a>
        {!one.hidden && (
          <Link to={list.to} search={list.search as never} className="button primary">
            {t(one.counted ? w.list : w.behind)}
          </Link>
        )}
      </PageHead>
      <SpanFilters unit={props.unit} />
      <p className="muted">{t(one.help)}</p>
      <p style={{ fontSize: "2rem", fontWeight: 650, margin: "8px 0 16px" }} className="number">
        {toldWords(one, of, lang)}
      </p>
      {hidesAny(one) && <p className="muted small">{t(w.stars)}</p>}
      <div className="stack">
        {trend.length > 1 && (
          <section className="panel" aria-label={months}>
            <h2>{months}</h2>
            <div className="two">
              <Suspense fallback={null}>
                <Trend label={t(one.title)} of={trend} height={220} axis />
              </Suspense>
              <PartTable of={monthRows(one)} unit={of} />
            </div>
          </section>
        )}
        {splits.length > 0 && (
          <section className="panel" aria-label={t(w.parts)}>
            <div className="panel-head">
              <h2>{t(w.parts)}</h2>
              {splits.length > 1 && (
                <select
                  className="select"
                  aria-label={t(w.by)}
                  value={one.split ?? splits[0]}
                  onChange={(event) => change({ by: event.target.value })}
                >
                  {splits.map((split) => (
                    <option key={split} value={split}>
                      {t(one.splitTitles[split] ?? { zh: split, en: split })}
                    </option>
                  ))}
                </select>
              )}
            </div>
            <div className="two">
              <Suspense fallback={null}>
                <Bars label={t(one.title)} of={parts} height={Math.max(60, parts.length * 30)} />
              </Suspense>
              <PartTable of={partRows(one, t)} unit={partUnit(of)} />
            </div>
          </section>
        )}
        <Below measure={one.measure} unit={props.unit} of={of} span={props.span} view={view} />
      </div>
    </>
  );
}

/** Bars that still read at a glance; the table has all. */
const mostBars = 40;

/** The same figure for each union directly below; a name leads one level down. */
function Below(props: {
  readonly measure: string;
  readonly unit: string;
  readonly of: Figure["unitOfMeasure"];
  readonly span: { readonly from: string | undefined; readonly to: string | undefined };
  readonly view: View;
}): ReactNode {
  const { lang, t } = useLang();
  const { view } = props;
  const rows = useBelow(props.measure, props.unit, props.span);
  const marks = marksOf(rows, props.of, lang).slice(0, mostBars);
  return (
    <section className="panel" aria-label={t(w.below)}>
      <h2>{t(w.below)}</h2>
      {rows.length === 0 ? (
        <p className="muted">{t(w.noBelow)}</p>
      ) : (
        <div className="two">
          <Suspense fallback={null}>
            {marks.length > 0 && (
              <Bars label={t(w.below)} of={marks} height={Math.max(60, marks.length * 30)} />
            )}
          </Suspense>
          <table className="inner">
            <tbody>
              {rows.map((row) => (
                <tr key={row.unit.id}>
                  <td>
                    <Link
                      to="/figures/$measure"
                      params={{ measure: props.measure }}
                      search={{ ...view, unit: row.unit.id } as never}
                    >
                      {row.unit.name}
                    </Link>
                  </td>
                  <td className="end number">{toldWords(row, props.of, lang)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
