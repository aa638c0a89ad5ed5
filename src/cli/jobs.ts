import { daily } from "../compose.ts";
import { openInstallation } from "../installation.ts";
import { beginDays, listFailedJobs, retryFailedJobs } from "../jobs/index.ts";
import { type Command, config, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: { zh: "查看失败的后台任务，或让它们重试", en: "list failed jobs, or let them try again" },
  usage: ["jobs [--retry]", "jobs --missed-days"],
  help: {
    zh: "失败的任务会自动重试 8 次（约一个半小时），然后搁置，等 --retry。每日事务停了一个月以上时，程序不会自行补办；核对过本机时钟后，用 --missed-days 补办到今天。",
    en: "A job that fails is tried 8 times, over about an hour and a half, and then set aside until --retry. When more than a month of daily work was missed, the program does not make it up by itself: check the machine's clock, then use --missed-days.",
  },
  async run(args) {
    const { values } = readArgs(args, {
      retry: { type: "boolean", default: false },
      "missed-days": { type: "boolean", default: false },
    });
    const installation = await openInstallation(config(), { attach: true });
    const { db, clock } = installation;
    try {
      if (values["missed-days"]) {
        const days = await beginDays(db, clock, daily);
        say({ zh: `已开始补办 ${days} 天的每日事务。`, en: `The work of ${days} days has been queued.` });
        return 0;
      }
      const failed = await db.systemRead(listFailedJobs);
      for (const { id, name, tries, failedAt, again, error } of failed) {
        const next = again === null ? "搁置 set aside" : `再试 again ${again.toISOString()}`;
        process.stdout.write(`${id}  ${name}  ${tries}×  ${failedAt.toISOString()}  ${next}  ${error}\n`);
      }
      if (failed.length === 0) say({ zh: "没有失败的任务。", en: "No job has failed." });
      if (values.retry && failed.length > 0) {
        const ids = failed.map(({ id }) => id);
        const count = await db.system((tx) => retryFailedJobs(tx, ids));
        say({ zh: `${count} 个任务将重试。`, en: `${count} jobs will try again.` });
      }
      return 0;
    } finally {
      await installation.close();
    }
  },
};
