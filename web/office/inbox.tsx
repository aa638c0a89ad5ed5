import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { count, day, money } from "../shared/format.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { Empty, Failed, Skeleton } from "../shared/ui.tsx";
import { csvOf, download } from "./parts/csv.ts";
import { Due } from "./parts/due.tsx";
import { Choose, SearchBox } from "./parts/filters.tsx";
import { More, useRowKeys, Views } from "./parts/listing.tsx";
import { homeUnit, useOfficer } from "./parts/me.tsx";
import { PageHead } from "./parts/page-head.tsx";
import { usePages } from "./parts/pages.ts";
import { useKeys, useView } from "./parts/view.ts";
import { choosable, TogetherBar } from "./together.tsx";
import type { Group, InboxItem, InboxMore } from "./types.ts";
import "./inbox.css";

const CaseView = lazy(() => import("./cases/view.tsx").then((part) => ({ default: part.CaseView })));
const BatchView = lazy(() => import("./money/batch-view.tsx").then((part) => ({ default: part.BatchView })));
const TransferView = lazy(() =>
  import("./transfers/view.tsx").then((part) => ({ default: part.TransferView })),
);

const w = words({
  title: { zh: "待办", en: "Inbox" },
  list: { zh: "等您办的", en: "What waits for you" },
  overdue: { zh: "已逾期", en: "Overdue" },
  today: { zh: "今天到期", en: "Due today" },
  week: { zh: "七天内", en: "Within seven days" },
  later: { zh: "以后", en: "Later" },
  find: { zh: "在待办里找", en: "Find in the inbox" },
  kind: { zh: "类型", en: "Kind" },
  vouchers: { zh: "已付清，待补全凭证", en: "All paid; vouchers to complete" },
  batch: { zh: "发放批次", en: "Payment batches" },
  grants: { zh: "待编批次", en: "Aid to batch" },
  toBatch: { zh: "{n} 笔待编批次", en: "{n} to put into a batch" },
  since: { zh: "{day}起", en: "since {day}" },
  transfer: { zh: "会籍接转", en: "Transfers" },
  move: { zh: "{from} → {to}", en: "{from} → {to}" },
  objection: { zh: "公示异议", en: "Objections" },
  objectionShort: { zh: "异议待处理", en: "Objection to decide" },
  none: { zh: "没有等您办的事。新的来了会出现在这里。", en: "Nothing waits for you. New work appears here." },
  noMatch: { zh: "待办里没有符合的。", en: "Nothing in the inbox matches." },
  open: { zh: "从左边选一件，或按 j 和 Enter。", en: "Choose one on the left, or press j and Enter." },
  exportCsv: { zh: "导出", en: "Export" },
  number: { zh: "编号", en: "Number" },
  who: { zh: "申请人", en: "Applicant" },
  what: { zh: "事项", en: "Service" },
  step: { zh: "环节", en: "Step" },
  due: { zh: "期限", en: "Due" },
  unit: { zh: "单位", en: "Union" },
  pick: { zh: "选上 {who} · {what}", en: "Choose {who} · {what}" },
  up: { zh: "下级逾期，报上来的", en: "Came up from below: overdue there" },
});

const groups = ["overdue", "today", "week", "later"] as const;

/** The first page: what waits for the officer, by its clock; beside it what is open. */
export function Inbox(): ReactNode {
  const { lang, t } = useLang();
  const { installation } = useOfficer();
  const [view] = useView();
  const pages = usePages<InboxItem, InboxMore>("/inbox", {}, { limit: 100 });
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const pick = (id: string): void =>
    setChosen((old) => new Set(old.has(id) ? [...old].filter((one) => one !== id) : [...old, id]));
  useKeys({
    x: () => {
      const row =
        document.activeElement?.closest(".pickable") ??
        list.current?.querySelector(".pickable:has([aria-current])");
      row?.querySelector<HTMLInputElement>("input")?.click();
    },
  });
  const rows = pages.rows.filter((one) => matches(one, view.q ?? "", view.kind ?? "", lang));
  const kinds = new Map(
    pages.rows.map(
      (one) => [kindOf(one), one.kind === "case" ? t(one.serviceTitle) : t(w[one.kind])] as const,
    ),
  );
  const exportAll = (): void => {
    const head = [w.number, w.who, w.what, w.step, w.due, w.unit].map((one) => t(one));
    const lines = rows.map((one) => {
      const [name, what, step] = wordsOf(one, t);
      return [numberOf(one), name, what, step, one.dueOn ?? "", unitOf(one)];
    });
    download(`${t(w.title)}-${installation.today}.csv`, csvOf([head, ...lines]));
  };
  return (
    <div className="inbox">
      <section className="inbox-list" aria-label={t(w.list)}>
        <div className="top">
          <PageHead title={t(w.title)} total={pages.total}>
            <button type="button" className="icon-button" onClick={exportAll} disabled={rows.length === 0}>
              {t(w.exportCsv)}
            </button>
          </PageHead>
          <div className="filters">
            <SearchBox label={t(w.find)} />
            <Choose
              name="kind"
              label={t(w.kind)}
              options={[...kinds].map(([value, label]) => ({ value, label }))}
            />
            <Views name="inbox" without={["open", "as"]} />
          </div>
        </div>
        <TogetherBar rows={choosable(rows)} chosen={chosen} onChoose={(ids) => setChosen(new Set(ids))} />
        <div className="inbox-rows" ref={list}>
          {pages.error && rows.length === 0 ? (
            <div style={{ padding: 16 }}>
              <Failed error={pages.error} retry={pages.again} />
            </div>
          ) : pages.loading ? (
            <div style={{ padding: 16 }}>
              <Skeleton lines={14} />
            </div>
          ) : rows.length === 0 ? (
            <Empty icon={pages.rows.length === 0 ? "check" : "search"}>
              {t(pages.rows.length === 0 ? w.none : w.noMatch)}
            </Empty>
          ) : (
            groups.map((group) => {
              const mine = rows.filter((one) => groupOf(one, installation.today) === group);
              if (mine.length === 0) return null;
              const whole = rows.length === pages.rows.length ? pages.first?.groups[group] : undefined;
              return (
                <section key={group} aria-labelledby={`group-${group}`}>
                  <h2 id={`group-${group}`} className={group === "overdue" ? "late" : undefined}>
                    {group === "overdue" && <Icon name="warning" />}
                    {t(w[group])}
                    <span>{count(Math.max(whole ?? 0, mine.length))}</span>
                  </h2>
                  {mine.map((one) => (
                    <Row
                      key={`${one.kind}${one.id}`}
                      of={one}
                      chosen={chosen.has(one.id)}
                      onPick={() => pick(one.id)}
                    />
                  ))}
                </section>
              );
            })
          )}
          <More of={pages} />
        </div>
      </section>
      <div className="inbox-detail">
        {view.open && (
          <Link to="/inbox" search={closed as never} className="back-to-list">
            <Icon name="back" />
            {t(w.title)}
          </Link>
        )}
        {view.open ? (
          <Suspense
            fallback={
              <div style={{ padding: 20 }}>
                <Skeleton lines={10} />
              </div>
            }
          >
            {view.as === "batch" ? (
              <BatchView id={view.open} />
            ) : view.as === "transfer" ? (
              <TransferView key={view.open} id={view.open} />
            ) : (
              <CaseView key={view.open} id={view.open} beside />
            )}
          </Suspense>
        ) : (
          <p className="nothing-open">{t(w.open)}</p>
        )}
      </div>
    </div>
  );
}

/** The inbox as it is, with nothing open. */
function closed({ open: _, as: __, ...rest }: Record<string, string>): Record<string, string> {
  return rest;
}

function kindOf(one: InboxItem): string {
  return one.kind === "case" ? one.service : one.kind;
}

function groupOf(one: InboxItem, today: string): Group {
  if (!one.dueOn) return "later";
  if (one.dueOn < today) return "overdue";
  if (one.dueOn === today) return "today";
  const week = new Date(Date.parse(today) + 7 * 86_400_000).toISOString().slice(0, 10);
  return one.dueOn <= week ? "week" : "later";
}

/** The number it is known by; a transfer and aid to batch have none. */
function numberOf(one: InboxItem): string {
  return one.kind === "transfer" || one.kind === "grants" ? "" : one.number;
}

/** Where it is; of a transfer, where to. */
function unitOf(one: InboxItem): string {
  return (one.kind === "transfer" ? one.toUnitName : one.unitName) ?? "";
}

type Say = ReturnType<typeof useLang>["t"];

/** Who, what, and at which step. */
function wordsOf(one: InboxItem, t: Say): readonly [string, string, string] {
  if (one.kind === "case") return [one.applicantName, t(one.serviceTitle), t(one.stepTitle)];
  if (one.kind === "batch")
    return [money(one.totalFen), one.title, t(one.state === "settled" ? w.vouchers : one.stateTitle)];
  if (one.kind === "grants")
    return [money(one.totalFen), t(one.purposeTitle), t(w.toBatch, { n: count(one.grants) })];
  if (one.kind === "transfer")
    return [one.personName, t(w.move, { from: one.fromUnitName, to: one.toUnitName }), t(one.statusTitle)];
  return [one.applicantName, t(one.title), t(w.objectionShort)];
}

function matches(one: InboxItem, q: string, kind: string, lang: "zh" | "en"): boolean {
  if (kind && kindOf(one) !== kind) return false;
  if (!q) return true;
  const text = [numberOf(one), unitOf(one), ...wordsOf(one, (text) => text[lang])].join(" ").toLowerCase();
  return text.includes(q.toLowerCase());
}

/** What opens beside the list as something other than a case. */
const besides: ReadonlySet<string> = new Set(["batch", "transfer"]);

function Row(props: {
  readonly of: InboxItem;
  readonly chosen: boolean;
  readonly onPick: () => void;
}): ReactNode {
  const { of: one } = props;
  const { lang, t } = useLang();
  const id = one.kind === "objection" ? one.caseId : one.id;
  const [name, what, step] = wordsOf(one, t);
  const me = useOfficer();
  // One's own union needs no name beside each row; a transfer says where from and where to.
  const own = me.posts.length === 1 && homeUnit(me)?.name === unitOf(one);
  const unit = one.kind === "transfer" || own ? "" : unitOf(one);
  const pickable = choosable([one]).length > 0;
  const row = (
    <Link
      to={one.kind === "grants" ? "/money/grants" : "/inbox"}
      search={
        ((old: Record<string, string>) => {
          if (one.kind === "grants") return { kind: one.purpose, unit: one.unitId };
          const { as: _, ...rest } = old;
          return { ...rest, open: id, ...(besides.has(one.kind) && { as: one.kind }) };
        }) as never
      }
      {...(!pickable && { "data-row": true })}
      activeOptions={{ exact: true, includeSearch: true }}
      resetScroll={false}
    >
      <span className="name clip" title={name}>
        {name}
      </span>
      <span className="what clip" title={`${what} ${step} ${unitOf(one)}`}>
        {(one.kind === "case" || one.kind === "transfer") && one.escalated && <span title={t(w.up)}>↑ </span>}
        <b>{step || what}</b>
        {step && ` · ${what}`}
      </span>
      {one.kind === "grants" ? (
        <span className="due">{t(w.since, { day: day(one.since, lang, "short") })}</span>
      ) : (
        <Due on={one.dueOn} left={"remaining" in one ? one.remaining : undefined} />
      )}
      {unit && (
        <span className="unit clip" title={unit}>
          {unit}
        </span>
      )}
    </Link>
  );
  if (!pickable) return row;
  return (
    <div className="pickable" data-row>
      <label className="pick">
        <input
          type="checkbox"
          aria-label={t(w.pick, { who: name, what: step || what })}
          checked={props.chosen}
          onChange={props.onPick}
        />
      </label>
      {row}
    </div>
  );
}
