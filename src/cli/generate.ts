import { openDatabase } from "../db/pool.ts";
import { Trouble } from "../db/trouble.ts";
import { generateFederation } from "../demo/generate/generate.ts";
import { openInstallation } from "../installation.ts";
import { type Command, config, progress, readArgs, say, WrongUsage } from "./command.ts";

export const command: Command = {
  summary: {
    zh: "生成虚构的联合会（99 区划），供压测和试用",
    en: "generate a fictitious federation (region 99), for benches and trials",
  },
  usage: ["generate federation --members N --units N [--seed S]"],
  async run(args) {
    const options = {
      members: { type: "string" },
      units: { type: "string" },
      seed: { type: "string", default: "1" },
    } as const;
    const { values, positionals } = readArgs(args, options, ["federation"]);
    if (positionals[0] !== "federation")
      throw new WrongUsage("只能生成 federation", "only a federation can be generated");
    const members = whole(values.members, "--members");
    const units = whole(values.units, "--units");
    const seed = whole(values.seed, "--seed");
    const installation = await openInstallation(config(), { attach: true });
    // As the owner: bulk loading does not pass the wall between viewers.
    const db = openDatabase({ connection: installation.owner, role: null, max: 4, statementTimeoutMs: 0 });
    const bar = progress();
    try {
      const filled = await db.systemRead((tx) =>
        tx.selectFrom("unit").select("id").limit(1).executeTakeFirst(),
      );
      if (filled !== undefined) {
        throw new Trouble(
          "database_not_empty",
          "数据库里已有工会，只能在空数据库上生成。请换一个 ZHIJIA_DATA 或数据库。",
          "The database has unions already; generate into an empty one: another ZHIJIA_DATA or database.",
        );
      }
      const show = (done: number): void =>
        bar.show(`${Math.floor((done / Math.max(1, members)) * 100)}%  ${done}`);
      const made = await generateFederation(db, installation.ring, { members, units, seed, progress: show });
      bar.end();
      const seconds = made.seconds.toFixed(1);
      say({
        zh: `已生成 ${made.units} 个工会、${made.members} 名会员，用时 ${seconds} 秒。`,
        en: `Generated ${made.units} unions and ${made.members} members in ${seconds} s.`,
      });
      return 0;
    } finally {
      bar.end();
      await db.close();
      await installation.close();
    }
  },
};

function whole(text: string | undefined, name: string): number {
  const number = Number(text);
  if (text !== undefined && Number.isSafeInteger(number) && number >= 0) return number;
  throw new WrongUsage(`${name} 应是整数`, `${name} must be a whole number`);
}
