import { existsSync, renameSync } from "node:fs";
import { restore } from "../db/backup.ts";
import { keyFile, readKeys, writeKeys } from "../db/keys.ts";
import { Trouble } from "../db/trouble.ts";
import { openLogins } from "../installation.ts";
import { migrateJobs } from "../jobs/index.ts";
import { type Command, config, progress, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: { zh: "在空数据库上恢复一个备份", en: "restore a backup into an empty database" },
  usage: ["restore FILE"],
  help: {
    zh: "恢复到 ZHIJIA_DATA 指定的新文件夹，或 DATABASE_URL 指定的空数据库（PostgreSQL 15 以上）。密钥随备份恢复。",
    en: "Restores into the new folder ZHIJIA_DATA names, or the empty database DATABASE_URL names (PostgreSQL 15 and newer). The keys come with the backup.",
  },
  async run(args) {
    const [file = ""] = readArgs(args, {}, ["FILE"]).positionals;
    if (!existsSync(file))
      throw new Trouble("no_such_file", `没有文件 ${file}。`, `There is no file ${file}.`);
    const settings = config();
    const logins = await openLogins(settings);
    const bar = progress();
    try {
      const target = { owner: logins.owner, ownerRuns: logins.ownerRuns, after: migrateJobs };
      const done = await restore(
        target,
        file,
        (keys) => placeKeys(settings.data, settings.key, keys),
        ({ table, rows, bytes, of }) => bar.show(`${Math.floor((bytes / of) * 100)}%  ${table}  ${rows}`),
      );
      bar.end();
      say({
        zh: `已恢复 ${done.tables} 张表、${done.rows} 行。`,
        en: `Restored ${done.tables} tables, ${done.rows} rows.`,
      });
      return 0;
    } finally {
      bar.end();
      await logins.stop();
    }
  },
};

/** Puts the backup's keyring where the next start looks for it. The database is empty, so no other is lost with it. */
function placeKeys(data: string, fromEnvironment: string | null, keys: string | null): void {
  if (keys === null) return;
  if (fromEnvironment !== null) {
    if (fromEnvironment.trim() === keys.trim()) return;
    throw new Trouble(
      "key_wrong",
      "ZHIJIA_KEY 与备份里的密钥不同。请去掉 ZHIJIA_KEY 后再恢复，密钥会写入数据文件夹。",
      "ZHIJIA_KEY differs from the keyring in the backup. Unset it and restore again; the keyring is then written into the data folder.",
    );
  }
  const present = readKeys(data, null);
  if (present !== null && present !== keys.trim())
    renameSync(keyFile(data), `${keyFile(data)}.before-restore`);
  writeKeys(data, keys.trim());
}
