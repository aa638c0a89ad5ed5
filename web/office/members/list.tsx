import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { employmentGroups } from "../../../src/people/codes.ts";
import { statusTitles } from "../../../src/people/membership.ts";
import { isRosterField, rosterFields } from "../../../src/people/roster/columns.ts";
import { addressOf, type Problem, post } from "../../shared/api.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import type { List } from "../../shared/types.ts";
import { Empty } from "../../shared/ui.tsx";
import { Choose, ClearFilters, Only } from "../parts/filters.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Menu } from "../parts/menu.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { type Pages, usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { typedNumber } from "../parts/typed-number.ts";
import { useView } from "../parts/view.ts";
import type { MemberLine } from "../types.ts";
import { ToConfirm } from "./to-confirm.tsx";
import { groupText, sexText, statusMark, statusText } from "./words.ts";

const w = words({
  title: { zh: "会员", en: "Members" },
  find: { zh: "姓名、拼音、首字母、证件号、手机号", en: "Name, pinyin, initials, ID, phone" },
  status: { zh: "会籍", en: "Membership" },
  counting: { zh: "计入会员数的", en: "Those that count" },
  everybody: { zh: "有档案的所有人", en: "Everybody on record" },
  disowned: { zh: "本人说明不符的", en: "Who said it is not so" },
  unit: { zh: "工会", en: "Union" },
  group: { zh: "就业群体", en: "Employment" },
  migrant: { zh: "农民工", en: "Migrant workers" },
  toComplete: { zh: "待补充", en: "To complete" },
  name: { zh: "姓名", en: "Name" },
  sex: { zh: "性别", en: "Sex" },
  born: { zh: "出生", en: "Born" },
  memberNo: { zh: "会员证号", en: "Member no." },
  joined: { zh: "入会", en: "Joined" },
  hardship: { zh: "困难档案", en: "Hardship" },
  onFile: { zh: "在档", en: "on file" },
  import: { zh: "导入名册", en: "Import a roster" },
  imports: { zh: "导入记录", en: "Imports" },
  duplicates: { zh: "重复人员", en: "Duplicates" },
  template: { zh: "下载空白模板", en: "Blank template" },
  exportXlsx: { zh: "导出名册（xlsx）", en: "Export the roster (xlsx)" },
  more: { zh: "名册", en: "Roster" },
  empty: {
    zh: "名册还是空的。先导入单位交来的表格，列名不一样也认得。",
    en: "The roster is empty. Import the sheet your union keeps; columns may have any names.",
  },
});

const filterNames = ["q", "status", "unit", "group", "migrant"] as const;

/** The roster of the officer's scope. Numbers typed into the search travel in a body. */
export function MemberList(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const [view] = useView();
  const [number, setNumber] = useState("");
  const byFilters = usePages<MemberLine>(
    "/members",
    Object.fromEntries(filterNames.map((name) => [name, view[name]])),
    { enabled: number === "" },
  );
  const byNumber = useNumberSearch(number);
  const pages = number === "" ? byFilters : byNumber;
  const columns: readonly Column<MemberLine>[] = [
    {
      key: "name",
      head: t(w.name),
      cell: (one) => (
        <RowLink to="/members/$id" params={{ id: one.id }}>
          {one.name}
        </RowLink>
      ),
      text: (one) => one.name,
    },
    {
      key: "status",
      head: t(w.status),
      cell: (one) => <span className={`state ${statusMark(one.status)}`}>{t(statusText(one.status))}</span>,
      text: (one) => t(statusText(one.status)),
    },
    {
      key: "unit",
      head: t(w.unit),
      cell: (one) => (
        <span className="clip" style={{ maxWidth: 320 }}>
          {one.unitName}
        </span>
      ),
      text: (one) => one.unitName ?? "",
    },
    {
      key: "sex",
      head: t(w.sex),
      cell: (one) => said(sexText(one.sex), t),
      text: (one) => said(sexText(one.sex), t),
    },
    {
      key: "born",
      head: t(w.born),
      cell: (one) => <span className="number">{one.birthYear ?? ""}</span>,
      text: (one) => String(one.birthYear ?? ""),
    },
    {
      key: "group",
      head: t(w.group),
      cell: (one) => said(groupText(one.employmentGroup), t),
      text: (one) => said(groupText(one.employmentGroup), t),
    },
    {
      key: "memberNo",
      head: t(w.memberNo),
      cell: (one) => <span className="number muted">{one.memberNo ?? ""}</span>,
      text: (one) => one.memberNo ?? "",
    },
    {
      key: "joined",
      head: t(w.joined),
      cell: (one) => <span className="number">{one.joinedOn ?? ""}</span>,
      text: (one) => one.joinedOn ?? "",
    },
    {
      key: "hardship",
      head: t(w.hardship),
      cell: (one) => (one.hardship ? t(w.onFile) : ""),
      text: (one) => (one.hardship ? t(w.onFile) : ""),
    },
    {
      key: "toComplete",
      head: t(w.toComplete),
      off: true,
      cell: (one) => missing(one, t),
      text: (one) => missing(one, t),
    },
  ];
  return (
    <div className="page full">
      <PageHead title={t(w.title)} total={pages.total}>
        <Menu
          className="button"
          button={
            <>
              {t(w.more)}
              <Icon name="settings" />
            </>
          }
        >
          <Link to="/imports" search={{}}>
            {t(w.imports)}
          </Link>
          <Link to="/members/duplicates" search={{}}>
            {t(w.duplicates)}
          </Link>
          <a href={addressOf("/rosters/template")} download>
            {t(w.template)}
          </a>
          <a href={addressOf("/rosters/export", {}, { unit: view.unit ?? me.posts[0]?.unit.id })} download>
            {t(w.exportXlsx)}
          </a>
        </Menu>
        {can(me, "roster.write") && (
          <Link
            to="/imports/new"
            search={(view.unit ? { unit: view.unit } : {}) as never}
            className="button primary"
          >
            {t(w.import)}
          </Link>
        )}
      </PageHead>
      <ToConfirm unit={view.unit} />
      <Listing
        of={pages}
        columns={columns}
        name="members"
        label={t(w.title)}
        rowKey={(one) => one.id}
        narrowed={number !== "" || filterNames.some((name) => view[name])}
        empty={<Empty icon="family">{t(w.empty)}</Empty>}
        filters={
          <>
            <MemberSearch onNumber={setNumber} />
            <Choose
              name="status"
              label={t(w.status)}
              options={[
                { value: "members", label: t(w.counting) },
                ...Object.entries(statusTitles).map(([value, title]) => ({ value, label: t(title) })),
                { value: "disowned", label: t(w.disowned) },
                { value: "all", label: t(w.everybody) },
              ]}
            />
            <PickUnit name="unit" label={t(w.unit)} />
            <Choose
              name="group"
              label={t(w.group)}
              options={Object.entries(employmentGroups).map(([value, title]) => ({ value, label: t(title) }))}
            />
            <Only name="migrant" label={t(w.migrant)} />
            <ClearFilters names={filterNames} />
          </>
        }
      />
    </div>
  );
}

/** A search box that keeps words in the address and numbers out of it. */
function MemberSearch({ onNumber }: { readonly onNumber: (number: string) => void }): ReactNode {
  const { t } = useLang();
  const [view, change] = useView();
  const [typed, setTyped] = useState(view.q ?? "");
  const take = (value: string): void => {
    setTyped(value);
    const number = typedNumber(value, 5);
    if (number !== null) {
      change({ q: undefined });
      onNumber(number.length >= 7 ? number : "");
    } else {
      onNumber("");
      change({ q: value.trim() || undefined });
    }
  };
  return (
    <input
      className="input search"
      style={{ width: 280 }}
      type="search"
      autoComplete="off"
      aria-label={t(w.find)}
      placeholder={t(w.find)}
      value={typed}
      onChange={(event) => take(event.target.value)}
    />
  );
}

/** Looks a number up; the answer is kept under no key that holds it. */
function useNumberSearch(number: string): Pages<MemberLine> {
  const q = useSlowly(number);
  const [found, setFound] = useState<{ readonly rows: readonly MemberLine[]; readonly for: string }>();
  const [error, setError] = useState<Problem | null>(null);
  useEffect(() => {
    if (q === "") return;
    let current = true;
    setError(null);
    post<List<MemberLine>>("/members/search", {}, { q }).then(
      ({ items }) => current && setFound({ rows: items, for: q }),
      (problem: Problem) => current && setError(problem),
    );
    return () => {
      current = false;
    };
  }, [q]);
  const rows = found?.for === q ? found.rows : [];
  return {
    rows,
    first: undefined,
    total: found?.for === q ? rows.length : undefined,
    loading: number !== "" && found?.for !== q && error === null,
    error,
    hasMore: false,
    loadingMore: false,
    more: () => {},
    again: () => setError(null),
    path: "/members",
    query: {},
  };
}

function said(
  text: { readonly zh: string; readonly en: string } | undefined,
  t: ReturnType<typeof useLang>["t"],
): string {
  return text ? t(text) : "";
}

/** What a record lacks, in the words of a roster's columns. */
function missing(one: MemberLine, t: ReturnType<typeof useLang>["t"]): string {
  return one.toComplete
    .map((field) => (isRosterField(field) ? t(rosterFields[field].title) : field))
    .join("、");
}
