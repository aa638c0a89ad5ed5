import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { day, type Month } from "../kernel/day.ts";
import { parseYuan } from "../kernel/money.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import {
  type Account,
  type AccountRole,
  accountRoles,
  accountTitle,
  chartOn,
  chartVersions,
} from "./chart.ts";
import * as entries from "./entries.ts";
import { check, fold, reverse, type Transfer, totalOf, untied } from "./ledger.ts";

const yuan = (text: string) => expect(parseYuan(text));
const book = { today: day("2026-04-20"), closedThrough: "2026-03" as Month };

function accountOf(text: string): Account {
  const [role = "", detail = ""] = text.split("/");
  return { role: role as AccountRole, detail, fund: null };
}

/** One row, one voucher: day, memo, then `debit credit amount` as often as it has transfers, and its verdict. */
function verdicts(table: string): void {
  for (const row of table.trim().split("\n")) {
    const [on = "", memo = "", ...rest] = row.trim().split(/\s+/);
    const verdict = rest.pop();
    const transfers: Transfer[] = [];
    for (let i = 0; i + 2 < rest.length + 1 && rest[i] !== undefined; i += 3)
      transfers.push({
        debit: accountOf(rest[i] as string),
        credit: accountOf(rest[i + 1] as string),
        amountFen: BigInt(rest[i + 2] as string),
      });
    const draft = { kind: "payment", on: day(on), memo: memo === "-" ? " " : memo, transfers } as const;
    const checked = check(draft, book);
    assert.equal(isRefusal(checked) ? checked.code : "ok", verdict, row);
  }
}

test("a voucher is refused for the first thing wrong with it", () =>
  verdicts(`
    2026-04-10 aid RIGHTS/hardship BANK 300                          ok
    2026-04-10 aid RIGHTS/hardship BANK 300 RIGHTS/warmth BANK 200   ok
    2026-04-20 aid RIGHTS BANK 1                                     ok
    2026-04-10 -   RIGHTS BANK 0                                     voucher-without-memo
    2026-04-10 aid                                                   voucher-empty
    2026-04-10 aid RIGHTS RIGHTS 0                                   amount-not-positive
    2026-04-10 aid RIGHTS BANK -5                                    amount-not-positive
    2026-04-10 aid RIGHTS BANK 300 BANK BANK 200                     same-account
    2026-04-21 aid BANK BANK 200                                     same-account
    2026-04-21 aid TEA BANK 300                                      voucher-day-ahead
    2026-03-31 aid TEA BANK 300                                      month-closed
    2025-12-31 aid RIGHTS BANK 300                                   month-closed
    2026-04-01 aid TEA BANK 300                                      no-such-account
    2026-04-01 aid RIGHTS/tea BANK 300                               no-such-account
  `));

test("accounts are known by role; the code comes from the chart of the day", () => {
  const rows = [
    ["2026-01-05", "RIGHTS", "hardship", "50404"],
    ["2021-12-31", "RIGHTS", "hardship", "50204"],
    ["2026-01-05", "SUPERIOR_SUBSIDY", "hardship", "40304"],
    ["2021-12-31", "SUPERIOR_SUBSIDY", "warmth", "40305"],
    ["2026-01-05", "BANK", "", "102"],
  ] as const;
  for (const [on, role, detail, code] of rows) {
    const chart = chartOn(day(on));
    assert.ok(chart);
    assert.equal(accountTitle({ role, detail }, chart).code, code);
  }
  assert.equal(chartOn(day("2009-12-31")), undefined);
  const codes = chartVersions.map(({ lines }) => Object.values(lines).map((line) => line.code));
  for (const list of codes) assert.equal(new Set(list).size, list.length);
});

const inBooks = (transfers: readonly Transfer[]) =>
  transfers.map(({ debit, credit, amountFen }) => `${debit.role} ${credit.role} ${amountFen}`);

test("standard entries are those of the accounting system", () => {
  assert.deepEqual(inBooks(entries.duesReceived(yuan("2100"))), ["BANK DUES_INCOME 210000"]);
  assert.deepEqual(
    inBooks(entries.contributionReceived({ ownFen: yuan("6000"), aboveFen: yuan("4000"), belowFen: 0n })),
    ["BANK CONTRIBUTION_INCOME 600000", "BANK DUE_TO_SUPERIOR 400000"],
  );
  assert.deepEqual(inBooks(entries.remitted(yuan("4000"))), ["DUE_TO_SUPERIOR BANK 400000"]);
  assert.deepEqual(inBooks(entries.shareReturned(yuan("6000"), false)), ["BANK CONTRIBUTION_INCOME 600000"]);
  assert.deepEqual(inBooks(entries.shareReturned(yuan("6000"), true)), ["BANK DUE_FROM_SUPERIOR 600000"]);
  assert.deepEqual(
    inBooks(entries.contributionReceived({ ownFen: yuan("2000"), aboveFen: yuan("2000"), belowFen: 0n })),
    ["BANK CONTRIBUTION_INCOME 200000", "BANK DUE_TO_SUPERIOR 200000"],
  );
  assert.deepEqual(
    inBooks(
      entries.contributionReceived({ ownFen: yuan("2000"), aboveFen: yuan("2000"), belowFen: yuan("6000") }),
    ),
    ["BANK CONTRIBUTION_INCOME 200000", "BANK DUE_TO_SUPERIOR 200000", "BANK DUE_TO_LOWER 600000"],
  );
  assert.deepEqual(inBooks(entries.employerSubsidyReceived(yuan("5000"))), ["BANK EMPLOYER_SUBSIDY 500000"]);
  assert.deepEqual(inBooks(entries.activityPaid(yuan("30000"))), ["WORKER_ACTIVITY BANK 3000000"]);
  assert.deepEqual(inBooks(entries.assetBought(yuan("6000"))), [
    "CAPITAL BANK 600000",
    "FIXED_ASSET ASSET_FUND 600000",
  ]);
  assert.deepEqual(inBooks(entries.assetDepreciated(yuan("83.33"))), ["ASSET_FUND ACC_DEPRECIATION 8333"]);
  assert.deepEqual(
    inBooks(
      entries.fundReceived("f", { role: "SUPERIOR_SUBSIDY", detail: "hardship", fund: null }, yuan("20000")),
    ),
    ["BANK SUPERIOR_SUBSIDY 2000000"],
  );
  const paid = entries.aidPaid("f", "hardship", [{ amountFen: 100n, caseId: "c", householdId: null }]);
  assert.deepEqual(inBooks(paid), ["RIGHTS BANK 100"]);
});

test("a computer of 6,000 yuan over 72 months keeps the asset fund equal to the net assets after every voucher", () => {
  let balances = fold(entries.assetBought(yuan("6000")));
  const months = entries.depreciation(yuan("6000"), 72);
  assert.equal(months[40], yuan("83.33"));
  for (const month of months) {
    balances = fold(entries.assetDepreciated(month), balances);
    assert.deepEqual(untied(balances), []);
  }
  balances = fold(entries.assetDisposed(yuan("6000"), yuan("6000")), balances);
  assert.deepEqual(untied(balances), []);
  assert.equal(totalOf(balances, "netAsset"), 0n);
  assert.notDeepEqual(
    untied(fold([{ debit: accountOf("FIXED_ASSET"), credit: accountOf("BANK"), amountFen: 1n }])),
    [],
  );
});

test("a contribution of 10,246.91 splits as in the worked example, and any amount splits exactly", () => {
  const upper = [
    { level: "national", bp: 500 },
    { level: "province", bp: 500 },
    { level: "prefecture", bp: 1000 },
    { level: "county", bp: 2000 },
  ];
  const split = entries.splitContribution(yuan("10246.91"), upper);
  assert.deepEqual(
    split.upper.map((one) => one.fen),
    [51_234n, 51_234n, 102_469n, 204_938n],
  );
  assert.equal(split.grassrootsFen, yuan("6148.16"));
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 100_000_000_000_000n }), (amount) => {
      const { upper: parts, grassrootsFen } = entries.splitContribution(amount, upper);
      assert.ok(grassrootsFen >= 0n && parts.every((one) => one.fen >= 0n));
      assert.equal(
        parts.reduce((sum, one) => sum + one.fen, grassrootsFen),
        amount,
      );
    }),
  );
});

const anyAccount = fc
  .constantFrom(...(Object.keys(accountRoles) as AccountRole[]))
  .map((role): Account => ({ role, detail: "", fund: null }));
const anyTransfer = fc
  .record({ debit: anyAccount, credit: anyAccount, amountFen: fc.bigInt({ min: 1n, max: 10n ** 12n }) })
  .filter((one) => one.debit.role !== one.credit.role);

test("whatever is posted, debits equal credits, and a voucher with its reversal leaves nothing", () => {
  fc.assert(
    fc.property(fc.array(anyTransfer, { minLength: 1, maxLength: 20 }), (transfers) => {
      const sums = fold(transfers);
      const total = (side: "debitFen" | "creditFen") => sums.reduce((all, one) => all + one[side], 0n);
      assert.equal(total("debitFen"), total("creditFen"));
      const draft = { kind: "transfer", on: day("2026-04-10"), memo: "m", transfers } as const;
      const back = reverse(draft, day("2026-04-11"), "back", { ...book, closedThrough: null });
      if (isRefusal(back)) return;
      for (const one of fold([...transfers, ...back.transfers])) assert.equal(one.debitFen, one.creditFen);
    }),
  );
});
