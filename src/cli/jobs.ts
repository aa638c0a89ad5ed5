import { openInstallation } from "../installation.ts";
import { listFailedJobs, retryFailedJobs } from "../jobs/index.ts";
import { type Command, config, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: { zh: "查看失败的后台任务，或让它们重试", en: "list failed jobs, or let them try again" },
  usage: ["jobs [--retry]"],
  async run(args) {
    const { values } = readArgs(args, { retry: { type: "boolean", default: false } });
    const installation = await openInstallation(config(), { attach: true });
    try {
      const failed = await installation.db.systemRead(listFailedJobs);
      for (const { id, name, tries, failedAt, error } of failed) {
        process.stdout.write(`${id}  ${name}  ${tries}×  ${failedAt.toISOString()}  ${error}\n`);
      }
      if (failed.length === 0) say({ zh: "没有失败的任务。", en: "No job has failed." });
      if (values.retry && failed.length > 0) {
        const count = await installation.db.system((tx) =>
          retryFailedJobs(
            tx,
            failed.map(({ id }) => id),
          ),
        );
        say({ zh: `${count} 个任务将重试。`, en: `${count} jobs will try again.` });
      }
      return 0;
    } finally {
      await installation.close();
    }
  },
};
