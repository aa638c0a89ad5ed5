import { createHash } from "node:crypto";
import { movePieces, readPieceAlone } from "../documents/papers/pieces.ts";
import type { ShelfName } from "../documents/papers/shelf.ts";
import { countByShelf, listKept } from "../documents/papers/store.ts";
import { type Installation, openInstallation } from "../installation.ts";
import { type Command, config, progress, readArgs, say, WrongUsage } from "./command.ts";

const shelves: Readonly<Record<ShelfName, { zh: string; en: string }>> = {
  database: { zh: "数据库", en: "database" },
  s3: { zh: "S3 存储", en: "S3 storage" },
};

export const command: Command = {
  summary: {
    zh: "材料放在哪里；移到设定的地方；逐件核对",
    en: "where papers lie; move them where they are set to lie; check each",
  },
  usage: ["papers", "papers move", "papers check"],
  help: {
    zh: "move：按 ZHIJIA_PAPERS 移动已用在申请里的材料，可随时中断、再次执行。check：逐件解封并核对内容，有不符时退出码为 1。程序可以照常运行。",
    en: "move: moves papers that hang on cases to where ZHIJIA_PAPERS says; may be broken off and run again. check: unseals each and compares its content; the exit code is 1 when one differs. The program may keep running.",
  },
  async run(args) {
    const [what = "count"] = args;
    readArgs(args, {}, what === "count" ? [] : [what]);
    if (!["count", "move", "check"].includes(what))
      throw new WrongUsage("用法：papers [move|check]", "expected: papers [move|check]");
    const installation = await openInstallation(config(), { attach: true });
    try {
      if (what === "move") return await move(installation);
      if (what === "check") return await check(installation);
      return await count(installation);
    } finally {
      await installation.close();
    }
  },
};

async function count({ db, config }: Installation): Promise<number> {
  for (const { shelf, papers, bytes } of await db.systemRead(countByShelf)) {
    const size = (bytes / 2 ** 20).toFixed(1);
    say({
      zh: `${shelves[shelf].zh}：${papers} 件，${size} MB`,
      en: `${shelves[shelf].en}: ${papers} papers, ${size} MB`,
    });
  }
  const wanted = shelves[config.papers];
  say({ zh: `设定放在${wanted.zh}。`, en: `They are set to lie in the ${wanted.en}.` });
  return 0;
}

async function move({ db, config, shelf }: Installation): Promise<number> {
  if (shelf === null) {
    say({ zh: "没有设 S3 存储，无可移动。", en: "No S3 storage is set: there is nowhere to move." });
    return 0;
  }
  const bar = progress();
  let moved = 0;
  const from: ShelfName = config.papers === "s3" ? "database" : "s3";
  for await (const paper of papers(db, from)) {
    if (paper.caseId === null) continue;
    if (await movePieces(db, shelf, paper, config.papers)) moved += 1;
    bar.show(String(moved));
  }
  bar.end();
  const to = shelves[config.papers];
  say({ zh: `已移动 ${moved} 件到${to.zh}。`, en: `Moved ${moved} papers to the ${to.en}.` });
  return 0;
}

async function check({ db, ring, shelf }: Installation): Promise<number> {
  const bar = progress();
  const wrong: string[] = [];
  let read = 0;
  for await (const paper of papers(db)) {
    const hash = createHash("sha256");
    try {
      for (let number = 0; number < paper.chunks; number++)
        hash.update(await readPieceAlone(db, ring, shelf, paper, number));
      if (!hash.digest().equals(paper.contentHash)) wrong.push(`${paper.id}: content differs`);
    } catch (error) {
      wrong.push(`${paper.id}: ${error instanceof Error ? error.message : String(error)}`);
    }
    bar.show(String(++read));
  }
  bar.end();
  for (const line of wrong) process.stdout.write(`✗ ${line}\n`);
  say({
    zh: `核对了 ${read} 件材料，${wrong.length} 件不符。`,
    en: `Checked ${read} papers; ${wrong.length} are wrong.`,
  });
  return wrong.length === 0 ? 0 : 1;
}

/** Every paper, of one shelf alone if it is named, a page at a time. */
async function* papers(db: Installation["db"], shelf?: ShelfName) {
  let after: Parameters<typeof listKept>[1] = null;
  for (;;) {
    const page = await db.systemRead((tx) => listKept(tx, after, 500, shelf));
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
  }
}
