import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { withDatabase } from "../../db/testing.ts";
import { day } from "../../kernel/day.ts";
import { newId } from "../../kernel/ids.ts";
import { expect } from "../../kernel/refusal.ts";
import { giveBackCaps, takeCap } from "../../ledger/cap-store.ts";
import { scopeOf } from "../../units/scope.ts";
import { county, mill, officers, port, storyOn } from "../testing.ts";
import { judgeLiving, livingLines, livingPopulation } from "./eligible.ts";
import { livingSheet } from "./eligible-sheet.ts";
import { rebuildUsed, verifyUsed } from "./hardship/used.ts";

const t = withDatabase();
const story = storyOn(t);

const params = { today: "2026-03-02", capFen: 374_400 };
const filed = { state: "active", validTo: "2026-12-31", category: "deep", usedFen: 0 };

test("living aid fits one household by its file, its category and what is left of its year", () => {
  const rows: readonly [Parameters<typeof judgeLiving>[0], boolean | null, readonly string[]][] = [
    [filed, true, []],
    [{ ...filed, state: "reverifying", category: "relative" }, true, []],
    [{ ...filed, validTo: "2026-03-02" }, true, []],
    [{ ...filed, validTo: "2026-03-01" }, false, ["validTo"]],
    [{ ...filed, category: "accident" }, false, ["category"]],
    [{ ...filed, usedFen: 374_400 }, false, ["usedFen"]],
    [{ ...filed, state: "exited", usedFen: 374_400 }, false, ["state", "usedFen"]],
    [{ ...filed, usedFen: null }, null, []],
  ];
  for (const [known, passed, against] of rows) {
    const judged = judgeLiving(known, params);
    const failed = judged.reasons.filter((one) => one.passed === false).map((one) => one.fact);
    assert.deepEqual([judged.passed, failed], [passed, against], JSON.stringify(known));
  }
});

test("with another limit the same household may fit again", () => {
  const spent = { ...filed, usedFen: 374_400 };
  assert.equal(judgeLiving(spent, { ...params, capFen: 400_000 }).passed, true);
});

test("the rule over a population fits the very households that it fits one by one, inside the scope alone", async () => {
  await story.worker("例");
  const today = day("2026-03-02");
  const household = fc.record({
    category: fc.constantFrom("deep", "relative", "accident"),
    state: fc.constantFrom("active", "reverifying", "monitoring", "exited"),
    validTo: fc.constantFrom("2026-03-01", "2026-03-02", "2026-12-31"),
    usedFen: fc.constantFrom(null, 0, 100, 200, 300),
    usedBefore: fc.boolean(),
    at: fc.constantFrom(mill, mill, port),
  });
  const homes = fc.sample(household, { numRuns: 300, seed: 11 }).map((one) => ({ ...one, id: newId() }));
  await t.owner.system(async (tx) => {
    for (const { id, at, category, state, validTo, usedFen, usedBefore } of homes) {
      await sql`insert into hardship_file (district, id, file_no, case_id, household_id, head_id, head_name, unit_id, path, category, tier, main_cause, member_count, filed_on, valid_to, state)
        values (${at.district}, ${id}, ${id}, ${id}, ${id}, ${id}, '王例', ${at.id}, ${at.path}, ${category}, 'national', 'self_illness', 2, '2026-01-01', ${validTo}, ${state})`.execute(
        tx,
      );
      const use = async (rule: string, year: number, fen: number) => {
        const title = { zh: "年度上限", en: "A year’s limit" };
        const cap = { rule, beneficiary: id, year, capFen: 1000n, title };
        expect(await takeCap(tx, at.district, cap, BigInt(fen + 50)));
        await giveBackCaps(tx, at.district, [cap], 50n);
      };
      if (usedBefore) await use("living/household", 2025, 300);
      if (usedFen !== null) await use("living/household", 2026, usedFen);
      if (usedBefore) await use("living/household", 2025, 100);
      if (usedBefore) await use("medical/household", 2026, 300);
    }
  });
  assert.deepEqual(await verifyUsed(t.owner), []);
  const scope = expect(scopeOf(officers.countyAid, "case.read", today));
  assert.deepEqual(scope.roots, [county.path]);
  for (const capFen of [50, 200, 250, 1000]) {
    const fits = homes.filter(
      ({ at, usedFen, ...file }) =>
        at === mill && judgeLiving({ ...file, usedFen: usedFen ?? 0 }, { today, capFen }).passed,
    );
    const found = await t.db.systemRead((tx) => livingPopulation(tx, scope, { today, capFen }));
    const left = fits.reduce((sum, { usedFen }) => sum + capFen - (usedFen ?? 0), 0);
    assert.deepEqual(found, { households: fits.length, leftFen: BigInt(left) });
    const ids: string[] = [];
    const page = (after: Parameters<typeof livingLines>[3]["after"], limit: number) =>
      t.db.systemRead((tx) => livingLines(tx, scope, { today, capFen }, { after, limit }));
    for (let after: { readonly path: string; readonly id: string } | null = null; ; ) {
      const rows: Awaited<ReturnType<typeof page>> = await page(after, 7);
      ids.push(...rows.map((row) => row.id));
      if (rows.length < 7) break;
      after = rows.at(-1)!;
    }
    assert.deepEqual(ids, fits.map((one) => one.id as string).toSorted());
    const { file } = livingSheet("csv", "zh", page);
    let text = "";
    for await (const piece of file as AsyncIterable<Uint8Array>) text += Buffer.from(piece).toString();
    assert.equal(text.split("\r\n").length, fits.length + 2);
    assert.ok(!text.includes("王例"), "names are masked");
  }
});

test("what a household used stands beside its files, and is found and mended where it does not", async () => {
  assert.deepEqual(await verifyUsed(t.owner), []);
  await t.owner.system((tx) =>
    sql`update hardship_file set used_fen = used_fen + 1 where used_year > 2025`.execute(tx),
  );
  assert.ok((await verifyUsed(t.owner)).length > 0);
  await rebuildUsed(t.owner);
  assert.deepEqual(await verifyUsed(t.owner), []);
});
