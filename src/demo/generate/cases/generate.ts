import { type Db, loadEmpty, type Tx } from "../../../db/index.ts";
import type { Keyring } from "../../../kernel/seal.ts";
import { type GenerateProgress, type GenerateRequest, unitsOf } from "../request.ts";
import { inThreads } from "../threads.ts";
import type { CasePieces, CaseTask } from "./case-worker.ts";
import { beginDrafts, draftColumns, draftTable, endDrafts } from "./drafts.ts";
import { caseTables, type Lessons, moneyTables } from "./learn.ts";
import type { CountyMoney } from "./money.ts";
import { planCases } from "./plan.ts";
import { compilePattern } from "./template.ts";

/**
 * Gives a generated federation its cases of three years, each after a pattern that the real engine has played: ids,
 * names, places, numbers and days are others, what is sealed is sealed anew and every chain hashed again. Money is paid
 * from funds of each county and year. Gives the seconds of copying.
 */
export async function copyCases(
  db: Db,
  ring: Keyring,
  lessons: Lessons,
  request: GenerateRequest & { readonly cases: number },
): Promise<number> {
  const { seed } = request;
  const patterns = lessons.patterns.map((pattern) => compilePattern(ring, lessons, pattern));
  const columns = (table: string): string => lessons.columns[table]!.map(({ name }) => name).join(", ");
  const copied = (table: string): readonly [table: string, columns: string] =>
    table === "case_file" ? [draftTable, draftColumns(lessons).join(", ")] : [table, columns(table)];
  const progress = (of: GenerateProgress["of"], done: number, all: number) =>
    request.progress?.({ of, done, all });
  return db.system((tx: Tx) =>
    loadEmpty(
      tx,
      [...caseTables, ...moneyTables],
      async (copy) => {
        const began = performance.now();
        await beginDrafts(tx, lessons);
        const waiting: CountyMoney[] = [];
        const copyMoney = async (): Promise<void> => {
          const lines: Record<string, string> = {};
          for (const county of waiting.splice(0))
            for (const [table, more] of Object.entries(county.lines()))
              lines[table] = (lines[table] ?? "") + more;
          for (const [table, text] of Object.entries(lines))
            if (text !== "") await copy(table, columns(table), "text", [text]);
        };
        const counts: number[] = [];
        const tasks = counted(
          planCases(lessons, seed, request, unitsOf(request), (county) => waiting.push(county)),
          counts,
        );
        const script = new URL("./case-worker.ts", import.meta.url);
        const work = { ring, seed, today: lessons.today, patterns };
        let done = 0;
        for await (const pieces of inThreads<CaseTask, CasePieces>(script, work, tasks)) {
          for (const table of caseTables)
            if (pieces[table].length > 0)
              await copy(...copied(table), "text", [Buffer.from(pieces[table].buffer as ArrayBuffer)]);
          done += counts.shift()!;
          progress("cases", done, request.cases);
          if (waiting.length > moneyCounties) await copyMoney();
        }
        await copyMoney();
        await endDrafts(tx, lessons);
        return (performance.now() - began) / 1000;
      },
      { building: (done, all) => progress("indexes", done, all) },
    ),
  );
}

/** Counties whose books wait until they are copied together. */
const moneyCounties = 8;

function* counted(tasks: Iterable<CaseTask>, counts: number[]): Generator<CaseTask> {
  for (const task of tasks) {
    counts.push(task.courses.reduce((sum, { numbers }) => sum + numbers.length, 0));
    yield task;
  }
}
