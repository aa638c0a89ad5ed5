import type { Tx } from "../db/index.ts";
import { type Day, day, startOf, yearOf } from "../kernel/day.ts";
import { derivedId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { openFund, receive } from "../ledger/index.ts";
import type { Founded } from "./federation.ts";
import { countyChain, type Family, file, grant, livingAid, statement, visit } from "./lives.ts";
import { Player, type Stage } from "./player.ts";

/** What one applicant went through, for a generator to pattern others on. */
export interface Pattern {
  /** The key of its worker. */
  readonly worker: string;
  readonly cases: readonly string[];
  /** The batch that paid it. */
  readonly batch: string | null;
  /** When people come with it: for the winter's relief, for a child's term, or whenever. */
  readonly season: "winter" | "summer" | "any";
  /** How often it comes, beside the others of its season. */
  readonly weight: number;
  /** Whether anything of it is still under way, so that it can only lie close to today. */
  readonly open: boolean;
}

/** How many members of the first textile union the patterns take. */
export const patternWorkers = 20;

/**
 * Plays cases of one union through every kind of course, from a first asking to a family that needs no more help. Workers
 * are `w0`, `w1` and so on; the funds are those of the county.
 */
export async function playPatterns(tx: Tx, stage: Stage, founded: Founded): Promise<readonly Pattern[]> {
  const play = new Player(tx, stage, founded);
  const [chair, organiser] = ["chair.grassroots", "organiser.grassroots"];
  const chain = countyChain(chair, organiser);
  const families = {
    poor: { cause: "low_income", wageYuan: 18_000 },
    ill: { cause: "self_illness", wageYuan: 33_000, illnessYuan: 14_000 },
    schooling: {
      cause: "schooling",
      wageYuan: 30_000,
      spouse: { name: "孙样海", status: "unemployed", yuan: 0 },
      child: { name: "孙例苗", born: "2008-08-20" },
      schoolingYuan: 12_000,
    },
  } as const satisfies Record<string, Family>;
  const patterns: Pattern[] = [];
  let workers = 0;
  const next = () => `w${workers++}`;
  const rest = { batch: null, season: "any", weight: 1, open: true } as const;

  const stated = async (days: number, family: Family = families.poor) => {
    const worker = next();
    const on = play.ago(days);
    const id = await play.open(worker, on, "hardship-file", await statement(play, worker, on, family));
    return { worker, id };
  };
  /** Households filed, helped and paid in one batch. */
  const paid = async (key: string, start: number, kinds: readonly (keyof typeof families)[]) => {
    const made: { worker: string; kind: keyof typeof families; filed: string; aid: string }[] = [];
    for (const kind of kinds) {
      const worker = next();
      const filed = await file(play, worker, start, families[kind], chain);
      made.push({ worker, kind, filed, aid: "" });
    }
    for (const [index, one] of made.entries())
      one.aid = await grant(play, one.worker, start - 45, 1_200 + index * 400, organiser);
    const day = start - 55;
    const fund = await patternFund(tx, founded, play.ago(day));
    const batch = await play.makeBatch(
      key,
      play.ago(day),
      "aid.county",
      fund,
      "生活救助",
      made.map(({ aid }) => aid),
    );
    await play.actOnBatch(batch, play.ago(day - 1), "finance2.county", "review");
    await play.actOnBatch(batch, play.ago(day - 2), "finance.county", "fund");
    await play.actOnBatch(batch, play.ago(day - 3), "chair.county", "approve");
    await play.actOnBatch(batch, play.ago(day - 4), "cashier.county", "submit");
    await play.bankPaid(batch, play.ago(day - 6), "cashier.county");
    for (const [index, { worker, aid }] of made.entries())
      await play.act(aid, play.ago(day - 8), worker, "rate", {
        stars: String(5 - (index % 3)),
        text: "谢谢。",
      });
    return { batch, made };
  };

  const long = await paid("pattern-long", 440, ["poor", "ill", "schooling"]);
  for (const { worker, kind, filed, aid } of long.made) {
    const exit = { exitReason: "self_request", note: "家里好起来了" };
    await play.act(filed, play.ago(347), worker, "askExit", exit);
    await play.act(filed, play.ago(345), organiser, "exit", { ...exit, note: "集体评议同意退出。" });
    await play.act(filed, play.ago(325), "aid2.county", "approve", { note: "同意。" });
    const seen = play.ago(130);
    await play.act(filed, seen, organiser, "visit", { visitedOn: seen, note: "平稳。" });
    await play.act(filed, play.ago(120), "aid2.county", "close", { note: "稳定脱困。" });
    await play.act(filed, play.ago(118), worker, "rate", { stars: "5" });
    const season = kind === "schooling" ? "summer" : kind === "ill" ? "any" : "winter";
    patterns.push({ worker, cases: [filed, aid], batch: long.batch, season, weight: 6, open: false });
  }
  const late = await paid("pattern-late", 160, ["poor", "schooling"]);
  for (const { worker, filed, aid } of late.made)
    patterns.push({ ...rest, worker, cases: [filed, aid], batch: late.batch, weight: 3 });

  const onFile = next();
  patterns.push({
    ...rest,
    worker: onFile,
    cases: [await file(play, onFile, 120, families.poor, chain)],
    weight: 3,
  });
  const asking = next();
  const asksAid = await file(play, asking, 70, families.ill, chain);
  const aid = await play.open(asking, play.ago(5), "living-aid", livingAid(play, asking));
  await play.act(aid, play.ago(2), organiser, "propose", { amountFen: 180_000 });
  patterns.push({ ...rest, worker: asking, cases: [asksAid, aid] });
  for (const upTo of ["submitted", "accepted", "visited", "returned", "noticed"] as const) {
    const { worker, id } = await stated(upTo === "submitted" ? 2 : upTo === "noticed" ? 14 : 8);
    patterns.push({ ...rest, worker, cases: [id] });
    if (upTo === "submitted") continue;
    if (upTo === "returned") {
      await play.act(id, play.ago(5), chair, "return", { note: "请补交收入证明。" });
      continue;
    }
    await play.act(id, play.ago(upTo === "noticed" ? 12 : 6), chair, "accept", {});
    if (upTo === "accepted") continue;
    const visited = play.ago(upTo === "noticed" ? 9 : 3);
    await play.act(id, visited, chair, "visit", visit(play, visited, chair, organiser));
    if (upTo === "visited") continue;
    await play.act(id, play.ago(5), "aid.county", "check", { sources: ["civil", "insurance"] });
    await play.act(id, play.ago(2), chair, "grade", { note: "同意公示。" });
  }
  for (const [stars, family, season] of [
    ["4", "poor", "winter"],
    ["3", "schooling", "summer"],
    ["2", "ill", "any"],
  ] as const) {
    const { worker, id } = await stated(40, families[family]);
    await play.act(id, play.ago(37), chair, "accept", {});
    await play.act(id, play.ago(34), chair, "refuse", { note: "家庭收入超过标准。" });
    await play.act(id, play.ago(32), worker, "rate", { stars });
    patterns.push({ worker, cases: [id], batch: null, season, weight: 3, open: false });
  }
  const withdrawn = await stated(30);
  await play.act(withdrawn.id, play.ago(28), withdrawn.worker, "withdraw", {});
  patterns.push({
    worker: withdrawn.worker,
    cases: [withdrawn.id],
    batch: null,
    season: "any",
    weight: 2,
    open: false,
  });
  return patterns;
}

/** The county's fund of a day's year, received in January. */
async function patternFund(tx: Tx, founded: Founded, on: Day): Promise<string> {
  const year = yearOf(on);
  const unit = founded.units.get("county")!;
  const id = derivedId<"fund">("demo", "patterns", String(year));
  const received = day(`${year}-01-02`);
  const fund = expect(
    await openFund(
      tx,
      { district: unit.district, unitId: unit.id, path: unit.path },
      {
        id,
        source: "union_upper",
        name: `${year} 年县困难职工帮扶资金`,
        year,
        purposes: ["living", "medical", "schooling"],
      },
    ),
  );
  const receipt = {
    id: derivedId<"voucher">("demo", "patterns", String(year)),
    amountFen: 30_000_000n,
    on: received,
    memo: "年初拨入帮扶资金",
  };
  const finance = founded.officers.get("finance.county")!;
  expect(await receive(tx, fund, receipt, { person: finance.id, at: startOf(received), today: received }));
  return id;
}
