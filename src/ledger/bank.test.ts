import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { everything } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { historyOf } from "./batch-history.ts";
import { capUsed } from "./cap-store.ts";
import { moneyOfCase } from "./grant-lists.ts";
import type { GrantDraft } from "./grant-store.ts";
import { correctOwnPayment } from "./pay.ts";
import { card, county, deskOf, found, ok, people, yuan } from "./testing.ts";
import { verifyLedger } from "./verify.ts";

const t = withDatabase({ today: "2026-03-02" });
beforeEach(() => found(t));

const { paying, prepared, act, sent, fileOf, answered, load, look, tied } = deskOf(t);

test("money recovered is a counter-entry: the fund has it again, the caps are free, the item says so", async () => {
  const household = newId<"household">();
  const caps = [
    {
      rule: "living/household",
      beneficiary: household,
      year: 2026,
      capFen: yuan("1000"),
      title: { zh: "", en: "" },
    },
  ];
  const batch = await prepared(["600"], { householdId: household, caps });
  await sent(batch);
  ok(
    await load(
      batch,
      answered(await fileOf(batch), () => "成功,"),
    ),
  );
  const { items } = await look(batch);
  ok(await act(batch, people.finance, "reverseItem", { item: items[0]?.id, reason: "虚假申报" }));
  const now = await look(batch);
  assert.deepEqual([now.row.state, now.states, now.row.paidFen], ["settled", "recovered", 0n]);
  assert.deepEqual(now.fund, [10000, 0, 0, 10000]);
  assert.equal(await t.db.systemRead((tx) => capUsed(tx, county.district, caps[0] as never)), 0n);
  const again = await act(batch, people.finance, "reverseItem", { item: items[0]?.id, reason: "再来" });
  assert.ok(isRefusal(again) && again.code === "item-state");
  await tied();
});

test("what the bank sends back later leaves the grant ready for another batch", async () => {
  const batch = await prepared(["600", "50"]);
  await sent(batch);
  const file = await fileOf(batch);
  ok(
    await load(
      batch,
      answered(file, () => "成功,"),
    ),
  );
  ok(
    await load(
      batch,
      answered(file, (line) => (line === 1 ? "退汇,账户已销" : "成功,")),
    ),
  );
  const now = await look(batch);
  assert.deepEqual([now.row.state, now.states], ["settled", "refunded paid"]);
  assert.deepEqual(now.fund, [10000, 0, 50, 9950]);
  const [money] = await t.db.systemRead((tx) =>
    moneyOfCase(tx, county.district, batch.grants[0]?.caseId ?? ""),
  );
  assert.deepEqual([money?.state, money?.paidOn, money?.batchNumber], ["decided", null, null]);
  await tied();
});

test("the same result twice is harmless, also at once; a hostile one changes nothing", async () => {
  const batch = await prepared(["600", "50"]);
  await sent(batch);
  const file = await fileOf(batch);
  const before = await look(batch);
  const hostile = [
    answered(file, () => "成功,").replace("600.00", "6000.00"),
    `${answered(file, () => "成功,")}\r\n${answered(file, () => "成功,").split("\r\n")[1]}`,
    answered(file, () => "成功,").replace(`${before.row.number}-00002`, `${before.row.number}-00003`),
    answered(file, () => "成功,").replaceAll(before.row.number, "2026-990101-F-9999"),
    "PK\u0003\u0004",
    "",
  ];
  for (const text of hostile) assert.ok(isRefusal(await load(batch, text)));
  const { row, states, fund } = await look(batch);
  assert.deepEqual([row.seq, states, fund], [before.row.seq, before.states, before.fund]);
  const results = await Promise.all(
    Array.from({ length: 5 }, () =>
      load(
        batch,
        answered(file, () => "成功,"),
      ),
    ),
  );
  assert.equal(results.map(ok).filter((one) => !one.repeated).length, 1);
  assert.deepEqual((await look(batch)).fund, [10000, 0, 650, 9350]);
  await tied();
});

test("the result is not the approver's to load, and nobody outside the scope sees the batch", async () => {
  const batch = await prepared(["600"]);
  await sent(batch);
  const file = await fileOf(batch);
  const byChair = await load(
    batch,
    answered(file, () => "成功,"),
    people.chair,
  );
  assert.ok(isRefusal(byChair) && byChair.code === "not-yours");
  const { elsewhere, officer } = await import("./testing.ts");
  const stranger = officer("外县财务", elsewhere, "finance");
  for (const found of [
    await act(batch, stranger, "close"),
    await load(
      batch,
      answered(file, () => "成功,"),
      stranger,
    ),
  ])
    assert.ok(isRefusal(found) && found.code === "not-found");
});

test("a worker names another card for their own failed payment, and for nobody else's", async () => {
  const batch = await prepared(["600"]);
  await sent(batch);
  const [grant] = batch.grants;
  assert.ok(grant);
  const own = { person: grant.beneficiaryId, name: grant.beneficiaryName };
  const fix = (worker: typeof own, payee = { ...grant.payee, card: card(900_333) }, id: string = newId()) =>
    t.db.system((tx) => correctOwnPayment(tx, paying(), grant, { id, payee }, worker));
  const early = await fix(own);
  assert.ok(isRefusal(early) && early.code === "item-state");
  ok(
    await load(
      batch,
      answered(await fileOf(batch), () => "失败,账号错误"),
    ),
  );
  const rows: readonly [typeof own, typeof grant.payee, string][] = [
    [{ ...own, person: people.aid.person }, grant.payee, "not-found"],
    [own, { ...grant.payee, holder: "别人" }, "payee-not-beneficiary"],
    [own, { ...grant.payee, card: "1" }, "payee-card"],
  ];
  for (const [worker, payee, code] of rows) {
    const refused = await fix(worker, payee);
    assert.ok(isRefusal(refused) && refused.code === code, code);
  }
  const id = newId();
  for (let time = 0; time < 2; time++) ok(await fix(own, undefined, id));
  assert.equal((await look(batch)).states, "corrected");
  ok(await act(batch, people.cashier, "resend"));
  assert.ok((await fileOf(batch)).includes(card(900_333)));
  await tied();
});

test("the history keeps no card number, and a changed byte of it is found", async () => {
  const batch = await prepared(["600"]);
  await sent(batch);
  ok(
    await load(
      batch,
      answered(await fileOf(batch), () => "失败,账号错误"),
    ),
  );
  const { items, row } = await look(batch);
  const payee = { ...(batch.grants[0] as GrantDraft).payee, card: card(900_777) };
  ok(await act(batch, people.aid, "correctItem", { item: items[0]?.id, payee }));
  const history = await t.db.systemRead((tx) => historyOf(tx, row));
  const text = JSON.stringify(history);
  assert.ok(!text.includes(payee.card) && text.includes(payee.card.slice(-4)));
  assert.deepEqual(
    history.map((one) => [one.name, one.byRole]),
    [
      ["make", "aid"],
      ["review", "vice_chair"],
      ["fund", "finance"],
      ["approve", "chair"],
      ["submit", "cashier"],
      ["bankFile", "cashier"],
      ["result", "cashier"],
      ["correctItem", "aid"],
    ],
  );
  await t.owner
    .write(everything, async (tx) => {
      await sql`update batch_action set by_name = '别人' where batch_id = ${batch.id} and seq = 3`.execute(
        tx,
      );
      const [found] = await verifyLedger(tx);
      assert.equal(found?.check, "batch-chain");
      throw new Error("undo");
    })
    .catch((error: Error) => assert.equal(error.message, "undo"));
});
