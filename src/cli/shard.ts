import { migrate } from "../db/migrate.ts";
import { shard } from "../db/shard.ts";
import { openLogins } from "../installation.ts";
import { migrateJobs } from "../jobs/index.ts";
import { type Command, config, progress, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: {
    zh: "把数据库变成分布在多台服务器上的（需要 Citus）",
    en: "spread the database over several servers (needs Citus)",
  },
  usage: ["shard"],
  help: {
    zh: "空库或已有数据都可以，全部完成或什么也不改；执行前请先停止程序。再执行一次不会改变什么。工作节点要先用 citus_add_node 加入，见 docs/scale.md。",
    en: "On an empty database or a filled one; all of it is done or nothing. Stop the program first. A second run changes nothing. Add the servers with citus_add_node before; see docs/scale.md.",
  },
  async run(args) {
    readArgs(args, {});
    const logins = await openLogins(config(), { attach: true });
    const bar = progress();
    try {
      await migrate({ owner: logins.owner, ownerRuns: logins.ownerRuns, after: migrateJobs });
      const done = await shard(logins.owner, (table) => bar.show(table));
      bar.end();
      say(
        done.tables.length === 0
          ? {
              zh: "数据库已经分片，没有需要改动的。",
              en: "The database is sharded already; nothing was changed.",
            }
          : {
              zh: `已分布 ${done.tables.length} 张表，恢复外键 ${done.foreignKeys} 个，改写行级安全 ${done.policies} 条。`,
              en: `${done.tables.length} tables distributed, ${done.foreignKeys} foreign keys put back, ${done.policies} walls rewritten.`,
            },
      );
      return 0;
    } finally {
      bar.end();
      await logins.stop();
    }
  },
};
