import type pg from "pg";
import { withClient } from "../db/client.ts";
import type { Db } from "../db/index.ts";
import { openDatabase } from "../db/pool.ts";
import { misplacedTables } from "../db/shard.ts";
import { openInstallation } from "../installation.ts";
import { verifyLedger } from "../ledger/index.ts";
import { type Broken, verifyCases, verifyCounters } from "../procedures/index.ts";
import { verifyUsed } from "../services/index.ts";
import { verifyFigures } from "../statistics/families.ts";
import { verifyTree } from "../units/index.ts";
import { type Command, config, readArgs, say } from "./command.ts";

export const command: Command = {
  summary: {
    zh: "重新计算一切：办件链、每日根、账目、批次、计数、额度和统计",
    en: "recompute everything: chains, daily roots, books, batches, counters, quotas and figures",
  },
  usage: ["verify"],
  help: {
    zh: "只读，程序可以照常运行。有不符时逐条列出，退出码为 1。",
    en: "Reads only; the program may keep running. What does not agree is listed, and the exit code is 1.",
  },
  async run(args) {
    readArgs(args, {});
    const installation = await openInstallation(config(), { attach: true });
    const { ring, direct, owner } = installation;
    // As many connections as are at work at once, and time to read whole tables.
    const db = openDatabase({ connection: direct, role: null, max: 6, statementTimeoutMs: 0 });
    try {
      // Chains are recomputed here, all else by the database: side by side.
      const [cases, others] = await Promise.all([verifyCases({ db, ring }), othersBroken(db, owner)]);
      const broken = [...cases.broken, ...others];
      for (const { check, where, expected, found } of broken) {
        process.stdout.write(`✗ ${check}  ${where}\n  应为 expected ${expected}\n  实为 found ${found}\n`);
      }
      say({
        zh: `核对了 ${cases.cases} 件办件、${cases.actions} 个动作、${cases.roots} 个日根、组织树、全部账目和统计汇总：${broken.length === 0 ? "一致。" : `${broken.length} 处不符。`}`,
        en: `Checked ${cases.cases} cases, ${cases.actions} actions, ${cases.roots} daily roots, the tree of unions, all books and the roll-ups of the figures: ${broken.length === 0 ? "everything agrees." : `${broken.length} do not agree.`}`,
      });
      return broken.length === 0 ? 0 : 1;
    } finally {
      await db.close();
      await installation.close();
    }
  },
};

/** What the database counts again, one after the other. */
async function othersBroken(db: Db, owner: pg.ClientConfig): Promise<readonly Broken[]> {
  return [
    ...(await verifyCounters(db)),
    ...(await db.systemRead(verifyTree)),
    ...(await db.systemRead(verifyLedger)),
    ...(await verifyFigures(db)),
    ...(await verifyUsed(db)),
    ...(await misplaced(owner)),
  ];
}

/** On a distributed database: tables that do not lie where they should, shards without their wall. */
async function misplaced(owner: pg.ClientConfig): Promise<readonly Broken[]> {
  const found = await withClient(owner, misplacedTables);
  return found.map(({ table, ...said }) => ({ check: "distribution", where: table, ...said }));
}
