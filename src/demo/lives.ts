import type { Tx } from "../db/index.ts";
import { type Day, day, startOf, yearOf } from "../kernel/day.ts";
import { fictitiousIdentity } from "../kernel/identity-number.ts";
import { derivedId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { openFund, receive } from "../ledger/index.ts";
import type { Founded } from "./federation.ts";
import { Player, type Stage } from "./player.ts";

/**
 * Half a year of work leading up to the day of founding, so that every desk has something on it: a household on file and
 * paid, one ready to pay, one on notice, papers returned, a case the clock has escalated, a chain without a city.
 */
export async function playLives(tx: Tx, stage: Stage, founded: Founded): Promise<void> {
  const play = new Player(tx, stage, founded);
  const funds = await foundMoney(tx, stage, founded);
  const paid = await paidHousehold(play);
  await payFirstBatch(play, funds.county, paid);
  await readyToPay(play);
  await onNotice(play);
  await atTheCounty(play);
  await withoutCity(play);
  await returnedPapers(play);
  await justAsked(play);
  await newcomer(play);
  await play.runClocks();
}

async function foundMoney(tx: Tx, stage: Stage, founded: Founded): Promise<{ county: string; city: string }> {
  const year = yearOf(stage.today);
  const on = day(`${year}-01-08`) <= stage.today ? day(`${year}-01-08`) : stage.today;
  const made: Record<string, string> = {};
  for (const [key, name, source, yuan] of [
    ["county", "县困难职工帮扶资金", "union_upper", 300_000],
    ["city", "市困难职工帮扶资金", "provincial_fiscal", 800_000],
  ] as const) {
    const unit = founded.units.get(key)!;
    const id = derivedId<"fund">("demo", key, String(year));
    const place = { district: unit.district, unitId: unit.id, path: unit.path };
    const fund = expect(
      await openFund(tx, place, {
        id,
        source,
        name: `${year} 年${name}`,
        year,
        purposes: ["living", "medical", "schooling"],
      }),
    );
    const finance = founded.officers.get(`finance.${key}`)!;
    const receipt = {
      id: derivedId<"voucher">("demo", key, String(year)),
      amountFen: BigInt(yuan) * 100n,
      on,
      memo: "年初拨入帮扶资金",
    };
    expect(await receive(tx, fund, receipt, { person: finance.id, at: startOf(on), today: on }));
    made[key] = id;
  }
  return { county: made.county!, city: made.city! };
}

export interface Family {
  readonly cause: string;
  readonly wageYuan: number;
  readonly spouse?: { readonly name: string; readonly status: string; readonly yuan: number };
  readonly child?: { readonly name: string; readonly born: string };
  readonly illnessYuan?: number;
  readonly schoolingYuan?: number;
}

/** What a household states, with its papers uploaded; amounts in whole yuan of twelve months. */
export async function statement(play: Player, key: string, on: Day, family: Family) {
  const head = play.worker(key);
  const sealed = play.sealed(head);
  const serial = Number.parseInt(head.id.slice(-4), 16) % 300;
  const number = (born: string, step: number) =>
    fictitiousIdentity(head.district, day(born), (serial * 3 + step) % 999);
  const yuan = (amount: number) => amount * 100;
  const kinds = ["identity", "income", "authorisation", "bank"];
  if (family.cause.endsWith("illness")) kinds.push("diagnosis", "medical-bills");
  if (family.cause === "schooling") kinds.push("schooling");
  return {
    mainCause: family.cause,
    phone: sealed.phone,
    address: "虚构路 1 号示例小区 2 栋",
    members: [
      {
        name: head.name,
        relation: "self",
        idNumber: sealed.idNumber,
        workStatus: "on_post",
        health: family.cause === "self_illness" ? "seriously_ill" : "fair",
        hasProof: true,
      },
      ...(family.spouse
        ? [
            {
              name: family.spouse.name,
              relation: "spouse",
              idNumber: number("1985-05-05", 1),
              workStatus: family.spouse.status,
              health: "fair",
              hasProof: true,
            },
          ]
        : []),
      ...(family.child
        ? [
            {
              name: family.child.name,
              relation: "son",
              idNumber: number(family.child.born, 2),
              workStatus: "studying",
              health: "good",
              hasProof: true,
              school: "示例中学高二",
            },
          ]
        : []),
    ],
    incomes: [
      { who: head.name, kind: "wage", amountFen: yuan(family.wageYuan) },
      ...(family.spouse && family.spouse.yuan > 0
        ? [{ who: family.spouse.name, kind: "wage", amountFen: yuan(family.spouse.yuan) }]
        : []),
    ],
    expenses: [
      ...(family.illnessYuan
        ? [
            {
              kind: "illness",
              grossFen: yuan(family.illnessYuan * 3),
              reimbursedFen: yuan(family.illnessYuan * 2),
            },
          ]
        : []),
      ...(family.schoolingYuan ? [{ kind: "schooling", grossFen: yuan(family.schoolingYuan) }] : []),
    ],
    dwelling: "rented",
    homes: 0,
    hasVehicle: false,
    bankHolder: head.name,
    bankName: sealed.bankName,
    bankCard: sealed.bankCard,
    papers: await play.papers(key, on, kinds),
    checkConsent: true,
    sensitiveConsent: true,
    statement: true,
  };
}

/** The form of a visit that finds what the family stated; the visitors are officers by their logins. */
export const visit = (play: Player, on: Day, ...visitors: string[]) => ({
  visitedOn: on,
  visitors: visitors.map((login) => play.officer(login).id),
  met: "申请人和家属",
  housing: "租住两居室，陈设简单",
  findings: "家庭情况与申请一致。",
  consentSigned: true,
});

/** Files a household: asked, accepted, visited, checked, graded, on notice, reviewed, approved, filed. */
export async function file(
  play: Player,
  key: string,
  start: number,
  family: Family,
  chain: {
    readonly union: string;
    readonly second: string;
    readonly checker: string;
    readonly reviewer: string;
    readonly approver: string | null;
    readonly filer: string;
  },
): Promise<string> {
  const on = play.ago(start);
  const id = await play.open(key, on, "hardship-file", await statement(play, key, on, family));
  await play.act(id, play.ago(start - 2), chain.union, "accept", {});
  const visited = play.ago(start - 5);
  await play.act(id, visited, chain.union, "visit", visit(play, visited, chain.union, chain.second));
  await play.act(id, play.ago(start - 9), chain.checker, "check", {
    sources: ["civil", "housing", "vehicle"],
  });
  await play.act(id, play.ago(start - 11), chain.union, "grade", { note: "经工会委员会集体评议，同意。" });
  await play.act(id, play.ago(start - 30), chain.reviewer, "approve", { note: "情况属实。" });
  if (chain.approver) await play.act(id, play.ago(start - 34), chain.approver, "approve", {});
  await play.act(id, play.ago(start - 37), chain.filer, "file", { liaison: [play.officer(chain.union).id] });
  return id;
}

/** Who takes each step of a filing, by login: two officers of the union, then the county and the city. */
export const countyChain = (union: string, second: string) => ({
  union,
  second,
  checker: "aid.county",
  reviewer: "vice.county",
  approver: "approver.city",
  filer: "aid2.county",
});

/**
 * Living aid for a household on file, asked for `start` days ago, proposed by the union, reviewed by the
 * county and approved by the city eight days later. Gives the case's id; the money is still to be paid.
 */
export async function grant(
  play: Player,
  key: string,
  start: number,
  yuan: number,
  union: string,
): Promise<string> {
  const id = await play.open(key, play.ago(start), "living-aid", livingAid(play, key));
  await play.act(id, play.ago(start - 2), union, "propose", { amountFen: yuan * 100 });
  await play.act(id, play.ago(start - 5), "vice.county", "approve", { amountFen: yuan * 100 });
  await play.act(id, play.ago(start - 8), "approver.city", "approve", {});
  return id;
}

/** The form by which a worker asks for living aid, paid to a card of their own. */
export function livingAid(play: Player, key: string) {
  const head = play.worker(key);
  const sealed = play.sealed(head);
  return {
    need: "家庭日常开支困难，申请生活救助。",
    payee: "self",
    bankHolder: head.name,
    bankName: sealed.bankName,
    bankCard: sealed.bankCard,
    statement: true,
  };
}

async function paidHousehold(play: Player): Promise<string> {
  await file(
    play,
    "li",
    170,
    {
      cause: "self_illness",
      wageYuan: 38_400,
      child: { name: "李例禾", born: "2009-09-01" },
      illnessYuan: 9_000,
      schoolingYuan: 2_400,
    },
    countyChain("chair.grassroots", "organiser.grassroots"),
  );
  return grant(play, "li", 90, 3_600, "organiser.grassroots");
}

async function payFirstBatch(play: Player, fundId: string, caseId: string): Promise<void> {
  const batch = await play.makeBatch("first", play.ago(78), "aid.county", fundId, "第一批生活救助", [caseId]);
  await play.actOnBatch(batch, play.ago(77), "finance2.county", "review");
  await play.actOnBatch(batch, play.ago(76), "finance.county", "fund");
  await play.actOnBatch(batch, play.ago(75), "chair.county", "approve");
  await play.actOnBatch(batch, play.ago(74), "cashier.county", "submit");
  await play.bankPaid(batch, play.ago(72), "cashier.county");
  await play.act(caseId, play.ago(70), "li", "rate", { stars: "5", text: "办得很快，谢谢。" });
}

async function readyToPay(play: Player): Promise<void> {
  await file(
    play,
    "sun",
    100,
    {
      cause: "schooling",
      wageYuan: 42_000,
      spouse: { name: "孙样海", status: "unemployed", yuan: 0 },
      child: { name: "孙例苗", born: "2008-08-20" },
      schoolingYuan: 12_000,
    },
    countyChain("chair.machine", "organiser.machine"),
  );
  await grant(play, "sun", 20, 2_800, "organiser.machine");
}

async function onNotice(play: Player): Promise<void> {
  const on = play.ago(14);
  const id = await play.open(
    "wu",
    on,
    "hardship-file",
    await statement(play, "wu", on, {
      cause: "family_illness",
      wageYuan: 36_000,
      spouse: { name: "武样芹", status: "sick_leave", yuan: 6_000 },
      illnessYuan: 15_000,
    }),
  );
  await play.act(id, play.ago(12), "chair.grassroots", "accept", {});
  await play.act(
    id,
    play.ago(9),
    "chair.grassroots",
    "visit",
    visit(play, play.ago(9), "chair.grassroots", "organiser.grassroots"),
  );
  await play.act(id, play.ago(5), "aid.county", "check", { sources: ["civil", "insurance"] });
  await play.act(id, play.ago(2), "chair.grassroots", "grade", { note: "同意公示。" });
}

async function atTheCounty(play: Player): Promise<void> {
  const on = play.ago(60);
  const id = await play.open(
    "dong",
    on,
    "hardship-file",
    await statement(play, "dong", on, {
      cause: "low_income",
      wageYuan: 30_000,
      child: { name: "董例果", born: "2012-03-09" },
    }),
  );
  await play.act(id, play.ago(58), "chair.machine", "accept", {});
  await play.act(
    id,
    play.ago(55),
    "chair.machine",
    "visit",
    visit(play, play.ago(55), "chair.machine", "organiser.machine"),
  );
  await play.act(id, play.ago(50), "aid.county", "check", { sources: ["civil", "housing"] });
  await play.act(id, play.ago(46), "chair.machine", "grade", { note: "符合条件。" });
}

async function withoutCity(play: Player): Promise<void> {
  const on = play.ago(48);
  const id = await play.open(
    "long",
    on,
    "hardship-file",
    await statement(play, "long", on, {
      cause: "layoff",
      wageYuan: 24_000,
      spouse: { name: "古丽·样", status: "flexible", yuan: 9_000 },
    }),
  );
  await play.act(id, play.ago(46), "chair.port", "accept", {});
  await play.act(
    id,
    play.ago(44),
    "chair.port",
    "visit",
    visit(play, play.ago(44), "chair.port", "organiser.port"),
  );
  await play.act(id, play.ago(40), "aid.lake", "check", { sources: ["civil"] });
  await play.act(id, play.ago(38), "chair.port", "grade", { note: "同意。" });
  await play.act(id, play.ago(20), "chair.lake", "approve", { note: "同意建档。" });
}

async function returnedPapers(play: Player): Promise<void> {
  const on = play.ago(6);
  const id = await play.open(
    "qian",
    on,
    "hardship-file",
    await statement(play, "qian", on, {
      cause: "self_illness",
      wageYuan: 45_000,
      illnessYuan: 20_000,
    }),
  );
  await play.act(id, play.ago(4), "chair.software", "return", { note: "医疗费票据看不清，请重新拍照上传。" });
}

async function justAsked(play: Player): Promise<void> {
  for (const [key, days, family] of [
    ["zhao", 2, { cause: "low_income", wageYuan: 26_400, child: { name: "赵例田", born: "2016-06-06" } }],
    [
      "du",
      18,
      {
        cause: "family_illness",
        wageYuan: 33_000,
        spouse: { name: "杜样江", status: "on_post", yuan: 18_000 },
        illnessYuan: 8_000,
      },
    ],
  ] as const) {
    const on = play.ago(days);
    await play.open(key, on, "hardship-file", await statement(play, key, on, family));
  }
}

async function newcomer(play: Player): Promise<void> {
  const person = play.worker("newcomer");
  const sealed = play.sealed(person);
  await play.open("newcomer", play.ago(1), "join", {
    situation: "platform",
    unit: play.unit("couriers").id,
    employerName: "示例速递",
    group: "COURIER",
    idNumber: sealed.idNumber,
    phone: sealed.phone,
    migrant: true,
    constitution: true,
    dataConsent: true,
    signature: person.name,
  });
}
