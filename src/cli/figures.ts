import { openInstallation } from "../installation.ts";
import { rebuildUsed } from "../services/index.ts";
import { rebuildFigures, verifyFigures } from "../statistics/families.ts";
import { type Command, config, readArgs, say, WrongUsage } from "./command.ts";

export const command: Command = {
  summary: { zh: "由记录重新汇总全部统计数字", en: "fold all figures anew from the records" },
  usage: ["figures rebuild"],
  help: {
    zh: "统计数字平时随业务自动更新。verify 报告统计不符，或者绕过程序向数据库写入记录之后使用；程序可以照常运行。",
    en: "Figures follow the work by themselves. For when verify names figures that differ, or records were written past the program; the program may keep running.",
  },
  async run(args) {
    const { positionals } = readArgs(args, {}, ["rebuild"]);
    if (positionals[0] !== "rebuild")
      throw new WrongUsage("用法：figures rebuild", "expected: figures rebuild");
    const installation = await openInstallation(config(), { attach: true });
    try {
      const wrong = await verifyFigures(installation.db);
      await rebuildFigures(installation.db);
      await rebuildUsed(installation.db);
      say({
        zh: `已重新汇总；原有 ${wrong.length} 处不符。`,
        en: `Folded anew; ${wrong.length} differed before.`,
      });
      return 0;
    } finally {
      await installation.close();
    }
  },
};
