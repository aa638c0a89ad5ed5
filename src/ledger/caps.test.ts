import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal, sentence } from "../kernel/refusal.ts";
import { capLeft, capUsed, giveBackCaps, takeCap } from "./cap-store.ts";
import { getFund, release, reserve, spend } from "./fund-store.ts";
import { balanceOf, type CapClaim, livingCap } from "./funds.ts";
import { cancelGrant, decideGrant } from "./grant-store.ts";
import { county, found, fundWith, grantDraft, ok, ring, yuan } from "./testing.ts";
import { verifyLedger } from "./verify.ts";

const t = withDatabase({ today: "2026-03-02", max: 20 });
beforeEach(() => found(t));

const source = { document: "总工发〔2015〕20号" };
const claim = (capFen: bigint, beneficiary: string = newId()): CapClaim => ({
  rule: "living/household",
  beneficiary,
  year: 2026,
  capFen,
  title: { zh: "上限", en: "cap" },
  source,
});

test("fifty concurrent payments never exceed a cap, and none that fits alone is lost", async () => {
  const cap = claim(1000n);
  const taken = await Promise.all(
    Array.from({ length: 50 }, () => t.db.system((tx) => takeCap(tx, county.district, cap, 30n))),
  );
  assert.equal(taken.filter((one) => !isRefusal(one)).length, 33);
  assert.equal(await t.db.systemRead((tx) => capUsed(tx, county.district, cap)), 990n);
  assert.equal(await t.db.systemRead((tx) => capLeft(tx, county.district, cap)), 10n);
  const refused = taken.find(isRefusal);
  assert.ok(refused);
  assert.deepEqual(refused.source, source);
  assert.match(sentence(refused, "en"), /¥0\.10 is the most/);
  await t.db.system((tx) => giveBackCaps(tx, county.district, [cap], 990n));
});

test("fifty concurrent batches never reserve more than their fund has", async () => {
  const fund = await t.db.system((tx) => fundWith(tx, t, "10.00"));
  const reserved = await Promise.all(
    Array.from({ length: 50 }, () => t.db.system((tx) => reserve(tx, fund, 30n))),
  );
  assert.equal(reserved.filter((one) => !isRefusal(one)).length, 33);
  const refused = reserved.find(isRefusal);
  assert.equal(refused?.code, "fund-short");
  const now = await t.db.systemRead((tx) => getFund(tx, fund.district, fund.id));
  assert.deepEqual([now.committedFen, balanceOf(now)], [990n, 10n]);
  await t.db.system((tx) => release(tx, fund, 990n));
});

test("any schedule of taking and giving back, in concurrent waves, agrees with the oracle", async () => {
  const step = fc.record({ who: fc.nat(1), fen: fc.bigInt({ min: 1n, max: 60n }), back: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 6 }), async (waves) => {
      const caps = [claim(100n), claim(75n)];
      const held: bigint[][] = [[], []];
      for (const wave of waves) {
        await Promise.all(
          wave.map(async ({ who, fen, back }) => {
            const cap = caps[who] as CapClaim;
            const mine = held[who] as bigint[];
            const returned = back ? mine.pop() : undefined;
            if (returned !== undefined) {
              await t.db.system((tx) => giveBackCaps(tx, county.district, [cap], returned));
              return;
            }
            const done = await t.db.system((tx) => takeCap(tx, county.district, cap, fen));
            if (!isRefusal(done)) mine.push(fen);
          }),
        );
        for (const [who, cap] of caps.entries()) {
          const sum = (held[who] as bigint[]).reduce((all, one) => all + one, 0n);
          assert.equal(await t.db.systemRead((tx) => capUsed(tx, county.district, cap)), sum);
          assert.ok(sum <= cap.capFen);
        }
      }
      for (const [who, cap] of caps.entries())
        for (const fen of held[who] as bigint[])
          await t.db.system((tx) => giveBackCaps(tx, county.district, [cap], fen));
    }),
    { numRuns: 25 },
  );
});

test("one after another, a cap lets through exactly what the oracle lets through", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.bigInt({ min: 1n, max: 200n }), { maxLength: 12 }), async (amounts) => {
      const cap = claim(300n);
      let used = 0n;
      for (const fen of amounts) {
        const fits = used + fen <= 300n;
        const done = await t.db.system((tx) => takeCap(tx, county.district, cap, fen));
        assert.equal(isRefusal(done), !fits);
        if (fits) used += fen;
      }
      if (used > 0n) await t.db.system((tx) => giveBackCaps(tx, county.district, [cap], used));
    }),
    { numRuns: 25 },
  );
});

test("L = 1,062: a household that has had 9,000 is decided at most 3,744 more, over all cases", async () => {
  const household = newId<"household">();
  const cap = livingCap({
    household,
    year: 2026,
    lineFen: yuan("1062"),
    members: 4,
    months: 12,
    perPerson: false,
    source,
  });
  const decide = (amount: string, period: string) =>
    t.db.system((tx) =>
      decideGrant(tx, ring, grantDraft(amount, { householdId: household, caps: [cap], period })),
    );
  ok(await decide("9000", "2026-01"));
  const over = await decide("3744.01", "2026-02");
  assert.ok(isRefusal(over) && over.code === "cap-exceeded" && over.source === source);
  assert.equal(over.params.left, "¥3,744.00");
  ok(await decide("3744", "2026-02"));
  const none = await decide("0.01", "2026-03");
  assert.ok(isRefusal(none) && none.params.left === "¥0.00");
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("sending warmth: at most 3,000 at a time; 3,000 and 2,500 leave 500 for the person's year", async () => {
  const person = newId<"person">();
  const give = (amount: string, period: string) =>
    t.db.system((tx) =>
      decideGrant(tx, ring, grantDraft(amount, { beneficiaryId: person, kind: "warmth", caps: [], period })),
    );
  const much = await give("3000.01", "01");
  assert.ok(isRefusal(much) && much.code === "cap-payment" && much.params.cap === "¥3,000.00");
  ok(await give("3000", "01"));
  ok(await give("2500", "05"));
  const over = await give("500.01", "09");
  assert.ok(isRefusal(over) && over.params.left === "¥500.00");
  ok(await give("500", "09"));
});

test("medical aid of 8,330 is decided on 11,900 self-paid, a fen more is not, and none without the bills", async () => {
  const cost = {
    billFen: yuan("60000"),
    coveredFen: [yuan("38000"), yuan("5000"), yuan("3100"), yuan("2000")],
  };
  const give = (amount: string, more: object) =>
    t.db.system((tx) => decideGrant(tx, ring, grantDraft(amount, { kind: "medical", caps: [], ...more })));
  const over = await give("8330.01", { cost });
  assert.ok(isRefusal(over) && over.code === "cap-payment" && over.params.cap === "¥8,330.00");
  assert.ok(over.source && over.at === "/amountFen");
  const bare = await give("100", {});
  assert.ok(isRefusal(bare) && bare.code === "required" && bare.at === "/cost");
  ok(await give("8330", { cost }));
});

test("the same decision again is one grant; the same person, kind, period and cause is refused and takes no cap", async () => {
  const household = newId<"household">();
  const cap = claim(yuan("1000"), household);
  const draft = grantDraft("300", { caps: [cap] });
  for (let time = 0; time < 2; time++) ok(await t.db.system((tx) => decideGrant(tx, ring, draft)));
  const twice = await t.db.system((tx) =>
    decideGrant(tx, ring, { ...draft, id: newId<"grant">(), caseId: newId() }),
  );
  assert.ok(isRefusal(twice) && twice.code === "grant-twice");
  assert.equal(await t.db.systemRead((tx) => capUsed(tx, county.district, cap)), yuan("300"));
  ok(await t.db.system((tx) => cancelGrant(tx, draft)));
  assert.equal(await t.db.systemRead((tx) => capUsed(tx, county.district, cap)), 0n);
  const cancelled = await t.db.system((tx) => cancelGrant(tx, draft));
  assert.ok(isRefusal(cancelled) && cancelled.code === "grant-not-ready");
  ok(await t.db.system((tx) => decideGrant(tx, ring, { ...draft, id: newId<"grant">() })));
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("concurrent decisions for one household stay under its cap in rows and counter alike", async () => {
  const household = newId<"household">();
  const cap = claim(yuan("1000"), household);
  const done = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      t.db.system((tx) =>
        decideGrant(
          tx,
          ring,
          grantDraft("90", { householdId: household, caps: [cap], period: String(index) }),
        ),
      ),
    ),
  );
  assert.equal(done.filter((one) => !isRefusal(one)).length, 11);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a fund whose reserve would turn negative stops the program, not the books", async () => {
  const fund = await t.db.system((tx) => fundWith(tx, t, "1.00"));
  await assert.rejects(t.db.system((tx) => spend(tx, fund, 1n)));
  await assert.rejects(t.db.system((tx) => release(tx, fund, 1n)));
});
