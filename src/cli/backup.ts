import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { backup } from "../db/backup.ts";
import { readKeys } from "../db/keys.ts";
import { Trouble } from "../db/trouble.ts";
import { openLogins } from "../installation.ts";
import { type Command, config, progress, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: {
    zh: "把整个安装（数据和密钥）备份成一个文件",
    en: "back the whole installation up, data and keys, into one file",
  },
  usage: ["backup FILE"],
  help: {
    zh: "程序可以照常运行。文件含密钥，只有本用户可读，请与密钥同等保管。",
    en: "The program may keep running. The file holds the keys and is readable by you alone: guard it as you guard them.",
  },
  async run(args) {
    const [file = ""] = readArgs(args, {}, ["FILE"]).positionals;
    if (existsSync(file)) {
      throw new Trouble(
        "file_exists",
        `${file} 已存在，不会覆盖。`,
        `${file} exists and is not overwritten.`,
      );
    }
    const settings = config();
    const logins = await openLogins(settings, { attach: true });
    const bar = progress();
    try {
      const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
      const keys = readKeys(settings.data, settings.key);
      const about = { keys, program: String(version), now: new Date() };
      const done = await backup(logins.owner, file, about, ({ table, rows, bytes, of }) =>
        bar.show(`${Math.floor((bytes / of) * 100)}%  ${table}  ${rows}`),
      );
      bar.end();
      const size = (done.bytes / 2 ** 20).toFixed(1);
      say({
        zh: `已备份 ${done.tables} 张表、${done.rows} 行，共 ${size} MB：${file}`,
        en: `Backed up ${done.tables} tables, ${done.rows} rows, ${size} MB: ${file}`,
      });
      if (keys === null)
        say({
          zh: "注意：没有找到密钥，备份里不含密钥。",
          en: "Note: no keyring was found; the backup has none.",
        });
      return 0;
    } finally {
      bar.end();
      await logins.stop();
    }
  },
};
