import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { everything } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { day, type Month } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { systemScope } from "../units/index.ts";
import { holdsMoney } from "./close-guard.ts";
import { account } from "./entries.ts";
import { getFund, receive } from "./fund-store.ts";
import { balanceOf } from "./funds.ts";
import { totalOf } from "./ledger.ts";
import { balancesOf, closeMonth, findVoucher, postVoucher, reverseVoucher } from "./store.ts";
import { settleSubsidy, subsidise } from "./subsidy-store.ts";
import { city, county, elsewhere, found, fundWith, grassroots, ok, people, yuan } from "./testing.ts";
import { verifyLedger } from "./verify.ts";

const t = withDatabase({ today: "2026-03-02" });
beforeEach(() => found(t));

const place = (of: typeof county) => ({ district: of.district, unitId: of.id, path: of.path });
const by = () => ({ person: people.finance.person, at: t.clock.now(), today: t.clock.today() });
const draft = (on: string, amountFen = 100n) => ({
  kind: "transfer" as const,
  on: day(on),
  memo: "试记",
  transfers: [{ debit: account("WORKER_ACTIVITY"), credit: account("BANK"), amountFen }],
});
const posted = (id = newId<"voucher">()) => ({
  id,
  madeBy: people.finance.person,
  at: t.clock.now(),
  today: t.clock.today(),
  source: { event: "entry" as const },
});

test("vouchers are numbered by union and month without gaps, also under concurrency and after a refusal", async () => {
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      t.db.system(async (tx) => {
        const done = await postVoucher(
          tx,
          place(grassroots),
          draft(index % 2 ? "2026-02-10" : "2026-03-01"),
          posted(),
        );
        return index % 5 === 0 ? { refused: true, code: "not-found", params: {} } : done;
      }),
    ),
  );
  const rows = await t.db.systemRead((tx) =>
    tx
      .selectFrom("voucher")
      .select(["month", "number"])
      .where("unit_id", "=", grassroots.id)
      .orderBy("number")
      .execute(),
  );
  for (const month of ["2026-02", "2026-03"]) {
    const numbers = rows.filter((row) => row.month === month).map((row) => row.number);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  }
  assert.equal(rows.length, 24);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a closed month takes no posting, and a month that is not over cannot be closed", async () => {
  const at = place(elsewhere);
  const person = people.finance.person;
  const closing = (month: string) =>
    t.db.system((tx) => closeMonth(tx, at, month as Month, { ...by(), person }));
  assert.equal(((await closing("2026-03")) as { code?: string }).code, "month-not-over");
  ok(await t.db.system((tx) => postVoucher(tx, at, draft("2026-01-31"), posted())));
  ok(await closing("2026-01"));
  const late = await t.db.system((tx) => postVoucher(tx, at, draft("2026-01-31"), posted()));
  assert.ok(isRefusal(late) && late.code === "month-closed");
  ok(await t.db.system((tx) => postVoucher(tx, at, draft("2026-02-01"), posted())));
  const again = await closing("2026-01");
  assert.ok(isRefusal(again) && again.code === "month-closed");
  const race = await Promise.all([
    closing("2026-02"),
    ...Array.from({ length: 8 }, () =>
      t.db.system((tx) => postVoucher(tx, at, draft("2026-02-15"), posted())),
    ),
  ]);
  ok(race[0]);
  for (const one of race) if (isRefusal(one)) assert.equal(one.code, "month-closed");
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a voucher is corrected by its reversal, once; nothing posted can be changed", async () => {
  const at = place(county);
  const { id } = ok(await t.db.system((tx) => postVoucher(tx, at, draft("2026-02-10", 700n), posted())));
  const turn = () =>
    t.db.system(async (tx) => {
      const voucher = ok(await findVoucher(tx, systemScope(), id));
      return reverseVoucher(tx, at, voucher, day("2026-03-02"), "更正", posted());
    });
  ok(await turn());
  const again = await turn();
  assert.ok(isRefusal(again) && again.code === "voucher-reversed");
  const balances = await t.db.systemRead((tx) => balancesOf(tx, at));
  for (const one of balances) assert.equal(one.debitFen, one.creditFen);
  for (const statement of [
    "update transfer set amount_fen = 1",
    "delete from transfer",
    "update voucher set memo = ''",
  ])
    await assert.rejects(
      t.db.system((tx) => sql.raw(statement).execute(tx)),
      /permission denied/,
    );
});

test("money received stands in the fund and in the books, and the same receipt twice counts once", async () => {
  const fund = await t.db.system((tx) => fundWith(tx, t, "0", { source: "central_fiscal" }));
  const receipt = {
    id: newId<"voucher">(),
    amountFen: yuan("20000"),
    on: day("2026-03-02"),
    memo: "中央帮扶资金",
  };
  for (let time = 0; time < 2; time++) ok(await t.db.system((tx) => receive(tx, fund, receipt, by())));
  const other = await t.db.system((tx) => receive(tx, fund, { ...receipt, amountFen: 1n }, by()));
  assert.ok(isRefusal(other) && other.code === "same-id-other-content");
  await t.db.systemRead(async (tx) => {
    const now = await getFund(tx, fund.district, fund.id);
    assert.deepEqual([now.inFen, balanceOf(now)], [yuan("20000"), yuan("20000")]);
    const balances = await balancesOf(tx, place(county), fund.id);
    assert.deepEqual(
      balances.map((one) => `${one.account.role}/${one.account.detail} ${one.debitFen} ${one.creditFen}`),
      ["BANK/ 2000000 0", "SUPERIOR_SUBSIDY/hardship 0 2000000"],
    );
    assert.equal(totalOf(balances, "income"), yuan("20000"));
  });
});

test("a subsidy to a lower union is booked on both sides in one operation, and settles once", async () => {
  const [from, to] = await t.db.system(async (tx) => [
    await fundWith(tx, t, "50000", { at: city, source: "provincial_fiscal" }),
    await fundWith(tx, t, "0", { source: "provincial_fiscal" }),
  ]);
  assert.ok(from && to);
  const subsidy = {
    id: newId<"subsidy">(),
    amountFen: yuan("20000"),
    on: day("2026-03-02"),
    memo: "拨付帮扶补助",
  };
  for (let time = 0; time < 2; time++) ok(await t.db.system((tx) => subsidise(tx, from, to, subsidy, by())));
  const figures = async () =>
    t.db.systemRead(async (tx) => {
      const a = await getFund(tx, from.district, from.id);
      const b = await getFund(tx, to.district, to.id);
      return [a.committedFen, a.spentFen, balanceOf(a), b.inFen].map(Number);
    });
  assert.deepEqual(await figures(), [0, 2_000_000, 3_000_000, 2_000_000]);
  const later = { ...subsidy, id: newId<"subsidy">() };
  ok(await t.db.system((tx) => subsidise(tx, from, to, later, by(), false)));
  assert.deepEqual(await figures(), [2_000_000, 2_000_000, 1_000_000, 2_000_000]);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
  for (let time = 0; time < 2; time++)
    ok(await t.db.system((tx) => settleSubsidy(tx, from.district, later.id, day("2026-03-02"), by())));
  assert.deepEqual(await figures(), [0, 4_000_000, 1_000_000, 4_000_000]);
  const short = await t.db.system((tx) =>
    subsidise(tx, from, to, { ...subsidy, id: newId<"subsidy">() }, by()),
  );
  assert.ok(isRefusal(short) && short.code === "fund-short");
  const upward = await t.db.system((tx) =>
    subsidise(tx, to, from, { ...subsidy, id: newId<"subsidy">() }, by()),
  );
  assert.ok(isRefusal(upward) && upward.code === "subsidy-not-below");
  const accounts = await t.db.systemRead((tx) => balancesOf(tx, place(county), to.id));
  assert.deepEqual(
    accounts.map((one) => `${one.account.role} ${one.debitFen} ${one.creditFen}`),
    ["BANK 4000000 0", "DUE_FROM_SUPERIOR 4000000 4000000", "SUPERIOR_SUBSIDY 0 4000000"],
  );
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a union that holds money is not closed", async () => {
  const of = (unit: typeof county) => t.db.systemRead((tx) => holdsMoney(tx, unit as never));
  assert.equal((await of(county))?.code, "unit-has-money");
  assert.equal(await of(elsewhere), undefined);
});

test("verify finds a changed balance, a missing voucher and a fund that does not tie", async () => {
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
  const spoil = async (statement: string, ...expected: string[]) => {
    await t.owner
      .write(everything, async (tx) => {
        await sql.raw(statement).execute(tx);
        const checks = new Set((await verifyLedger(tx)).map((one) => one.check));
        for (const one of expected) assert.ok(checks.has(one), `${statement}: ${[...checks].join()}`);
        throw new Error("undo");
      })
      .catch((error: Error) => assert.equal(error.message, "undo"));
  };
  await spoil("update account_book set debit_fen = debit_fen + 1 where role = 'BANK'", "account-debits");
  await spoil("update transfer set amount_fen = amount_fen + 1", "account-debits", "account-credits");
  await spoil("update voucher set number = number + 1 where number = 12", "voucher-numbers");
  await spoil("update book_month set vouchers = vouchers + 1", "voucher-numbers");
  await spoil("update fund set in_fen = in_fen + 1", "fund-in", "fund-bank");
  await spoil("update fund set committed_fen = 1 where in_fen - spent_fen > 0", "fund-committed");
  await spoil("insert into cap_use values ('990101', 'living/household', 'x', 2026, 5, 10)", "cap-use");
});
