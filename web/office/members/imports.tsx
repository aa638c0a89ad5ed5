import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { count, moment } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { Empty } from "../../shared/ui.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { State, stateText } from "../parts/state.tsx";
import type { ImportLine } from "./import-types.ts";

const w = words({
  title: { zh: "导入记录", en: "Imports" },
  members: { zh: "会员", en: "Members" },
  fresh: { zh: "导入表格", en: "Import a sheet" },
  file: { zh: "文件", en: "File" },
  kind: { zh: "种类", en: "Kind" },
  roster: { zh: "会员名册", en: "Roster" },
  units: { zh: "组织", en: "Unions" },
  register: { zh: "低收入人口登记", en: "Low-income register" },
  unit: { zh: "工会", en: "Union" },
  state: { zh: "状态", en: "State" },
  read: { zh: "读入", en: "Read" },
  loaded: { zh: "新增", en: "Loaded" },
  updated: { zh: "更新", en: "Updated" },
  duplicates: { zh: "重复", en: "Duplicates" },
  rejected: { zh: "未导入", en: "Not loaded" },
  at: { zh: "时间", en: "When" },
  none: { zh: "还没有导入过。", en: "Nothing has been imported yet." },
});

/** Every sheet that was loaded, with what came of it. */
export function ImportList(): ReactNode {
  const { lang, t } = useLang();
  const pages = usePages<ImportLine>("/imports");
  const number = (value: number | undefined): string => (value === undefined ? "" : count(value));
  const columns: readonly Column<ImportLine>[] = [
    {
      key: "file",
      head: t(w.file),
      cell: (one) => (
        <RowLink to="/imports/$id" params={{ id: one.id }}>
          {one.fileName ?? one.id}
        </RowLink>
      ),
      text: (one) => one.fileName ?? "",
    },
    { key: "kind", head: t(w.kind), cell: (one) => kindOf(one, t), text: (one) => kindOf(one, t) },
    {
      key: "state",
      head: t(w.state),
      cell: (one) => <State kind="import" value={one.state} />,
      text: (one) => t(stateText("import", one.state)),
    },
    { key: "unit", head: t(w.unit), cell: (one) => one.unitName ?? "", text: (one) => one.unitName ?? "" },
    ...(["read", "loaded", "updated", "duplicates", "rejected"] as const).map(
      (key): Column<ImportLine> => ({
        key,
        head: t(w[key]),
        end: true,
        cell: (one) => (
          <span className={key === "rejected" && one.rejected ? "due late" : "number"}>
            {number(one[key])}
          </span>
        ),
        text: (one) => String(one[key] ?? ""),
      }),
    ),
    {
      key: "at",
      head: t(w.at),
      cell: (one) => (
        <span className="number">{one.startedAt ? moment(one.startedAt, lang, "table") : ""}</span>
      ),
      text: (one) => one.startedAt ?? "",
    },
  ];
  return (
    <div className="page full">
      <Crumbs of={[{ title: t(w.members), to: "/members" }]} />
      <PageHead title={t(w.title)} total={pages.total}>
        <Link to="/imports/new" search={{}} className="button primary">
          {t(w.fresh)}
        </Link>
      </PageHead>
      <Listing
        of={pages}
        columns={columns}
        name="imports"
        label={t(w.title)}
        rowKey={(one) => one.id}
        empty={<Empty icon="paper">{t(w.none)}</Empty>}
      />
    </div>
  );
}

function kindOf(one: ImportLine, t: ReturnType<typeof useLang>["t"]): string {
  return one.kind === "units" || one.kind === "register" ? t(w[one.kind]) : t(w.roster);
}
