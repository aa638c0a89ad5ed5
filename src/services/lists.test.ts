import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../db/testing.ts";
import { expect } from "../kernel/refusal.ts";
import { casesByOpening } from "../procedures/lists.ts";
import { type Actor, scopeOf } from "../units/index.ts";
import { couriers, mill, officer, officers, port, stood, storyOn } from "./testing.ts";

/** Lists of cases by the day they were opened. */

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);

const both: Actor = {
  ...officers.chair,
  posts: [...officers.chair.posts, ...officer("周例安", couriers, "chair").posts],
};
const scopeFor = (actor: Actor) => expect(scopeOf(actor, "case.read", t.clock.today()));

test("cases come by the day of opening, page by page, over every place of a scope and no other", async () => {
  const opened: string[] = [];
  for (const [index, at] of [mill, couriers, port, mill, couriers, mill].entries()) {
    const worker = await story.worker(`列例${index}`, at, 80 + index, false);
    const asked = {
      situation: "unit_has_union",
      unit: at.id,
      idNumber: worker.idNumber,
      phone: "13900000002",
      constitution: true,
      dataConsent: true,
      signature: worker.name,
    };
    const { id } = stood(await story.open("join", asked, worker));
    if (at !== port) opened.unshift(id);
    await t.clock.advance(1);
  }
  const scope = scopeFor(both);
  const page = (after: Parameters<typeof casesByOpening>[3], limit: number) =>
    t.db.systemRead((tx) => casesByOpening(tx, scope, { state: "open" }, after, limit));
  assert.deepEqual(
    (await page(null, 50)).map((one) => one.id),
    opened,
  );
  const seen: string[] = [];
  for (let after: Parameters<typeof casesByOpening>[3] = null; ; ) {
    const rows = await page(after, 2);
    seen.push(...rows.map((one) => one.id));
    const last = rows.at(-1);
    if (!last) break;
    after = { key: last.opened_on, id: last.id };
  }
  assert.deepEqual(seen, opened);
});

test("no place sorts its whole past to show the latest: an index is read backwards", async () => {
  const { rows } = await t.owner.system(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    await sql`set local enable_bitmapscan = off`.execute(tx);
    return sql<{ "QUERY PLAN": string }>`explain (costs off) select id from case_file
      where place5 = ${mill.path} order by opened_on desc, id desc limit 50`.execute(tx);
  });
  const whole = rows.map((row) => row["QUERY PLAN"]).join("\n");
  // On a distributed database what each shard does; above it the first rows of the shards are merged.
  const plan = whole.slice(whole.lastIndexOf("Limit"));
  assert.match(plan, /Backward using case_opened_place5/);
  assert.doesNotMatch(plan, /Sort/);
});
