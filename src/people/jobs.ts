import type { DailyHandler, JobHandlers } from "../jobs/index.ts";
import { addDays, startOf } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import type { AppContext } from "../kernel/route.ts";
import { systemScope } from "../units/index.ts";
import { lapseEntries, remindEntries } from "./confirmation-store.ts";
import { fileOf, forgetFiles, type ImportRow, importOf } from "./roster/import-store.ts";
import { runImport } from "./roster/kinds.ts";
import { escalateTransfers } from "./transfer.ts";
import { tellTurn } from "./transfer-turn.ts";

declare module "../jobs/index.ts" {
  interface Jobs {
    /** Loads an uploaded file. Runs again after a crash and goes on where it stopped. */
    "import.run": { import: string };
  }
}

declare module "../kernel/route.ts" {
  interface AppContext {
    /** Told when an import has ended, to pass it on to whoever asked for it. Put in by the composition. */
    readonly onImportEnd?: (context: AppContext, row: ImportRow) => Promise<void>;
  }
}

/** Days for which an import's file is kept, for its report and for going on with it. */
const fileDays = 30;

export const jobs: JobHandlers = {
  "member.remind": async ({ roots }, { db, clock, memberTelling }) => {
    if (memberTelling === undefined) return;
    const on = { at: clock.now(), day: clock.today() };
    await remindEntries(db, roots as readonly UnitPath[], on, memberTelling);
  },
  "import.run": async ({ import: id }, ctx) => {
    const found = await ctx.db.systemRead((tx) => importOf(tx, systemScope(), id as Id<"import">));
    if (found?.state !== "running") return;
    const source = await ctx.db.systemRead((tx) => fileOf(tx, ctx.ring, found));
    await runImport(ctx, found, source, ctx.job.alive);
    const ended = await ctx.db.systemRead((tx) => importOf(tx, systemScope(), found.id));
    if (ended) await ctx.onImportEnd?.(ctx as AppContext, ended);
  },
};

export const daily: readonly DailyHandler[] = [
  {
    name: "people.transfers",
    order: 40,
    run: (day, { db, clock, transferTelling }) =>
      db.system(async (tx) => {
        for (const transfer of await escalateTransfers(tx, day))
          await tellTurn(tx, transferTelling, [transfer], { at: clock.now(), day, by: null });
      }),
  },
  {
    name: "people.confirmations",
    order: 41,
    run: (day, { db, clock }) => lapseEntries(db, clock.now(), day),
  },
  {
    name: "people.import-files",
    order: 90,
    run: (day, ctx) => ctx.db.system((tx) => forgetFiles(tx, startOf(addDays(day, -fileDays)))),
  },
];
