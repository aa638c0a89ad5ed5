import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { pipeline } from "node:stream/promises";
import { Trouble } from "../db/trouble.ts";
import { writeWhole } from "../db/whole-file.ts";
import { openInstallation } from "../installation.ts";
import { derivedId } from "../kernel/ids.ts";
import { isRefusal, sentence } from "../kernel/refusal.ts";
import { parsePurpose } from "../people/looks.ts";
import { exportRoster } from "../people/roster/export.ts";
import { type Command, config, readArgs, say, WrongUsage } from "./command.ts";
import { unitOf } from "./unit.ts";

export const command: Command = {
  summary: { zh: "把会员名册导出成表格", en: "write a roster as a spreadsheet" },
  usage: ["export roster --unit CODE OUT.xlsx [--purpose TEXT]"],
  help: {
    zh: "号码默认打码。写明用途（--purpose）才导出完整号码，每位会员都能在「谁看过我的档案」里看到。",
    en: "Numbers are masked. With --purpose they are written in full, and every member reads who took them and what for.",
  },
  async run(args) {
    const [what, ...rest] = args;
    if (what !== "roster") throw new WrongUsage("请写明导出什么：roster", "say what to write: roster");
    const { values, positionals } = readArgs(
      rest,
      { unit: { type: "string" }, purpose: { type: "string" } },
      ["OUT.xlsx"],
    );
    const [out = ""] = positionals;
    if (values.unit === undefined) throw new WrongUsage("缺少 --unit 工会编码", "--unit CODE is missing");
    if (existsSync(out))
      throw new Trouble("file_exists", `${out} 已存在，不会覆盖。`, `${out} exists and is not overwritten.`);
    const purpose = values.purpose === undefined ? undefined : parsePurpose(values.purpose);
    if (isRefusal(purpose)) {
      process.stderr.write(`${sentence(purpose, "zh")}\n${sentence(purpose, "en")}\n`);
      return 1;
    }
    const code = values.unit;
    const installation = await openInstallation(config(), { attach: true });
    try {
      const { db, ring, clock } = installation;
      const unit = await db.systemRead((tx) => unitOf(tx, code));
      if (isRefusal(unit)) {
        process.stderr.write(`${sentence(unit, "zh")}\n${sentence(unit, "en")}\n`);
        return 1;
      }
      // Who sits at the machine is known by their name there; they hold no post.
      const name = userInfo().username;
      const by = { person: derivedId<"person">("command-line", name), name, unit: unit.name, role: "admin" };
      const clear = purpose === undefined ? undefined : { purpose, by, at: clock.now(), day: clock.today() };
      const rows = exportRoster(db, ring, { under: unit.path, lang: "zh", ...(clear && { clear }) });
      await writeWhole(out, (file) => pipeline(rows, file));
      say({ zh: `已写出 ${out}`, en: `Written: ${out}` });
      return 0;
    } finally {
      await installation.close();
    }
  },
};
