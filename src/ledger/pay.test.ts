import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { everything } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import type { Actor } from "../units/index.ts";
import { capUsed } from "./cap-store.ts";
import { moneyOfCase } from "./grant-lists.ts";
import type { ActAnswers, BatchAct } from "./pay.ts";
import { makeBatch } from "./pay.ts";
import { balancesOf } from "./store.ts";
import { card, county, decided, deskOf, found, fundWith, ok, people, scopeFor, yuan } from "./testing.ts";

const t = withDatabase({ today: "2026-03-02" });
beforeEach(() => found(t));

const { told, paying, prepared, act, fileOf, answered, load, look, tied } = deskOf(t);

test("a household's aid goes from decision to card: books tie at every step", async () => {
  const batch = await prepared(["3744", "500", "1000.50"]);
  await tied();
  let now = await look(batch);
  assert.match(now.row.number, /^2026-990101-F-\d{4}$/);
  assert.deepEqual(
    [now.row.state, now.row.totalFen, now.row.items, now.row.dueOn],
    ["draft", 524_450n, 3, "2026-03-05"],
  );
  assert.deepEqual(now.fund, [10000, 0, 0, 10000]);
  const steps: readonly [Actor, BatchAct["name"], ActAnswers, string, string, number][] = [
    [people.vice, "review", {}, "reviewed", "2026-03-05", 0],
    [people.finance, "fund", {}, "funded", "2026-03-09", 5244.5],
    [
      people.chair,
      "approve",
      { minutesNumber: "2026-3", minutesOn: "2026-03-02" },
      "approved",
      "2026-03-09",
      5244.5,
    ],
    [people.cashier, "submit", {}, "submitted_to_bank", "2026-03-09", 5244.5],
  ];
  for (const [actor, name, answers, state, due, committed] of steps) {
    ok(await act(batch, actor, name, answers));
    now = await look(batch);
    assert.deepEqual([now.row.state, now.row.dueOn, now.fund[1]], [state, due, committed]);
    await tied();
  }
  const file = await fileOf(batch);
  assert.ok(file.includes(`,${batch.grants[0]?.payee.card},`) && file.includes(",3744.00,"));
  const loaded = ok(
    await load(
      batch,
      answered(file, (line) => (line === 2 ? "失败,户名不符" : "成功,")),
    ),
  );
  assert.deepEqual(loaded, { repeated: false, paid: 2, failed: 1, refunded: 0, already: 0 });
  now = await look(batch);
  assert.deepEqual(
    [now.row.state, now.states, now.row.dueOn],
    ["partly_failed", "paid failed paid", "2026-03-16"],
  );
  assert.deepEqual(now.fund, [10000, 500, 4744.5, 4755.5]);
  await tied();

  const failed = now.items[1];
  assert.ok(failed && batch.grants[1]);
  const payee = { ...batch.grants[1].payee, card: card(900_001) };
  ok(await act(batch, people.aid, "correctItem", { item: failed.id, payee }));
  ok(await act(batch, people.cashier, "resend"));
  const second = await fileOf(batch);
  assert.equal(second.trim().split("\r\n").length, 2);
  assert.ok(second.includes(`${now.row.number}-00002-2,`) && second.includes(payee.card));
  ok(
    await load(
      batch,
      answered(second, () => "成功,"),
    ),
  );
  now = await look(batch);
  assert.deepEqual([now.row.state, now.states, now.row.paidFen], ["settled", "paid paid paid", 524_450n]);
  assert.deepEqual(now.fund, [10000, 0, 5244.5, 4755.5]);
  ok(await act(batch, people.finance, "close"));
  now = await look(batch);
  assert.deepEqual([now.row.state, now.row.dueOn], ["closed", null]);
  await tied();

  const money = await t.db.systemRead((tx) =>
    moneyOfCase(tx, county.district, batch.grants[1]?.caseId ?? ""),
  );
  assert.deepEqual(
    money.map((one) => [one.state, one.amountFen, one.paidOn, one.batchNumber]),
    [["paid", 50_000n, "2026-03-02", now.row.number]],
  );
  assert.deepEqual(
    told.filter((one) => one.startsWith(batch.grants[1]?.id ?? "")).map((one) => one.split(" ")[1]),
    ["batched", "failed", "batched", "paid"],
  );
  const accounts = await t.db.systemRead((tx) =>
    balancesOf(tx, { ...batch.fund, unitId: county.id }, batch.fund.id),
  );
  assert.deepEqual(
    accounts.map((one) => `${one.account.role}/${one.account.detail} ${one.debitFen} ${one.creditFen}`),
    ["BANK/ 1000000 524450", "CONTRIBUTION_INCOME/ 0 1000000", "RIGHTS/hardship 524450 0"],
  );
  const messages = await t.owner.read(everything, (tx) =>
    tx
      .selectFrom("message")
      .select("template")
      .where("person_id", "=", failed.beneficiaryId)
      .orderBy("id")
      .execute(),
  );
  assert.deepEqual(messages.map((one) => one.template).sort(), ["case.paid", "case.payment-failed"]);
});

test("an action repeated with its id changes nothing; with other content it is refused", async () => {
  const batch = await prepared(["100"]);
  const id = newId();
  ok(await act(batch, people.vice, "review", {}, id));
  const again = ok(await act(batch, people.vice, "review", {}, id));
  assert.equal(again.repeated, true);
  const other = await act(batch, people.finance, "fund", {}, id);
  assert.ok(isRefusal(other) && other.code === "same-id-other-content");
  const five = await Promise.all(
    Array.from({ length: 5 }, () =>
      act(batch, people.finance, "fund", {}, "0198c0de-0000-7000-8000-000000000001"),
    ),
  );
  for (const one of five) ok(one);
  const now = await look(batch);
  assert.deepEqual(now.fund, [10000, 100, 0, 9900]);
  assert.equal(now.row.seq, 3);
  await tied();
});

test("the same list made twice under one id is one batch, and a grant is in one batch only", async () => {
  const batch = await prepared(["100"]);
  const draft = {
    id: batch.id,
    fundId: batch.fund.id,
    purpose: "living" as const,
    title: "三月生活救助",
    grantIds: batch.grants.map((one) => one.id),
  };
  const make = (more: Partial<typeof draft> = {}) =>
    t.db.system((tx) =>
      makeBatch(
        tx,
        paying(),
        scopeFor(people.aid, t.clock.today()),
        batch.fund,
        { ...draft, ...more },
        people.aid,
      ),
    );
  ok(await make());
  const rows: readonly [Partial<typeof draft>, string][] = [
    [{ title: "别的" }, "same-id-other-content"],
    [{ id: newId() }, "grant-not-ready"],
    [{ id: newId(), grantIds: [] }, "batch-empty"],
    [{ id: newId(), grantIds: [newId()] }, "not-found"],
  ];
  for (const [more, code] of rows) {
    const found = await make(more);
    assert.ok(isRefusal(found) && found.code === code, code);
  }
  await tied();
});

test("a return opens the list: the reserve and the fund's caps go back", async () => {
  const batch = await prepared(["100", "200"]);
  ok(await act(batch, people.vice, "review"));
  ok(await act(batch, people.finance, "fund"));
  assert.deepEqual((await look(batch)).fund, [10000, 300, 0, 9700]);
  ok(await act(batch, people.chair, "return", { reason: "金额有误" }));
  let now = await look(batch);
  assert.deepEqual([now.row.state, now.fund[1]], ["draft", 0]);
  await tied();
  const [first] = now.items;
  ok(await act(batch, people.aid, "removeItem", { item: first?.id, reason: "重复" }));
  now = await look(batch);
  assert.deepEqual([now.states, now.row.totalFen, now.row.items], ["removed pending", 20_000n, 1]);
  ok(await act(batch, people.aid, "cancel", { reason: "不发了" }));
  now = await look(batch);
  assert.deepEqual([now.row.state, now.states], ["cancelled", "removed removed"]);
  const grants = await t.db.systemRead((tx) =>
    tx
      .selectFrom("aid_grant")
      .select(["state", "batch_id"])
      .where(
        "id",
        "in",
        batch.grants.map((one) => one.id),
      )
      .execute(),
  );
  assert.deepEqual(grants, [
    { state: "decided", batch_id: null },
    { state: "decided", batch_id: null },
  ]);
  await tied();
});

test("review refuses the payments that break a rule, each by its place in the list", async () => {
  const other = { holder: "别人", card: card(7), bankName: "", branch: "" };
  const batch = await t.db.system(async (tx) => {
    const fund = await fundWith(tx, t, "10000", { source: "central_fiscal" });
    const grants = [
      await decided(tx, "100", { fileTier: null }),
      await decided(tx, "100", { fileTier: "city" }),
      await decided(tx, "100", { payee: other }),
      await decided(tx, "100", { payee: { ...other, card: "12" } }),
      await decided(tx, "100", { payee: { ...other, consent: newId() } }),
    ];
    const draft = {
      id: newId<"batch">(),
      fundId: fund.id,
      purpose: "living" as const,
      title: "中央资金",
      grantIds: grants.map((one) => one.id),
    };
    ok(await makeBatch(tx, paying(), scopeFor(people.aid, t.clock.today()), fund, draft, people.aid));
    return { fund, grants, id: draft.id };
  });
  const refused = await act(batch, people.vice, "review");
  assert.ok(isRefusal(refused));
  assert.deepEqual(
    [refused, ...(refused.also ?? [])].map((one) => `${one.at} ${one.code}`),
    [
      "/items/1 fund-needs-file",
      "/items/2 fund-tier",
      "/items/3 payee-not-beneficiary",
      "/items/4 payee-card",
    ],
  );
  const { items } = await look(batch);
  for (const item of items.slice(0, 4))
    ok(await act(batch, people.aid, "removeItem", { item: item.id, reason: "不符" }));
  ok(await act(batch, people.vice, "review"));
  await tied();
});

test("a fund's caps hold over all its batches", async () => {
  const person = newId<"person">();
  const key = "fund.rules.foundation";
  await t.owner.write(everything, (tx) =>
    sql`insert into policy_value (id, key, place, from_day, value, source, set_at) values (gen_random_uuid(), ${key},
      ${county.path}, '2026-01-01', ${JSON.stringify({
        kinds: ["living"],
        requiresFile: false,
        tiers: null,
        capPaymentFen: 40_000,
        capPersonYearFen: 60_000,
        capHouseholdYearFen: null,
        carryOver: true,
      })}::jsonb, ${JSON.stringify({ document: "基金会章程", tag: "U" })}::jsonb, now())`.execute(tx),
  );
  await t.owner.write(everything, (tx) =>
    sql`update policy_version set version = ${newId<"policy">()}`.execute(tx),
  );
  const make = (amount: string, period: string) =>
    t.db.system(async (tx) => {
      const fund = await fundWith(tx, t, "10000", { source: "foundation" });
      const grant = await decided(tx, amount, { beneficiaryId: person, period });
      const draft = {
        id: newId<"batch">(),
        fundId: fund.id,
        purpose: "living" as const,
        title: "基金",
        grantIds: [grant.id],
      };
      ok(await makeBatch(tx, paying(), scopeFor(people.aid, t.clock.today()), fund, draft, people.aid));
      return { fund, grants: [grant], id: draft.id };
    });
  const [a, b, c] = [await make("400", "1"), await make("300", "2"), await make("400.01", "3")];
  ok(await act(a, people.vice, "review"));
  const over = await act(b, people.vice, "review");
  assert.ok(isRefusal(over) && over.code === "cap-exceeded" && over.at === "/items/1");
  assert.equal(over.params.left, "¥200.00");
  assert.deepEqual(over.source, { document: "基金会章程" });
  const big = await act(c, people.vice, "review");
  assert.ok(isRefusal(big) && big.code === "cap-payment");
  ok(await act(a, people.finance, "return", { reason: "缓发" }));
  ok(await act(b, people.vice, "review"));
  const cap = { rule: "fund:foundation/person", beneficiary: person, year: 2026 };
  assert.equal(await t.db.systemRead((tx) => capUsed(tx, county.district, cap)), yuan("300"));
  await tied();
});
