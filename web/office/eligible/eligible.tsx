import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { addressOf } from "../../shared/api.ts";
import { count, money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import { Awaited, Empty } from "../../shared/ui.tsx";
import { type Column, Listing } from "../parts/listing.tsx";
import { can, unitWith, useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { UnitBox } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import "./eligible.css";

const w = words({
  title: { zh: "免申即享", en: "Aid without asking" },
  lead: {
    zh: "按已有档案算出谁符合生活救助条件，在他们开口之前帮他们办。这里只试算，不作决定。",
    en: "Who qualifies for living aid by the files already held, so that you can act before they ask. Nothing is decided here.",
  },
  unit: { zh: "哪个工会", en: "Which union" },
  line: { zh: "换一个低保标准试算（元/人·月）", en: "What if the line were (yuan a person and month)" },
  back: { zh: "按现行标准", en: "As it is in force" },
  now: { zh: "现行标准", en: "In force" },
  if: { zh: "试算", en: "What if" },
  difference: { zh: "相差", en: "Difference" },
  households: { zh: "符合条件的家庭", en: "Households" },
  left: { zh: "全部发到上限还需", en: "To pay each up to its limit" },
  cap: { zh: "每户本年上限", en: "Limit of a household’s year" },
  lineHead: { zh: "低保标准", en: "Line" },
  months: {
    zh: "每户本年上限：{line} × {months} 个月",
    en: "Limit of a household’s year: {line} × {months} months",
  },
  notKept: {
    zh: "试算不会保存。要改标准，请到“政策”页。",
    en: "A trial is not kept. To change the line, go to Policies.",
  },
  why: { zh: "怎样算符合条件", en: "Who qualifies" },
  all: { zh: "下列条件同时满足：", en: "All of these together:" },
  source: { zh: "依据：{source}", en: "Under {source}" },
  lineSource: { zh: "低保标准：{source}", en: "The line: {source}" },
  below: { zh: "下一级各工会", en: "Unions directly below" },
  noneBelow: { zh: "下一级工会中没有符合条件的家庭。", en: "No household qualifies in the unions below." },
  list: { zh: "符合条件的家庭", en: "Households that qualify" },
  none: {
    zh: "没有符合条件的家庭。建立困难职工档案、档案在有效期内、本年额度未用完的会出现在这里。",
    en: "No household qualifies. Those on file, in force and with something left of the year appear here.",
  },
  head: { zh: "户主", en: "Head" },
  file: { zh: "档案编号", en: "File" },
  union: { zh: "所在工会", en: "Union" },
  category: { zh: "困难类别", en: "Category" },
  deep: { zh: "深度困难", en: "Deep" },
  relative: { zh: "相对困难", en: "Relative" },
  members: { zh: "人口", en: "Members" },
  validTo: { zh: "档案有效期", en: "File valid to" },
  leftOne: { zh: "本年剩余额度", en: "Left this year" },
  act: { zh: "办理", en: "Act" },
  start: { zh: "代为申请", en: "File for them" },
  startOne: { zh: "代为申请：{name}", en: "File for them: {name}" },
  sheet: { zh: "全部导出为 Excel", en: "All, as Excel" },
});

interface Fits {
  readonly lineFen: number;
  readonly capFen: number;
  readonly households: number;
  readonly leftFen: number;
}

interface Preview extends Fits {
  readonly unit: { readonly id: string; readonly name: string };
  readonly rule: readonly { readonly why: Text; readonly source: string | null }[];
  readonly lineSource: string;
  readonly months: number;
  readonly whatIf: Fits | null;
}

interface Household {
  readonly id: string;
  readonly fileNo: string;
  readonly headId: string;
  readonly headName: string;
  readonly unitName: string;
  readonly category: string;
  readonly members: number;
  readonly validTo: string;
  readonly caseId: string;
  readonly leftFen: number;
}

/** Who qualifies without applying: how many, for how much, why, in which unions, and by name; with another line as a trial. */
export function Eligible(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const [view, change] = useView();
  const unit = view.unit ?? unitWith(me, "figures.read");
  const query = { unit, lineFen: useSlowly(view.line) };
  const found = useAnswer<Preview>(addressOf("/eligibility/living-aid", {}, query), { staleTime: 30_000 });
  return (
    <div className="page">
      <PageHead title={t(w.title)} />
      <p className="muted eligible-lead">{t(w.lead)}</p>
      <div className="filters">
        <UnitBox label={t(w.unit)} value={unit} onChange={(id) => change({ unit: id })} />
        <LineBox />
      </div>
      <Awaited of={found} lines={8}>
        {(preview) => (
          <div className="eligible">
            <Sums of={preview} />
            <Why of={preview} />
          </div>
        )}
      </Awaited>
      {can(me, "case.read") && (
        <>
          <Below query={query} />
          <Households query={query} />
        </>
      )}
    </div>
  );
}

/** What is typed as yuan, in fen; nothing where it is no line that could be tried. */
function fenOf(typed: string): string | undefined {
  const fen = Math.round(Number(typed) * 100);
  return fen >= 1 && fen <= 10_000_000 ? String(fen) : undefined;
}

/** Another line to try, in yuan; the address holds it in fen. */
function LineBox(): ReactNode {
  const { t } = useLang();
  const [view, change] = useView();
  const [typed, setTyped] = useState(view.line ? String(Number(view.line) / 100) : "");
  const type = (next: string): void => {
    setTyped(next);
    change({ line: fenOf(next) });
  };
  return (
    <>
      <input
        className="input"
        inputMode="decimal"
        aria-label={t(w.line)}
        placeholder={t(w.line)}
        style={{ width: 280 }}
        value={typed}
        onChange={(event) => type(event.target.value)}
      />
      {view.line && (
        <button type="button" className="icon-button" onClick={() => type("")}>
          {t(w.back)}
        </button>
      )}
    </>
  );
}

function Sums({ of }: { readonly of: Preview }): ReactNode {
  const { t } = useLang();
  const { whatIf } = of;
  const rows: readonly {
    readonly title: string;
    readonly of: (fits: Fits) => number;
    readonly shown: (n: number) => string;
  }[] = [
    { title: t(w.households), of: (fits) => fits.households, shown: count },
    { title: t(w.left), of: (fits) => fits.leftFen, shown: money },
    { title: t(w.cap), of: (fits) => fits.capFen, shown: money },
    { title: t(w.lineHead), of: (fits) => fits.lineFen, shown: money },
  ];
  const signed = (n: number, shown: (n: number) => string): string =>
    n === 0 ? "—" : `${n > 0 ? "+" : "−"}${shown(Math.abs(n))}`;
  return (
    <section className="panel" aria-label={of.unit.name}>
      <h2>{of.unit.name}</h2>
      <table className="sums">
        {whatIf && (
          <thead>
            <tr>
              <td />
              <th scope="col">{t(w.now)}</th>
              <th scope="col">{t(w.if)}</th>
              <th scope="col">{t(w.difference)}</th>
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row) => (
            <tr key={row.title}>
              <th scope="row">{row.title}</th>
              <td className="number">{row.shown(row.of(of))}</td>
              {whatIf && (
                <>
                  <td className="number">
                    <b>{row.shown(row.of(whatIf))}</b>
                  </td>
                  <td className="number">{signed(row.of(whatIf) - row.of(of), row.shown)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {whatIf && <p className="muted small">{t(w.notKept)}</p>}
    </section>
  );
}

function Why({ of }: { readonly of: Preview }): ReactNode {
  const { t } = useLang();
  return (
    <section className="panel" aria-label={t(w.why)}>
      <h2>{t(w.why)}</h2>
      <p>{t(w.all)}</p>
      <ol>
        {of.rule.map((one) => (
          <li key={one.why.zh}>
            {t(one.why)}
            {one.source && <span className="soft small">{t(w.source, { source: one.source })}</span>}
          </li>
        ))}
      </ol>
      <p className="soft small">
        {t(w.months, { line: money(of.lineFen), months: of.months })}
        <br />
        {t(w.lineSource, { source: of.lineSource })}
      </p>
    </section>
  );
}

interface Query {
  readonly unit: string | undefined;
  readonly lineFen: string | undefined;
}

function Below({ query }: { readonly query: Query }): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const found = useAnswer<{
    readonly items: readonly {
      readonly unit: { readonly id: string; readonly name: string };
      readonly households: number;
      readonly leftFen: number;
    }[];
  }>(addressOf("/eligibility/living-aid/below", {}, { ...query }), { staleTime: 30_000 });
  const most = Math.max(1, ...(found.data?.items ?? []).map(({ households }) => households));
  return (
    <section aria-label={t(w.below)}>
      <h2>{t(w.below)}</h2>
      <Awaited of={found} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">{t(w.noneBelow)}</p>
          ) : (
            <div className="table">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t(w.union)}</th>
                    <th scope="col">{t(w.households)}</th>
                    <th scope="col">{t(w.left)}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.unit.id}>
                      <td>
                        <Link to="/eligible" search={{ ...view, unit: one.unit.id } as never}>
                          {one.unit.name}
                        </Link>
                      </td>
                      <td className="number">
                        {count(one.households)}{" "}
                        <meter min={0} max={most} value={one.households} aria-label={one.unit.name} />
                      </td>
                      <td className="number">{money(one.leftFen)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Awaited>
    </section>
  );
}

function Households({ query }: { readonly query: Query }): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const path = "/eligibility/living-aid/households";
  const pages = usePages<Household>(path, { ...query });
  const files = can(me, "aid.check");
  const categories: Readonly<Record<string, Text>> = { deep: w.deep, relative: w.relative };
  const category = (one: Household): string => t(categories[one.category] ?? w.relative);
  const columns: readonly Column<Household>[] = [
    {
      key: "head",
      head: t(w.head),
      cell: (one) => (
        <Link to="/cases/$id" params={{ id: one.caseId }} search={{}} className="open clip">
          {one.headName}
        </Link>
      ),
      text: (one) => one.headName,
    },
    {
      key: "file",
      head: t(w.file),
      cell: (one) => <span className="number">{one.fileNo}</span>,
      text: (one) => one.fileNo,
    },
    { key: "union", head: t(w.union), cell: (one) => one.unitName, text: (one) => one.unitName },
    { key: "category", head: t(w.category), cell: (one) => category(one), text: category },
    {
      key: "members",
      head: t(w.members),
      end: true,
      cell: (one) => count(one.members),
      text: (one) => String(one.members),
    },
    {
      key: "validTo",
      head: t(w.validTo),
      cell: (one) => <span className="number">{one.validTo}</span>,
      text: (one) => one.validTo,
    },
    {
      key: "left",
      head: t(w.leftOne),
      end: true,
      cell: (one) => <b className="number">{money(one.leftFen)}</b>,
      text: (one) => (one.leftFen / 100).toFixed(2),
    },
    ...(files
      ? [
          {
            key: "act",
            head: t(w.act),
            cell: (one: Household) => (
              <Link
                to="/start/$service"
                params={{ service: "living-aid" }}
                search={{ person: one.headId } as never}
                aria-label={t(w.startOne, { name: one.headName })}
              >
                {t(w.start)}
              </Link>
            ),
          },
        ]
      : []),
  ];
  return (
    <div>
      <h2>{t(w.list)}</h2>
      <Listing
        of={pages}
        columns={columns}
        name="eligible"
        label={t(w.list)}
        rowKey={(one) => one.id}
        empty={<Empty icon="heart">{t(w.none)}</Empty>}
        tools={
          <a className="icon-button" href={addressOf(path, {}, { ...query, as: "xlsx" })} download>
            {t(w.sheet)}
          </a>
        }
      />
    </div>
  );
}
