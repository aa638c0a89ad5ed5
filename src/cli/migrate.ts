import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/pool.ts";
import { openLogins } from "../installation.ts";
import { migrateJobs } from "../jobs/index.ts";
import { ensureFigures } from "../statistics/families.ts";
import { type Command, config, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: { zh: "把数据库升级到本程序的结构", en: "bring the database to this program's schema" },
  usage: ["migrate"],
  help: {
    zh: "serve 启动时会自动执行。多个进程的安装，升级前先单独执行一次。",
    en: "serve does it by itself. Where several processes run, do it once by itself before an upgrade.",
  },
  async run(args) {
    readArgs(args, {});
    const logins = await openLogins(config(), { attach: true });
    try {
      const applied = await migrate({ owner: logins.owner, ownerRuns: logins.ownerRuns, after: migrateJobs });
      const db = openDatabase({ connection: logins.app, role: logins.role, pgbouncer: logins.pgbouncer });
      try {
        await ensureFigures(db, () => say({ zh: "正在汇总统计数字。", en: "Folding the figures." }));
      } finally {
        await db.close();
      }
      for (const name of applied) process.stdout.write(`${name}\n`);
      say(
        applied.length === 0
          ? { zh: "数据库已是最新。", en: "The database is up to date." }
          : { zh: `已执行 ${applied.length} 个升级。`, en: `${applied.length} migrations applied.` },
      );
      return 0;
    } finally {
      await logins.stop();
    }
  },
};
