import { Link, useParams } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { addressOf } from "../../shared/api.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { csvOf, download } from "../parts/csv.ts";
import { unitWith, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { useView } from "../parts/view.ts";
import type { Figure } from "../types.ts";
import { marksOf, useBelow } from "./below.ts";
import { Above, PartTable, SpanFilters } from "./overview.tsx";
import { figureWords, pageOf, shortWords } from "./words.ts";
import "./figures.css";

const Trend = lazy(() => import("./chart.tsx").then((part) => ({ default: part.Trend })));
const Bars = lazy(() => import("./chart.tsx").then((part) => ({ default: part.Bars })));

const w = words({
  figures: { zh: "统计", en: "Figures" },
  list: { zh: "打开名单", en: "Open the list" },
  behind: { zh: "看背后的办件", en: "See what it was computed from" },
  exportCsv: { zh: "导出", en: "Export" },
  by: { zh: "按什么分", en: "Split by" },
  trend: { zh: "逐月", en: "Month by month" },
  parts: { zh: "分项", en: "Parts" },
  below: { zh: "下级工会", en: "Unions below" },
  noBelow: { zh: "下面没有工会了。", en: "There are no unions below." },
  sex: { zh: "性别", en: "Sex" },
  group: { zh: "就业群体", en: "Employment" },
  migrant: { zh: "农民工", en: "Migrant" },
  age: { zh: "年龄", en: "Age" },
  level: { zh: "层级", en: "Level" },
  service: { zh: "事项", en: "Service" },
  step: { zh: "环节", en: "Step" },
  unit: { zh: "工会", en: "Union" },
  month: { zh: "月份", en: "Month" },
  outcome: { zh: "结果", en: "Outcome" },
  kind: { zh: "用途", en: "Purpose" },
  fund: { zh: "资金", en: "Fund" },
  stars: { zh: "星级", en: "Stars" },
});

/** One figure: its trend, its parts, and the same figure of every union below. */
export function MeasurePage(): ReactNode {
  const { t } = useLang();
  const { measure = "" } = useParams({ strict: false });
  const [view] = useView();
  const me = useOfficer();
  const unit = view.unit ?? unitWith(me, "figures.read");
  const span = { from: view.from, to: view.to };
  const found = useAnswer<Figure>(addressOf("/figures", {}, { unit, measure, by: view.by, ...span }), {
    enabled: unit !== undefined,
  });
  return (
    <div className="page">
      <Crumbs of={[{ title: t(w.figures), to: "/figures" }]} />
      <Above unit={unit} to={`/figures/${measure}`} />
      <Awaited of={found} lines={12}>
        {(one) => <Measured of={one} unit={unit ?? ""} span={span} />}
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
  const partUnit = of === "score" ? "cases" : of;
  const parts = one.by.map((part) => ({
    name: t(part.label),
    value: part.value,
    words: shortWords(part.value, partUnit, lang),
  }));
  const trend = one.series.map((point) => ({
    name: point.period,
    value: point.value,
    words: shortWords(point.value, of, lang),
  }));
  const splits = one.splits.filter((split) => split !== "month");
  const exportIt = (): void =>
    download(
      `${t(one.title)}.csv`,
      csvOf([
        ...one.by.map((part) => [t(part.label), figureWords(part.value, partUnit, lang)]),
        ...one.series.map((point) => [point.period, figureWords(point.value, of, lang)]),
      ]),
    );
  return (
    <>
      <PageHead title={t(one.title)} note={<span className="muted">{one.unit.name}</span>}>
        <button type="button" className="button" onClick={exportIt}>
          {t(w.exportCsv)}
        </button>
        <Link to={list.to} search={list.search as never} className="button primary">
          {t(one.counted ? w.list : w.behind)}
        </Link>
      </PageHead>
      <SpanFilters unit={props.unit} />
      <p className="muted">{t(one.help)}</p>
      <p style={{ fontSize: "2rem", fontWeight: 650, margin: "8px 0 16px" }} className="number">
        {figureWords(one.value, of, lang)}
      </p>
      <div className="stack">
        {trend.length > 1 && (
          <section className="panel" aria-label={t(w.trend)}>
            <h2>{t(w.trend)}</h2>
            <div className="two">
              <Suspense fallback={null}>
                <Trend label={t(one.title)} of={trend} height={220} axis />
              </Suspense>
              <PartTable of={one.series.map((point) => [point.period, point.value] as const)} unit={of} />
            </div>
          </section>
        )}
        {parts.length > 0 && (
          <section className="panel" aria-label={t(w.parts)}>
            <div className="panel-head">
              <h2>{t(w.parts)}</h2>
              {splits.length > 1 && (
                <select
                  className="select"
                  aria-label={t(w.by)}
                  value={view.by ?? splits[0]}
                  onChange={(event) => change({ by: event.target.value })}
                >
                  {splits.map((split) => (
                    <option key={split} value={split}>
                      {split in w ? t(w[split as keyof typeof w]) : split}
                    </option>
                  ))}
                </select>
              )}
            </div>
            <div className="two">
              <Suspense fallback={null}>
                <Bars label={t(one.title)} of={parts} height={Math.max(60, parts.length * 30)} />
              </Suspense>
              <PartTable of={one.by.map((part) => [t(part.label), part.value] as const)} unit={of} />
            </div>
          </section>
        )}
        <Below measure={one.measure} unit={props.unit} of={of} span={props.span} />
      </div>
    </>
  );
}

/** The same figure for each union directly below; a name leads one level down. */
function Below(props: {
  readonly measure: string;
  readonly unit: string;
  readonly of: Figure["unitOfMeasure"];
  readonly span: { readonly from: string | undefined; readonly to: string | undefined };
}): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const rows = useBelow(props.measure, props.unit, props.span, 40);
  const marks = marksOf(rows, props.of, lang);
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
              {rows.map(({ unit, value }) => (
                <tr key={unit.id}>
                  <td>
                    <Link
                      to="/figures/$measure"
                      params={{ measure: props.measure }}
                      search={{ ...view, unit: unit.id } as never}
                    >
                      {unit.name}
                    </Link>
                  </td>
                  <td className="end number">{figureWords(value, props.of, lang)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
