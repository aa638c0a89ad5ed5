import type { ReactNode } from "react";
import { levels, unitStatuses } from "../../../src/units/levels.ts";
import { count } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { Choose, ClearFilters, SearchBox } from "../parts/filters.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import type { Line } from "./types.ts";

const w = words({
  title: { zh: "工会名单", en: "List of unions" },
  find: { zh: "名称、拼音或编码", en: "Name, pinyin or code" },
  under: { zh: "在哪个工会之下", en: "Below which union" },
  level: { zh: "层级", en: "Level" },
  status: { zh: "状态", en: "State" },
  name: { zh: "名称", en: "Name" },
  code: { zh: "编码", en: "Code" },
  members: { zh: "会员", en: "Members" },
  region: { zh: "区划", en: "Region" },
  uscc: { zh: "信用代码", en: "Credit code" },
});

/** Unions as a list: the list behind the figure of unions. */
export function UnitList(): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const pages = usePages<Line>("/units", {
    q: view.q,
    under: view.under,
    level: view.level,
    status: view.status,
  });
  const columns: readonly Column<Line>[] = [
    {
      key: "name",
      head: t(w.name),
      cell: (one) => (
        <RowLink to="/units/$id" params={{ id: one.id }}>
          {one.name}
        </RowLink>
      ),
      text: (one) => one.name,
    },
    { key: "level", head: t(w.level), cell: (one) => t(one.levelTitle), text: (one) => t(one.levelTitle) },
    {
      key: "status",
      head: t(w.status),
      cell: (one) => (
        <span className={`state ${one.status === "ACTIVE" ? "good" : "warn"}`}>{t(one.statusTitle)}</span>
      ),
      text: (one) => t(one.statusTitle),
    },
    {
      key: "members",
      head: t(w.members),
      end: true,
      cell: (one) => <span className="number">{count(one.members)}</span>,
      text: (one) => String(one.members),
    },
    {
      key: "code",
      head: t(w.code),
      cell: (one) => <span className="number">{one.code}</span>,
      text: (one) => one.code,
    },
    {
      key: "region",
      head: t(w.region),
      cell: (one) => <span className="number">{one.regionCode}</span>,
      text: (one) => one.regionCode,
    },
    {
      key: "uscc",
      head: t(w.uscc),
      off: true,
      cell: (one) => <span className="number">{one.uscc ?? ""}</span>,
      text: (one) => one.uscc ?? "",
    },
  ];
  return (
    <div className="page full">
      <PageHead title={t(w.title)} total={pages.total} />
      <Listing
        of={pages}
        columns={columns}
        name="unions"
        label={t(w.title)}
        rowKey={(one) => one.id}
        narrowed={Boolean(view.q || view.under || view.level || view.status)}
        filters={
          <>
            <SearchBox label={t(w.find)} />
            <PickUnit name="under" label={t(w.under)} />
            <Choose
              name="level"
              label={t(w.level)}
              options={Object.entries(levels).map(([value, title]) => ({ value, label: t(title) }))}
            />
            <Choose
              name="status"
              label={t(w.status)}
              options={Object.entries(unitStatuses).map(([value, title]) => ({ value, label: t(title) }))}
            />
            <ClearFilters names={["q", "under", "level", "status"]} />
          </>
        }
      />
    </div>
  );
}
