import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { addressOf, type Problem, post } from "../../shared/api.ts";
import { count } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import { Awaited, Button, Failed, Note } from "../../shared/ui.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { State } from "../parts/state.tsx";
import { Mapping } from "./import-mapping.tsx";
import type { ImportAnswer, MappedColumn } from "./import-types.ts";
import { TakeBack } from "./import-undo.tsx";
import "./import.css";

const w = words({
  imports: { zh: "导入记录", en: "Imports" },
  steps: { zh: "导入的步骤", en: "Steps of an import" },
  one: { zh: "1 核对列", en: "1 Check the columns" },
  two: { zh: "2 试一遍", en: "2 Dry run" },
  three: { zh: "3 导入", en: "3 Load" },
  dry: { zh: "先试一遍（不写入）", en: "Dry run (nothing is written)" },
  run: { zh: "导入", en: "Load it" },
  thenLook: {
    zh: "试完告诉您哪些行有问题，您看过再导入。",
    en: "It tells which rows are wrong; you load it once you have looked.",
  },
  thenLoad: {
    zh: "试完告诉您会新增多少人、哪些行有问题，您看过再导入。",
    en: "It tells how many people would be added and which rows are wrong; you load it once you have looked.",
  },
  fixed: {
    zh: "这种表的列是固定的，不用核对。先试一遍，看有没有问题。",
    en: "The columns of this sheet are fixed. Make a dry run to see whether anything is wrong.",
  },
  again: { zh: "回到核对列", en: "Back to the columns" },
  running: {
    zh: "正在处理，可以离开这一页，做完会通知。",
    en: "Working. You may leave this page; you will be told.",
  },
  read: { zh: "读入", en: "Read" },
  loaded: { zh: "新增", en: "New" },
  updated: { zh: "已在册", en: "Already here" },
  duplicates: { zh: "重复", en: "Duplicates" },
  rejected: { zh: "未导入", en: "Not loaded" },
  dryDone: {
    zh: "试完了，还没有写入任何内容。下面是将要发生的。",
    en: "The dry run is over; nothing was written. This is what would happen.",
  },
  done: { zh: "导入完成，用了 {n} 秒。", en: "Loaded in {n} seconds." },
  failed: {
    zh: "没有做完：{why}。改好后再传同一个文件，会接着做，不会重复。",
    en: "It stopped: {why}. Send the same file again and it goes on where it was; nothing is loaded twice.",
  },
  problems: { zh: "要看的行", en: "Rows to look at" },
  every: { zh: "共 {all} 处。", en: "{all} in all." },
  first: {
    zh: "共 {all} 处，这里列出最要紧的 {n} 处，其余见下载的表。",
    en: "{all} in all; the {n} that matter most are shown here, the rest is in the sheet to download.",
  },
  report: {
    zh: "下载批注好的原表（每行写明原因和建议）",
    en: "Download your sheet with a reason and a fix per row",
  },
  reportHow: {
    zh: "有问题的行在批注好的原表里改，改好再导入那张表：已经导入的行不会重复。",
    en: "Correct what is wrong in your annotated sheet and import that sheet: rows that are in are not doubled.",
  },
  into: { zh: "导入到{unit}", en: "Into {unit}" },
  outcome: { zh: "结果", en: "Outcome" },
  sheet: { zh: "工作表", en: "Sheet" },
  row: { zh: "行", en: "Row" },
  column: { zh: "列", en: "Column" },
  why: { zh: "原因", en: "Reason" },
  fix: { zh: "建议", en: "Proposed fix" },
  allGood: { zh: "每一行都没有问题。", en: "Every row is good." },
  toConfirm: {
    zh: "有 {n} 人待本人确认：本人在手机上确认，或者在会员页面登记书面确认以后，才计入会员数。",
    en: "{n} have yet to confirm it, on the phone or on paper at their page; they count as members from then on.",
  },
  willConfirm: {
    zh: "新增的人导入后先列为「待本人确认」：本人在手机上确认，或者登记书面确认以后，才计入会员数。",
    en: "Those added are first “to be confirmed”: they count as members once they confirm, on the phone or on paper.",
  },
  waiting: { zh: "看待确认的人", en: "See who has yet to confirm" },
  roster: { zh: "看名册", en: "Open the roster" },
  next: { zh: "再导入一份", en: "Import another" },
  system: { zh: "系统出错", en: "a fault of the system" },
});

/** One import: columns to check, then a dry run, then loading with its progress, then what came of it. */
export function ImportPage(): ReactNode {
  const { t } = useLang();
  const { id = "" } = useParams({ strict: false });
  const [remap, setRemap] = useState(false);
  const [running, setRunning] = useState(false);
  const page = useAnswer<ImportAnswer>(addressOf("/imports/:id", { id }), {
    staleTime: 0,
    ...(running && { refetchInterval: 1_000 }),
  });
  const state = page.data?.state;
  useEffect(() => setRunning(state === "running"), [state]);
  return (
    <div className="page narrow" style={{ maxWidth: 1120 }}>
      <Crumbs of={[{ title: t(w.imports), to: "/imports" }]} />
      <Awaited of={page} lines={12}>
        {(it) => (
          <>
            <PageHead
              title={it.fileName ?? t(w.imports)}
              note={<State kind="import" value={it.state === "done" && it.dryRun ? "tried" : it.state} />}
            />
            {it.unitName && <p className="muted into">{t(w.into, { unit: it.unitName })}</p>}
            <Steps at={waits(it) || remap ? 0 : it.dryRun ? 1 : 2} />
            {waits(it) || remap ? (
              <CheckColumns key={id} of={it} onRun={() => setRemap(false)} />
            ) : it.state === "running" ? (
              <Working of={it} />
            ) : (
              <Outcome of={it} onAgain={() => setRemap(true)} />
            )}
          </>
        )}
      </Awaited>
    </div>
  );
}

function waits(it: ImportAnswer): boolean {
  return it.state === "read";
}

function Steps({ at }: { readonly at: number }): ReactNode {
  const { t } = useLang();
  return (
    <ol className="steps" aria-label={t(w.steps)}>
      {([w.one, w.two, w.three] as const).map((title, index) => (
        <li
          key={title.en}
          className={index < at ? "done" : index === at ? "now" : undefined}
          aria-current={index === at ? "step" : undefined}
        >
          {t(title)}
        </li>
      ))}
    </ol>
  );
}

function useRun(id: string, onRun: () => void) {
  const client = useQueryClient();
  const forget = useForget();
  return useMutation<
    ImportAnswer,
    Problem,
    { readonly dryRun: boolean; readonly mapping?: readonly MappedColumn[] }
  >({
    mutationFn: ({ dryRun, mapping }) =>
      post(
        "/imports/:id/run",
        { id },
        {
          dryRun,
          ...(mapping && {
            mapping: mapping.map(({ sheet, column, field }) => ({
              ...(sheet !== undefined && { sheet }),
              column,
              field,
            })),
          }),
        },
      ),
    onSuccess: (after) => {
      if (after?.id) client.setQueryData([addressOf("/imports/:id", { id })], after);
      onRun();
      void forget("/api/imports");
    },
  });
}

function CheckColumns({
  of: it,
  onRun,
}: {
  readonly of: ImportAnswer;
  readonly onRun: () => void;
}): ReactNode {
  const { t } = useLang();
  const [mapping, setMapping] = useState<readonly MappedColumn[]>(it.mapping);
  const run = useRun(it.id, onRun);
  return (
    <>
      {run.error && <Failed error={run.error} />}
      {it.mapping.length > 0 ? (
        <Mapping of={it} mapping={mapping} onChange={setMapping} />
      ) : (
        <p className="panel">{t(w.fixed)}</p>
      )}
      <div
        className="panel"
        style={{ marginTop: 16, display: "flex", flexWrap: "wrap", alignItems: "center", gap: 12 }}
      >
        <Button kind="primary" busy={run.isPending} onClick={() => run.mutate({ dryRun: true, mapping })}>
          {t(w.dry)}
        </Button>
        <span className="muted">{t(it.kind === "roster" ? w.thenLoad : w.thenLook)}</span>
      </div>
    </>
  );
}

function Working({ of: it }: { readonly of: ImportAnswer }): ReactNode {
  const { t } = useLang();
  const { progress } = it;
  const share = progress && progress.all > 0 ? progress.done / progress.all : undefined;
  return (
    <section className="panel" aria-live="polite">
      <p>{t(w.running)}</p>
      <progress
        className="progress"
        aria-label={t(w.running)}
        {...(share !== undefined && { value: Math.min(1, share) })}
      />
      <Tally of={it} />
    </section>
  );
}

function Tally({ of: it }: { readonly of: ImportAnswer }): ReactNode {
  const { t } = useLang();
  return (
    <div className="tally">
      {(["read", "loaded", "updated", "duplicates", "rejected"] as const).map((key) => (
        <div key={key}>
          <b className={key === "rejected" && it.rejected ? "due late" : "number"}>{count(it[key])}</b>
          <span className="muted">{t(w[key])}</span>
        </div>
      ))}
    </div>
  );
}

type BadRow = ImportAnswer["rows"][number];

const marks = { error: "bad", duplicate: "", warning: "warn" } as const satisfies Record<
  BadRow["level"],
  string
>;

/** How bad the row is that a problem is of: its worst stands first. */
function worstOf(rows: readonly BadRow[], one: BadRow): BadRow["level"] {
  return rows.find(({ sheet, row }) => sheet === one.sheet && row === one.row)?.level ?? one.level;
}

function Outcome({
  of: it,
  onAgain,
}: {
  readonly of: ImportAnswer;
  readonly onAgain: () => void;
}): ReactNode {
  const { t } = useLang();
  const run = useRun(it.id, () => {});
  const { rows } = it;
  return (
    <>
      <section className="panel">
        {it.state === "failed" ? (
          <Note kind="bad">{t(w.failed, { why: it.error || t(w.system) })}</Note>
        ) : (
          <Note kind={it.dryRun ? "info" : "good"}>
            {t(it.dryRun ? w.dryDone : w.done, { n: Math.max(1, Math.round(it.seconds ?? 0)) })}
          </Note>
        )}
        {run.error && <Failed error={run.error} />}
        <Tally of={it} />
        {it.toConfirm > 0 && (
          <p>
            {t(w.toConfirm, { n: count(it.toConfirm) })}{" "}
            <Link to="/members" search={{ unit: it.unitId, status: "APPLIED_BY_UNION" } as never}>
              {t(w.waiting)}
            </Link>
          </p>
        )}
        {it.dryRun && it.confirms && it.loaded > 0 && <p>{t(w.willConfirm)}</p>}
        {it.reportUrl && (it.rejected > 0 || it.duplicates > 0) && <p className="muted">{t(w.reportHow)}</p>}
        <div style={{ display: "flex", flexWrap: "wrap", gap: 8, marginTop: 12 }}>
          {it.dryRun && (
            <>
              <Button kind="primary" busy={run.isPending} onClick={() => run.mutate({ dryRun: false })}>
                {t(w.run)}
              </Button>
              {it.mapping.length > 0 && <Button onClick={onAgain}>{t(w.again)}</Button>}
            </>
          )}
          {rows.length > 0 && (
            <a
              className="button"
              href={it.reportUrl ?? addressOf("/imports/:id/report", { id: it.id })}
              download
            >
              {t(w.report)}
            </a>
          )}
          {!it.dryRun && (
            <>
              {it.kind === "units" ? null : (
                <Link
                  to="/members"
                  search={(it.unitId ? { unit: it.unitId } : {}) as never}
                  className="button"
                >
                  {t(w.roster)}
                </Link>
              )}
              <Link to="/imports/new" search={{}} className="button">
                {t(w.next)}
              </Link>
              <TakeBack of={it} />
            </>
          )}
        </div>
      </section>
      <section className="panel" style={{ marginTop: 16 }} aria-label={t(w.problems)}>
        <div className="panel-head">
          <h2>{t(w.problems)}</h2>
          {rows.length > 0 && (
            <span className="muted">
              {t(rows.length < it.total ? w.first : w.every, { n: rows.length, all: count(it.total) })}
            </span>
          )}
        </div>
        {rows.length === 0 ? (
          <p className="muted">{t(w.allGood)}</p>
        ) : (
          <table className="inner cards">
            <thead>
              <tr>
                <th scope="col">{t(w.outcome)}</th>
                <th scope="col">{t(w.sheet)}</th>
                <th scope="col" className="end">
                  {t(w.row)}
                </th>
                <th scope="col">{t(w.column)}</th>
                <th scope="col">{t(w.why)}</th>
                <th scope="col">{t(w.fix)}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <tr key={`${one.sheet}${one.row}${one.column}${one.code}`}>
                  <td style={{ whiteSpace: "nowrap" }}>
                    <span className={`state ${marks[worstOf(rows, one)]}`}>{one.outcome}</span>
                  </td>
                  <td>{one.sheet}</td>
                  <td className="end number" {...(one.row !== 0 && { "data-head": t(w.row) })}>
                    {one.row === 0 ? "" : one.row}
                  </td>
                  <td {...(one.column && { "data-head": t(w.column) })}>{one.column}</td>
                  <td className="whole">{one.message}</td>
                  <td className="whole">{one.proposal}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
}
