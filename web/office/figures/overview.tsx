import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { addressOf } from "../../shared/api.ts";
import { moment } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { unitWith, useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { UnitBox } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import type { Figure } from "../types.ts";
import type { Page } from "../units/types.ts";
import { marksOf, useBelow } from "./below.ts";
import { hidesAny, monthMarks, pageOf, partMarks, partUnit, shortWords, toldWords } from "./words.ts";
import "./figures.css";

const Trend = lazy(() => import("./chart.tsx").then((part) => ({ default: part.Trend })));
const Bars = lazy(() => import("./chart.tsx").then((part) => ({ default: part.Bars })));

const w = words({
  title: { zh: "统计", en: "Figures" },
  unit: { zh: "哪个工会", en: "Which union" },
  from: { zh: "从", en: "From" },
  to: { zh: "到", en: "to" },
  year: { zh: "今年", en: "This year" },
  twelve: { zh: "近 12 个月", en: "Twelve months" },
  table: { zh: "看表格", en: "As a table" },
  list: { zh: "打开名单", en: "Open the list" },
  noData: { zh: "这段时间没有可算的", en: "Nothing to measure in this period" },
  print: { zh: "打印", en: "Print" },
  part: { zh: "分项", en: "Part" },
  value: { zh: "数", en: "Value" },
  asOf: { zh: "{day} 的数", en: "on {day}" },
  tooSmall: { zh: "人数过小，不显示", en: "Of too few persons to be told" },
  stars: {
    zh: "标“*”的数字人数过小，或者会使过小的数字被推算出来；您的岗位不能打开背后的名单，所以不显示。",
    en: "Numbers marked * are of too few persons, or would give such a number away; your post does not open the list behind them.",
  },
  exportCsv: { zh: "导出对外统计表", en: "Export for outside" },
  change: { zh: "会员增减变动表", en: "How the members changed" },
  readAt: { zh: "数据截至 {moment}", en: "Data as of {moment}" },
});

interface Overview {
  readonly from: string;
  readonly to: string;
  readonly items: readonly Figure[];
  readonly readAt: string | null;
}

/** All figures of one union as small multiples; every number opens its list, every title its own page. */
export function Figures(): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const me = useOfficer();
  const unit = view.unit ?? unitWith(me, "figures.read");
  const found = useAnswer<Overview>(
    addressOf("/figures/overview", {}, { unit, from: view.from, to: view.to }),
    {
      enabled: unit !== undefined,
      staleTime: 60_000,
    },
  );
  return (
    <div className="page">
      <Above unit={unit} to="/figures" />
      <PageHead title={t(w.title)}>
        <Link to="/figures/member-change" search={view as never} className="button">
          {t(w.change)}
        </Link>
        {unit !== undefined && (
          <a
            className="button"
            href={addressOf("/figures/export", {}, { unit, from: view.from, to: view.to })}
            download
          >
            {t(w.exportCsv)}
          </a>
        )}
        <button type="button" className="button" onClick={() => print()}>
          {t(w.print)}
        </button>
      </PageHead>
      <SpanFilters unit={unit} />
      <Awaited of={found} lines={14}>
        {({ items, readAt }) => (
          <>
            <ReadAt of={readAt} />
            {items.some(hidesAny) && <p className="muted small">{t(w.stars)}</p>}
            <div className="figures">
              {items.map((one) => (
                <FigureCard key={one.measure} of={one} />
              ))}
            </div>
          </>
        )}
      </Awaited>
    </div>
  );
}

/** Unions above the one shown, as far as the officer may read. */
export function Above(props: { readonly unit: string | undefined; readonly to: string }): ReactNode {
  const [view] = useView();
  const unit = useAnswer<Page>(addressOf("/units/:id", { id: props.unit ?? "" }), {
    enabled: props.unit !== undefined,
    staleTime: 300_000,
  });
  const above = (unit.data?.ancestors ?? []).filter(({ mine }) => mine);
  if (above.length === 0) return null;
  return (
    <nav className="crumbs">
      {above.map((one) => (
        <Link key={one.id} to={props.to} search={{ ...view, unit: one.id } as never}>
          {one.name} ›
        </Link>
      ))}
    </nav>
  );
}

/** Which union, from when to when. */
export function SpanFilters({ unit }: { readonly unit: string | undefined }): ReactNode {
  const { t } = useLang();
  const [view, change] = useView();
  const { today } = useOfficer().installation;
  const year = today.slice(0, 4);
  const yearAgo = `${Number(year) - 1}${today.slice(4, 8)}01`;
  const box = (name: "from" | "to", first: string): ReactNode => (
    <input
      className="input"
      type="date"
      aria-label={t(w[name])}
      value={view[name] ?? first}
      onChange={(event) => change({ [name]: event.target.value || undefined })}
    />
  );
  return (
    <div className="filters">
      <UnitBox label={t(w.unit)} value={unit} onChange={(id) => change({ unit: id })} />
      {box("from", `${year}-01-01`)}
      <span aria-hidden="true">–</span>
      {box("to", today)}
      <button
        type="button"
        className="icon-button"
        aria-pressed={!view.from}
        onClick={() => change({ from: undefined, to: undefined })}
      >
        {t(w.year)}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-pressed={view.from === yearAgo}
        onClick={() => change({ from: yearAgo, to: undefined })}
      >
        {t(w.twelve)}
      </button>
    </div>
  );
}

/** Of which instant the figures are, when they come from a copy that runs behind. */
export function ReadAt({ of }: { readonly of: string | null }): ReactNode {
  const { lang, t } = useLang();
  if (of === null) return null;
  return <p className="muted small">{t(w.readAt, { moment: moment(of, lang) })}</p>;
}

function FigureCard({ of: one }: { readonly of: Figure }): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const list = pageOf(one.listUrl);
  const late = one.measure === "cases-overdue" && (one.value ?? 0) > 0;
  const parts = partMarks(one, t, lang).slice(0, 5);
  const trend = monthMarks(one, lang);
  const drawn = trend.length > 1 ? "trend" : parts.length > 0 ? "bars" : undefined;
  return (
    <section className="figure" aria-label={t(one.title)}>
      <h2>
        <Link
          to="/figures/$measure"
          params={{ measure: one.measure }}
          search={view as never}
          title={t(one.help)}
        >
          {t(one.title)}
        </Link>
        <span className="muted small" style={{ fontWeight: 400 }}>
          {one.kind === "stock"
            ? t(w.asOf, { day: one.asOf })
            : `${one.from.slice(0, 7)} – ${one.to.slice(0, 7)}`}
        </span>
      </h2>
      <div>
        {one.hidden ? (
          <span className="value number" title={t(w.tooSmall)}>
            *
          </span>
        ) : (
          <Link
            to={list.to}
            search={list.search as never}
            className={late ? "value late-value number" : "value number"}
            title={t(w.list)}
          >
            {one.value === null ? "—" : shortWords(one.value, one.unitOfMeasure, lang)}
          </Link>
        )}
      </div>
      <div className="draw">
        {one.value === null && !one.hidden && <p className="muted small">{t(w.noData)}</p>}
        <Suspense fallback={null}>
          {drawn === "trend" && <Trend label={t(one.title)} of={trend} height={110} />}
          {drawn === "bars" && (
            <Bars label={t(one.title)} of={parts} height={Math.max(30, parts.length * 24)} />
          )}
        </Suspense>
        {!drawn && one.value !== null && <ByUnion of={one} />}
      </div>
      {drawn && (
        <details>
          <summary>{t(w.table)}</summary>
          {drawn === "trend" ? (
            <PartTable of={monthRows(one)} unit={one.unitOfMeasure} />
          ) : (
            <PartTable of={partRows(one, t)} unit={partUnit(one.unitOfMeasure)} />
          )}
        </details>
      )}
    </section>
  );
}

/** A figure without parts of its own, split by the unions below. */
function ByUnion({ of: one }: { readonly of: Figure }): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const rows = useBelow(one.measure, one.unit.id, { from: view.from, to: view.to });
  const marks = marksOf(rows, one.unitOfMeasure, lang).slice(0, 5);
  if (!marks.some(({ value }) => (value ?? 0) > 0)) return <p className="muted small">{t(one.help)}</p>;
  return (
    <Suspense fallback={null}>
      <Bars label={t(one.title)} of={marks} height={marks.length * 24} />
    </Suspense>
  );
}

/** A line of a table of parts or months. */
interface PartRow {
  readonly name: string;
  readonly value: number | null;
  readonly hidden: boolean;
  readonly listUrl: string | null;
}

/** A figure's parts as rows, in the order it gives them, each under its label in the reader's language. */
export const partRows = (one: Figure, t: (text: Text) => string): readonly PartRow[] =>
  one.by.map((part) => ({ ...part, name: t(part.label) }));
/** A figure's trend as rows, one for each period. */
export const monthRows = (one: Figure): readonly PartRow[] =>
  one.series.map((point) => ({ ...point, name: point.period }));

/** The same numbers as a table; each opens its list, where it has one. */
export function PartTable(props: {
  readonly of: readonly PartRow[];
  readonly unit: Figure["unitOfMeasure"];
}): ReactNode {
  const { lang, t } = useLang();
  return (
    <table className="inner">
      <thead>
        <tr>
          <th scope="col">{t(w.part)}</th>
          <th scope="col" className="end">
            {t(w.value)}
          </th>
        </tr>
      </thead>
      <tbody>
        {props.of.map((row) => {
          const number = toldWords(row, props.unit, lang);
          const list = row.listUrl === null || row.hidden ? undefined : pageOf(row.listUrl);
          return (
            <tr key={row.name}>
              <td>{row.name}</td>
              <td className="end number">
                {list && row.value !== 0 ? (
                  <Link to={list.to} search={list.search as never} title={t(w.list)}>
                    {number}
                  </Link>
                ) : (
                  number
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
