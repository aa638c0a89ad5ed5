import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { everything } from "../db/index.ts";
import { writeWhole } from "../db/whole-file.ts";
import { type Installation, openInstallation } from "../installation.ts";
import { isRefusal, type Refusal, sentence } from "../kernel/refusal.ts";
import { importOf, mostProblems, problemsOf, type StoredProblem } from "../people/roster/import-store.ts";
import { loadRoster, type RosterResult } from "../people/roster/load.ts";
import { outcomeText, problemText, reportOf } from "../people/roster/report.ts";
import { memberTelling, tellClaimed, transferTelling } from "../services/index.ts";
import { columnLetters, openSpreadsheet } from "../spreadsheet/index.ts";
import { runUnitImport, systemScope } from "../units/index.ts";
import { type Command, config, progress, readArgs, say, WrongUsage } from "./command.ts";
import { unitOf } from "./unit.ts";

export const command: Command = {
  summary: { zh: "从表格导入工会或会员名册", en: "load unions or a roster from a spreadsheet" },
  usage: [
    "import roster FILE --unit CODE [--dry-run] [--report OUT.xlsx] [--json]",
    "import units FILE --parent CODE [--dry-run] [--json]",
  ],
  help: {
    zh: "文件可以是 .xlsx，或 UTF-8、GB18030 编码的 .csv。中断后再次运行同一命令，会从停下的地方继续；同一行不会导入两次。updated 是库中已有的人数，其中 unchanged 没有变化。--report 写出同一份表格，每个有问题的格子附原因和建议。",
    en: "The file is .xlsx, or .csv in UTF-8 or GB18030. Run again after an interruption, it goes on where it stopped; no row is loaded twice. updated counts people already here, of whom unchanged needed no change. --report writes the same sheet with a reason and a proposed fix for every bad cell.",
  },
  async run(args) {
    const [what, ...rest] = args;
    if (what === "roster") return importRoster(rest);
    if (what === "units") return importUnitFile(rest);
    throw new WrongUsage("请写明导入什么：roster 或 units", "say what to load: roster or units");
  },
};

async function importRoster(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(
    args,
    {
      unit: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      report: { type: "string" },
      json: { type: "boolean", default: false },
    },
    ["FILE"],
  );
  const file = await fileOf(positionals[0]!);
  if (values.unit === undefined) throw new WrongUsage("缺少 --unit 工会编码", "--unit CODE is missing");
  const { unit: code, report, json } = values;
  return withInstallation(async (installation) => {
    const { db, ring, clock } = installation;
    const unit = await db.systemRead((tx) => unitOf(tx, code));
    if (isRefusal(unit)) return refused(unit, json);
    const bar = progress();
    const tidyUp = collector();
    const result = await loadRoster(
      { db, ring, clock, fictitious: clock.isTrial, onClaimed: tellClaimed, transferTelling, memberTelling },
      {
        unit,
        source: file,
        by: null,
        dryRun: values["dry-run"],
        onProgress: ({ done, all, read, loaded, rejected }) => {
          tidyUp();
          bar.show(
            `${barOf(done, all)}  ${read} 行 rows · ${loaded} 导入 loaded · ${rejected} 有误 rejected`,
          );
        },
      },
    );
    bar.end();
    if (isRefusal(result)) return refused(result, json);
    const { row, problems } = await db.systemRead(async (tx) => {
      const found = await importOf(tx, systemScope(), result.id);
      return {
        row: found!,
        // Told to a person, of many only some are shown: the worst.
        problems: await problemsOf(tx, found!.district, result.id, {
          limit: mostProblems,
          worstFirst: !json,
        }),
      };
    });
    if (report !== undefined) {
      const written = await reportOf(db, row, file, "zh");
      if (isRefusal(written)) return refused(written, json);
      await writeWhole(report, (out) => pipeline(written, out));
    }
    if (json) process.stdout.write(`${JSON.stringify(answerOf(result, problems))}\n`);
    else tell(result, problems, { report, tried: values["dry-run"] });
    return 0;
  });
}

/** What the program itself takes is some 35 MB of it. */
const heapBytes = 50 * 2 ** 20;

/**
 * Collects garbage when it has piled up. Left alone, the machine lets it grow as long as there is memory; a roster of a
 * million rows should load beside whatever else a small machine does.
 */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NodeJS.GCFunction;
  // What starting left behind goes back to the machine, which this way of collecting alone gives.
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
  return () => {
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed + external > heapBytes) collect();
  };
}

/** The answer of the contract. People already here count as updated, whether or not anything had to change. */
function answerOf(result: RosterResult, problems: readonly StoredProblem[]) {
  const line = (one: StoredProblem) => ({
    sheet: one.sheet,
    row: one.row,
    column: one.column,
    field: one.field,
    code: one.code,
    message: sentence({ refused: true, code: one.code, params: one.params }, "zh"),
    messageEn: sentence({ refused: true, code: one.code, params: one.params }, "en"),
    ...(one.proposal && { proposal: one.proposal.zh, proposalEn: one.proposal.en }),
  });
  return {
    read: result.read,
    loaded: result.loaded,
    updated: result.updated + result.unchanged,
    unchanged: result.unchanged,
    duplicates: result.duplicates,
    rejected: result.rejected,
    toConfirm: result.toConfirm,
    seconds: Math.round(result.seconds * 1000) / 1000,
    resumed: result.resumed,
    rows: problems.filter((one) => one.level !== "warning").map(line),
    warnings: problems.filter((one) => one.level === "warning").map(line),
  };
}

const mostShown = 20;

function tell(
  result: RosterResult,
  problems: readonly StoredProblem[],
  how: { readonly report: string | undefined; readonly tried: boolean },
): void {
  const { read, loaded, updated, unchanged, duplicates, rejected, seconds, unreadHeads } = result;
  const { report, tried } = how;
  if (tried)
    say({
      zh: "试过一遍，没有写入任何内容。以下是将要发生的：",
      en: "A dry run: nothing was written. This is what would happen:",
    });
  say({
    zh: `共 ${read} 人：导入 ${loaded}，更新 ${updated}，无变化 ${unchanged}，重复 ${duplicates}，有误 ${rejected}；用时 ${seconds.toFixed(1)} 秒。`,
    en: `${read} people: ${loaded} loaded, ${updated} updated, ${unchanged} unchanged, ${duplicates} duplicates, ${rejected} rejected; ${seconds.toFixed(1)} s.`,
  });
  if (result.toConfirm > 0) {
    say({
      zh: `其中 ${result.toConfirm} 人待本人确认：在手机上确认，或由工会凭书面确认登记后，才计入会员数。`,
      en: `${result.toConfirm} of them have yet to confirm it, on the phone or on paper; they count as members from then on.`,
    });
  }
  if (unreadHeads.length > 0)
    say({
      zh: `没有读的列：${unreadHeads.join("、")}`,
      en: `Columns that were not read: ${unreadHeads.join(", ")}`,
    });
  for (const one of problems.slice(0, mostShown)) {
    const worst = problems.find(({ sheet, row }) => sheet === one.sheet && row === one.row)!;
    const at = one.row === 0 ? ["", ""] : [` 第 ${one.row} 行`, `, row ${one.row}`];
    say({
      zh: `  ${outcomeText(worst, tried, "zh")}：${one.sheet}${at[0]} ${problemText(one, "zh")}`,
      en: `  ${outcomeText(worst, tried, "en")}: ${one.sheet}${at[1]}: ${problemText(one, "en")}`,
    });
  }
  if (problems.length > mostShown) {
    const more = problems.length - mostShown;
    say({
      zh: `  还有 ${more} 处，用 --report OUT.xlsx 查看。`,
      en: `  ${more} more: see them with --report OUT.xlsx.`,
    });
  }
  if (report !== undefined) say({ zh: `已写出 ${report}`, en: `Written: ${report}` });
}

async function importUnitFile(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(
    args,
    {
      parent: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
    ["FILE"],
  );
  const file = await fileOf(positionals[0]!);
  const { parent: code, json } = values;
  if (code === undefined) throw new WrongUsage("缺少 --parent 上级工会编码", "--parent CODE is missing");
  return withInstallation(async ({ db, clock }) => {
    const parent = await db.systemRead((tx) => unitOf(tx, code));
    if (isRefusal(parent)) return refused(parent, json);
    const book = await openSpreadsheet(file);
    if (isRefusal(book)) return refused(book, json);
    const started = performance.now();
    const bar = progress();
    try {
      const dryRun = values["dry-run"];
      const by = { person: null, at: clock.now(), day: clock.today() };
      const kept = await runUnitImport(db, everything, systemScope(), parent.id, book, by, {
        dryRun,
        onProgress: (read) => bar.show(`${read} 行 rows`),
      });
      bar.end();
      if (isRefusal(kept)) return refused(kept, json);
      const seconds = (performance.now() - started) / 1000;
      const rows = kept.problems.map(({ sheet, row, column, refusal }) => ({
        sheet,
        row,
        column: column === null ? null : columnLetters(column),
        code: refusal.code,
        message: sentence(refusal, "zh"),
        messageEn: sentence(refusal, "en"),
      }));
      const { read, loaded, duplicates, rejected } = kept;
      if (json)
        process.stdout.write(
          `${JSON.stringify({ read, loaded, updated: 0, duplicates, rejected, seconds, rows })}\n`,
        );
      else {
        say({
          zh: `共 ${read} 家：导入 ${loaded}，已有 ${duplicates}，有误 ${rejected}。`,
          en: `${read} unions: ${loaded} loaded, ${duplicates} already here, ${rejected} rejected.`,
        });
        for (const one of rows.slice(0, mostShown)) {
          say({
            zh: `  ${one.sheet} ${one.column ?? ""}${one.row}：${one.message}`,
            en: `  ${one.sheet} ${one.column ?? ""}${one.row}: ${one.messageEn}`,
          });
        }
      }
      return 0;
    } finally {
      bar.end();
      await book.close();
    }
  });
}

async function fileOf(file: string): Promise<string> {
  if (!existsSync(file) || !(await stat(file)).isFile())
    throw new WrongUsage(`没有这个文件：${file}`, `no such file: ${file}`);
  return file;
}

async function withInstallation(work: (installation: Installation) => Promise<number>): Promise<number> {
  const installation = await openInstallation(config(), { attach: true });
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}

function refused(refusal: Refusal, json: boolean): number {
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ code: refusal.code, message: sentence(refusal, "zh"), messageEn: sentence(refusal, "en") })}\n`,
    );
  } else {
    process.stderr.write(`${sentence(refusal, "zh")}\n${sentence(refusal, "en")}\n`);
  }
  return 1;
}

function barOf(done: number, all: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const full = Math.round(share * 20);
  return `${"█".repeat(full)}${"░".repeat(20 - full)} ${Math.floor(share * 100)}%`;
}
