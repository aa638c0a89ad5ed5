import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { ask, type Problem } from "../../shared/api.ts";
import { moment } from "../../shared/format.ts";
import { spoken, useLang, words } from "../../shared/lang.tsx";
import { Button, Failed, Note } from "../../shared/ui.tsx";
import { lookerText } from "../cases/who-looked.tsx";
import { Between, ClearFilters } from "../parts/filters.tsx";
import { type Column, Listing } from "../parts/listing.tsx";
import { PageHead, Tabs } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { PickUnit } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import type { Look } from "../types.ts";

const w = words({
  title: { zh: "审计", en: "Audit" },
  actions: { zh: "办理记录", en: "Actions" },
  looks: { zh: "查阅记录", en: "Looks" },
  verify: { zh: "核验", en: "Verify" },
  unit: { zh: "工会", en: "Union" },
  span: { zh: "日期", en: "Days" },
  at: { zh: "时间", en: "When" },
  who: { zh: "办理人", en: "Who" },
  what: { zh: "动作", en: "Action" },
  case: { zh: "办件", en: "Case" },
  applicant: { zh: "申请人", en: "Applicant" },
  note: { zh: "意见", en: "Note" },
  hash: { zh: "链值", en: "Hash" },
  looker: { zh: "谁看的", en: "Who looked" },
  whom: { zh: "看了谁", en: "At whom" },
  saw: { zh: "看了什么", en: "What" },
  purpose: { zh: "用途", en: "What for" },
  run: { zh: "重新核验全部记录", en: "Verify every record again" },
  running: { zh: "正在核验…", en: "Verifying…" },
  about: {
    zh: "每一步都带着上一步的链值，每天收成签名的总根。核验会把它们全部重算，账目、批次也一并对平。",
    en: "Each action carries the hash of the one before; each day closes under a signed root. This recomputes them all, and ties the books and batches.",
  },
  good: { zh: "全部一致：{n} 项核验通过。", en: "All agrees: {n} checks passed." },
  bad: { zh: "有 {n} 处不一致。", en: "{n} things do not agree." },
  system: { zh: "系统", en: "The system" },
});

/** What was done, who looked, and whether the records are whole. */
export function Audit(): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const part = view.part ?? "actions";
  return (
    <div className={part === "verify" ? "page narrow" : "page full"}>
      <PageHead title={t(w.title)} />
      <Tabs
        label={t(w.title)}
        of={(["actions", "looks", "verify"] as const).map((name) => ({
          title: t(w[name]),
          to: "/audit",
          search: { part: name },
          on: part === name,
        }))}
      />
      {part === "looks" ? <LookList /> : part === "verify" ? <Verify /> : <ActionList />}
    </div>
  );
}

interface Action {
  readonly id: string;
  readonly at: string;
  readonly onDay?: string;
  readonly name: string;
  readonly title?: Text;
  readonly byName: string | null;
  readonly byUnitName?: string | null;
  readonly byRoleTitle?: Text | null;
  readonly caseId?: string | null;
  readonly caseNumber?: string | null;
  readonly batchId?: string | null;
  readonly applicantName?: string | null;
  readonly note?: string | null;
  readonly hash?: string | null;
}

function Filters(): ReactNode {
  const { t } = useLang();
  return (
    <>
      <PickUnit name="unit" label={t(w.unit)} />
      <Between from="from" to="to" label={t(w.span)} />
      <ClearFilters names={["unit", "from", "to"]} />
    </>
  );
}

function ActionList(): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const pages = usePages<Action>("/audit/actions", {
    unit: view.unit,
    from: view.from,
    to: view.to,
    actor: view.actor,
  });
  const columns: readonly Column<Action>[] = [
    {
      key: "at",
      head: t(w.at),
      width: "150px",
      cell: (one) => <span className="number">{moment(one.at, lang, "table")}</span>,
      text: (one) => one.at,
    },
    {
      key: "what",
      head: t(w.what),
      cell: (one) => <b style={{ fontWeight: 550 }}>{one.title ? t(one.title) : one.name}</b>,
      text: (one) => (one.title ? t(one.title) : one.name),
    },
    {
      key: "case",
      head: t(w.case),
      cell: (one) =>
        one.caseId ? (
          <Link to="/cases/$id" params={{ id: one.caseId }} search={{}} className="number">
            {one.caseNumber ?? t(w.case)}
          </Link>
        ) : (
          (one.caseNumber ?? "")
        ),
      text: (one) => one.caseNumber ?? "",
    },
    {
      key: "applicant",
      head: t(w.applicant),
      cell: (one) => one.applicantName ?? "",
      text: (one) => one.applicantName ?? "",
    },
    { key: "who", head: t(w.who), cell: (one) => whoOf(one, t), text: (one) => whoOf(one, t) },
    {
      key: "note",
      head: t(w.note),
      cell: (one) => (
        <span className="clip" style={{ maxWidth: 260 }}>
          {one.note ?? ""}
        </span>
      ),
      text: (one) => one.note ?? "",
    },
    {
      key: "hash",
      head: t(w.hash),
      cell: (one) => <code className="small muted">{(one.hash ?? "").slice(0, 12)}</code>,
      text: (one) => one.hash ?? "",
    },
  ];
  return (
    <Listing
      of={pages}
      columns={columns}
      name="audit-actions"
      label={t(w.actions)}
      rowKey={(one) => one.id}
      narrowed={Boolean(view.unit || view.from || view.to)}
      filters={<Filters />}
    />
  );
}

function whoOf(one: Action, t: ReturnType<typeof useLang>["t"]): string {
  if (one.byName === null) return t(w.system);
  return [one.byUnitName, one.byRoleTitle && t(one.byRoleTitle), one.byName || one.applicantName]
    .filter(Boolean)
    .join(" · ");
}

function LookList(): ReactNode {
  const { lang, t } = useLang();
  const [view] = useView();
  const pages = usePages<Look>("/audit/looks", {
    unit: view.unit,
    from: view.from,
    to: view.to,
  });
  const columns: readonly Column<Look>[] = [
    {
      key: "at",
      head: t(w.at),
      width: "150px",
      cell: (one) => <span className="number">{moment(one.at, lang, "table")}</span>,
      text: (one) => one.at,
    },
    {
      key: "looker",
      head: t(w.looker),
      cell: (one) => lookerText(one, t),
      text: (one) => lookerText(one, t),
    },
    {
      key: "whom",
      head: t(w.whom),
      cell: (one) => (
        <Link to="/members/$id" params={{ id: one.personId }} search={{}}>
          {one.personName}
        </Link>
      ),
      text: (one) => one.personName,
    },
    {
      key: "saw",
      head: t(w.saw),
      cell: (one) => t(one.seen),
      text: (one) => t(one.seen),
    },
    {
      key: "purpose",
      head: t(w.purpose),
      cell: (one) => t(one.purpose),
      text: (one) => t(one.purpose),
    },
    {
      key: "case",
      head: t(w.case),
      cell: (one) => <span className="number">{one.caseNumber ?? ""}</span>,
      text: (one) => one.caseNumber ?? "",
    },
  ];
  return (
    <Listing
      of={pages}
      columns={columns}
      name="audit-looks"
      label={t(w.looks)}
      rowKey={(one) => one.id}
      narrowed={Boolean(view.unit || view.from || view.to)}
      filters={<Filters />}
    />
  );
}

interface Finding {
  readonly check: string;
  readonly where: string;
  readonly expected?: string;
  readonly found?: string;
  readonly message?: Text | string;
}
interface Verified {
  readonly ok?: boolean;
  readonly checked?: number | Readonly<Record<string, number>>;
  readonly findings?: readonly Finding[];
  readonly items?: readonly Finding[];
}

function Verify(): ReactNode {
  const { lang, t } = useLang();
  const run = useMutation<Verified, Problem>({ mutationFn: () => ask<Verified>("/api/audit/verify") });
  const findings = run.data?.findings ?? run.data?.items ?? [];
  const checked = run.data?.checked;
  const sum =
    typeof checked === "number" ? checked : Object.values(checked ?? {}).reduce((all, one) => all + one, 0);
  return (
    <section className="panel" aria-label={t(w.verify)}>
      <p className="muted" style={{ marginBottom: 14 }}>
        {t(w.about)}
      </p>
      <Button kind="primary" busy={run.isPending} onClick={() => run.mutate()}>
        {t(run.isPending ? w.running : w.run)}
      </Button>
      <div style={{ marginTop: 14 }} aria-live="polite">
        {run.error && <Failed error={run.error} />}
        {run.data && findings.length === 0 && <Note kind="good">{t(w.good, { n: sum })}</Note>}
        {findings.length > 0 && (
          <>
            <Note kind="bad">{t(w.bad, { n: findings.length })}</Note>
            <table className="inner" style={{ marginTop: 10 }}>
              <tbody>
                {findings.map((one, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a report that does not change.
                  <tr key={index}>
                    <td>{one.check}</td>
                    <td>{one.where}</td>
                    <td>{spoken(one.message, lang) || `${one.expected ?? ""} ≠ ${one.found ?? ""}`}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </div>
    </section>
  );
}
