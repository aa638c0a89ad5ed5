import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../../db/testing.ts";
import { newId } from "../../kernel/ids.ts";
import { isRefusal } from "../../kernel/refusal.ts";
import { loadResult, trialResult } from "../../ledger/bank.ts";
import { unsealPayee } from "../../ledger/grant-store.ts";
import { actOnBatch, makeBatch, openFund, placeOf, receive } from "../../ledger/index.ts";
import type { ActAnswers, BatchAct } from "../../ledger/pay.ts";
import { verifyLedger } from "../../ledger/verify.ts";
import { verifyCases } from "../../procedures/verify.ts";
import type { CaseState } from "../../procedures/words.ts";
import { type Actor, scopeOfAny } from "../../units/index.ts";
import { county, officer, officers, refused, stood, storyOn, type TestWorker } from "../testing.ts";
import { grantHook } from "./grants.ts";
import { filesOn } from "./hardship/testing.ts";

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { chair, countyAid, countyAid2, approver, countyChair } = officers;
const finance = officer("施样清", county, "finance");
const cashier = officer("孔试达", county, "cashier");
const vice = officer("许拟和", county, "vice_chair");
const files = filesOn(story);

async function filed(name: string, sequence: number): Promise<TestWorker> {
  const worker = await story.worker(name, undefined, sequence);
  await files.bring((await files.open(worker)).id, "file");
  return worker;
}

/** The case of a worker's hardship file. */
async function fileCase(worker: TestWorker): Promise<string> {
  const file = await t.db.systemRead((tx) =>
    tx
      .selectFrom("hardship_file")
      .where("head_id", "=", worker.person)
      .select("case_id")
      .executeTakeFirstOrThrow(),
  );
  return file.case_id;
}

const asking = (worker: TestWorker) => ({
  need: "药费",
  payee: "self",
  bankHolder: worker.name,
  bankName: "虚构银行",
  bankCard: "9999000000000000017",
  statement: true,
});

async function approved(worker: TestWorker, amountFen: number): Promise<CaseState> {
  const { id } = stood(await story.open("living-aid", asking(worker), worker));
  stood(await story.act(id, "propose", chair, { amountFen }));
  stood(await story.act(id, "approve", countyAid, { amountFen }));
  return stood(await story.act(id, "approve", approver));
}

const paying = () => ({
  ring: story.engine.ring,
  calendar: story.engine.calendar(),
  now: t.clock.now(),
  today: t.clock.today(),
  onGrantState: grantHook(() => story.engine),
});

function scope(actor: Actor) {
  const found = scopeOfAny(
    actor,
    ["batch.make", "batch.review", "batch.fund", "batch.approve", "batch.bank", "batch.read"],
    t.clock.today(),
  );
  assert.ok(!isRefusal(found));
  return found;
}

async function batchStep(batch: string, actor: Actor, name: BatchAct["name"], answers: ActAnswers = {}) {
  const done = await t.db.system((tx) =>
    actOnBatch(tx, paying(), scope(actor), batch, { id: newId(), name, answers }, actor),
  );
  assert.ok(!isRefusal(done), isRefusal(done) ? done.code : "");
}

async function answered(batch: string, failing: readonly number[]) {
  const result = await t.db.system((tx) => trialResult(tx, paying(), scope(cashier), batch, failing));
  assert.ok(!isRefusal(result));
  const loaded = await t.db.system((tx) =>
    loadResult(tx, paying(), scope(cashier), batch, result.bytes, cashier),
  );
  assert.ok(!isRefusal(loaded), isRefusal(loaded) ? loaded.code : "");
}

async function stepOf(id: string) {
  const row = await t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("id", "=", id).select(["step", "amount_fen"]).executeTakeFirstOrThrow(),
  );
  return row.step;
}

test("without a file there is no regular aid, and the way on is said", async () => {
  const worker = await story.worker("何例先", undefined, 11);
  assert.equal(refused(await story.open("living-aid", asking(worker), worker)), "file-needed");
});

test("aid is decided within the household's year, paid after a failed item, and rated", async () => {
  const worker = await filed("李例付", 21);
  const card = asking(worker);
  assert.equal(
    refused(await story.open("living-aid", { ...card, bankHolder: "路人" }, worker)),
    "payee-not-household",
  );
  const toSon = { ...card, payee: "member", bankHolder: "虚样儿" };
  assert.equal(refused(await story.open("living-aid", toSon, worker)), "hand-in", "no written consent");
  const other = { ...toSon, papers: await story.papers(worker, "diagnosis") };
  assert.equal(refused(await story.open("living-aid", other, worker)), "paper-missing");
  const consented = { ...toSon, papers: await story.papers(worker, "payee-consent") };
  assert.equal(
    refused(await story.open("living-aid", { ...consented, bankHolder: "路人" }, worker)),
    "payee-not-household",
  );
  stood(await story.act(stood(await story.open("living-aid", consented, worker)).id, "withdraw", worker));
  const first = await approved(worker, 900_000);
  assert.equal(first.step, "decided");
  assert.equal(first.amountFen, 900_000);

  await story.days(30);
  const { id } = stood(await story.open("living-aid", asking(worker), worker));
  const over = await story.act(id, "propose", chair, { amountFen: 400_000 });
  assert.ok(isRefusal(over));
  assert.equal(over.code, "aid-cap");
  assert.equal(over.params.left, "3,744.00", "the worked example of the fund rules");
  assert.equal(over.at, "/answers/amountFen");
  stood(await story.act(id, "propose", chair, { amountFen: 374_400 }));
  assert.equal(refused(await story.act(id, "approve", countyAid, { amountFen: 374_401 })), "aid-cap");
  stood(await story.act(id, "approve", countyAid, { amountFen: 374_400 }));
  const second = stood(await story.act(id, "approve", approver));

  const grants = await t.db.systemRead((tx) =>
    tx
      .selectFrom("aid_grant")
      .where("beneficiary_id", "=", worker.person)
      .orderBy("decided_on")
      .selectAll()
      .execute(),
  );
  assert.deepEqual(
    grants.map((one) => [one.state, one.amount_fen]),
    [
      ["decided", 900_000n],
      ["decided", 374_400n],
    ],
  );
  const batch = newId();
  await t.db.system(async (tx) => {
    const place = { district: county.district, unitId: county.id, path: county.path };
    const draft = {
      id: newId<"fund">(),
      source: "union_dues" as const,
      name: "帮扶资金",
      year: 2026,
      purposes: [],
    };
    const fund = await openFund(tx, place, draft);
    assert.ok(!isRefusal(fund));
    const receipt = {
      id: newId<"voucher">(),
      amountFen: 5_000_000n,
      on: t.clock.today(),
      memo: "收到帮扶资金",
    };
    const got = await receive(tx, fund, receipt, {
      person: finance.person,
      at: t.clock.now(),
      today: t.clock.today(),
    });
    assert.ok(!isRefusal(got));
    const made = await makeBatch(
      tx,
      paying(),
      scope(countyAid2),
      { ...fund, inFen: 5_000_000n, ...placeOf(fund) },
      {
        id: batch,
        fundId: fund.id,
        purpose: "living",
        title: "三月生活救助",
        grantIds: grants.map((one) => one.id),
      },
      countyAid2,
    );
    assert.ok(!isRefusal(made), isRefusal(made) ? made.code : "");
  });
  assert.equal(await stepOf(first.id), "paying");
  await batchStep(batch, vice, "review");
  await batchStep(batch, finance, "fund");
  await batchStep(batch, countyChair, "approve", { minutesNumber: "2026-3", minutesOn: t.clock.today() });
  await batchStep(batch, cashier, "submit");
  await answered(batch, [2]);
  const states = [await stepOf(first.id), await stepOf(second.id)].sort();
  assert.deepEqual(states, ["paid", "payment_failed"]);
  const failed = await t.db.systemRead((tx) =>
    tx
      .selectFrom("batch_item")
      .where("batch_id", "=", batch)
      .where("state", "=", "failed")
      .select(["id", "case_id"])
      .executeTakeFirstOrThrow(),
  );
  const payee = {
    holder: worker.name,
    card: "9999000000000000025",
    bankName: "虚构银行",
    branch: "云溪支行",
  };
  await batchStep(batch, countyAid2, "correctItem", { item: failed.id, payee });
  await batchStep(batch, cashier, "resend");
  await answered(batch, []);
  assert.deepEqual([await stepOf(first.id), await stepOf(second.id)], ["paid", "paid"]);

  const rated = stood(await story.act(first.id, "rate", worker, { stars: "5", text: "很快" }));
  assert.equal(rated.rating, 5);
  assert.equal(refused(await story.act(first.id, "rate", worker, { stars: "1" })), "case-ended");
  assert.equal(refused(await story.act(second.id, "rate", chair, { stars: "5" })), "applicant-only");

  // The papers turn out to be false: whoever paid is told to have the money back.
  const cancelled = stood(
    await story.act(await fileCase(worker), "cancel", countyAid2, {
      exitReason: "ineligible_found",
      falsehood: true,
      note: "隐瞒收入",
    }),
  );
  assert.deepEqual([cancelled.facts.stoppedFen, cancelled.facts.recoverFen], [0, 1_274_400]);
  const told = await t.db.systemRead((tx) =>
    tx
      .selectFrom("message")
      .where("person_id", "=", finance.person)
      .where("template", "=", "grant.recover")
      .select("link")
      .execute(),
  );
  assert.deepEqual(told, [{ link: `/o/batches/${batch}` }, { link: `/o/batches/${batch}` }]);
  const item = await t.db.systemRead((tx) =>
    tx.selectFrom("batch_item").where("case_id", "=", first.id).select("id").executeTakeFirstOrThrow(),
  );
  await batchStep(batch, finance, "reverseItem", { item: item.id, reason: "材料虚假，追回" });
  assert.deepEqual((await verifyCases(story.engine)).broken, []);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a false statement stops what is decided and not yet paid, and gives the limit back", async () => {
  const worker = await filed("孙例假", 33);
  const aid = await approved(worker, 100_000);
  const cancel = (falsehood: boolean) => ({ exitReason: "ineligible_found", falsehood, note: "查实" });
  const id = await fileCase(worker);
  const done = stood(await story.act(id, "cancel", countyAid2, cancel(true)));
  assert.deepEqual([done.facts.stoppedFen, done.facts.recoverFen], [100_000, 0]);
  assert.equal(await stepOf(aid.id), "cancelled");
  const used = await t.db.systemRead((tx) =>
    tx
      .selectFrom("cap_use")
      .innerJoin("hardship_file as f", (on) =>
        on
          .onRef("f.district", "=", "cap_use.district")
          .on(sql`f.household_id::text`, "=", sql.ref("beneficiary")),
      )
      .where("f.case_id", "=", id)
      .select("cap_use.used_fen")
      .execute(),
  );
  assert.deepEqual(used, [{ used_fen: 0n }]);
});

test("a returned application may name another payee", async () => {
  const worker = await filed("孙例卡", 35);
  const { id } = stood(await story.open("living-aid", asking(worker), worker));
  stood(await story.act(id, "return", chair, { note: "本人卡已注销，请换卡" }));
  const again = {
    ...asking(worker),
    payee: "member",
    bankHolder: "路人",
    bankCard: "9999000000000000025",
    papers: await story.papers(worker, "payee-consent"),
  };
  const { statement: _, ...answers } = again;
  assert.equal(refused(await story.act(id, "resubmit", worker, answers)), "payee-not-household");
  const c = stood(await story.act(id, "resubmit", worker, { ...answers, bankHolder: "虚样儿" }));
  assert.equal(c.step, "submitted");
  assert.equal(c.answers.payee, "member");
});

test("aid on a family member's card is paid when the consent is in writing", async () => {
  const worker = await filed("周例代", 37);
  const [consent] = await story.papers(worker, "payee-consent");
  const toSon = { ...asking(worker), payee: "member", bankHolder: "虚样儿", papers: [consent] };
  const { id } = stood(await story.open("living-aid", toSon, worker));
  stood(await story.act(id, "propose", chair, { amountFen: 100_000 }));
  stood(await story.act(id, "approve", countyAid, { amountFen: 100_000 }));
  const { grantId } = stood(await story.act(id, "approve", approver)).facts;
  const batch = newId();
  await t.db.system(async (tx) => {
    const place = { district: county.district, unitId: county.id, path: county.path };
    const draft = {
      id: newId<"fund">(),
      source: "union_dues" as const,
      name: "代收",
      year: 2026,
      purposes: [],
    };
    const fund = await openFund(tx, place, draft);
    assert.ok(!isRefusal(fund));
    const made = await makeBatch(
      tx,
      paying(),
      scope(countyAid2),
      { ...fund, inFen: 0n, ...placeOf(fund) },
      { id: batch, fundId: fund.id, purpose: "living", title: "代收", grantIds: [String(grantId)] },
      countyAid2,
    );
    assert.ok(!isRefusal(made), isRefusal(made) ? made.code : "");
  });
  await batchStep(batch, vice, "review");
  const item = await t.db.systemRead((tx) =>
    tx.selectFrom("batch_item").where("batch_id", "=", batch).selectAll().executeTakeFirstOrThrow(),
  );
  assert.deepEqual([item.payee_name, item.beneficiary_name], ["虚样儿", "周例代"]);
  const payee = unsealPayee(story.engine.ring, item.grant_district, item.grant_id, item.payee_sealed);
  assert.equal(payee.consent, consent);
});

test("two aids decided at once never pass the cap", async () => {
  const worker = await filed("王例并", 31);
  const cases: string[] = [];
  for (const amountFen of [800_000, 800_000]) {
    const { id } = stood(await story.open("living-aid", asking(worker), worker));
    stood(await story.act(id, "propose", chair, { amountFen }));
    stood(await story.act(id, "approve", countyAid, { amountFen }));
    cases.push(id);
  }
  const done = await Promise.all(cases.map((id) => story.act(id, "approve", approver)));
  assert.equal(done.filter((one) => !isRefusal(one)).length, 1);
  const grants = await t.db.systemRead((tx) =>
    tx.selectFrom("aid_grant").where("beneficiary_id", "=", worker.person).select("amount_fen").execute(),
  );
  assert.deepEqual(
    grants.map((one) => one.amount_fen),
    [800_000n],
  );
});
