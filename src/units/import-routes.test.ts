import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { loadActor } from "./actor.ts";
import { changeUnitStatus, editUnit, moveUnit } from "./change.ts";
import { daily } from "./jobs.ts";
import { handlers, routes } from "./routes.ts";
import { systemScope, viewerOf } from "./scope.ts";
import { countUnits, getUnit } from "./store.ts";
import { byProgram, makePost, makeTree } from "./testing.ts";

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;
const today = day("2026-03-02");
const chair = newId<"person">();

test("a county with a chair is founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
    await makePost(tx, tree.county, "chair", { person: chair });
  });
});

/** Sends a file as the chair of the county. */
// biome-ignore lint/suspicious/noExplicitAny: answers and refusals are both read here.
async function send(text: string, body: object): Promise<any> {
  const { handler, route } = handlers.find((one) => one.route === routes.importUnits)!;
  const actor = await t.db.systemRead((tx) => loadActor(tx, chair, today));
  async function* content() {
    yield Buffer.from(text);
  }
  async function* uploads() {
    if (text !== "") yield { field: "file", fileName: "工会.csv", mediaType: "text/csv", content: content() };
  }
  const answer = await (handler as (request: object) => unknown)({
    ctx: { db: t.db },
    session: { actor, person: chair, viewer: viewerOf(actor, today) },
    lang: "zh",
    now: t.clock.now(),
    today,
    body: route.body!.parse(body),
    uploads: uploads(),
  });
  if (!isRefusal(answer)) route.response.parse(JSON.parse(JSON.stringify(answer)));
  return answer;
}

const file = "上级工会,工会名称\n云溪县松风镇工会联合会,云溪糖厂工会委员会\n没有,云溪盐厂工会委员会\n";
const units = () => t.db.systemRead((tx) => countUnits(tx, systemScope(), { limit: 1 }));

test("a dry run says what would be, and keeps nothing", async () => {
  const answer = await send(file, { parent: "990101", dryRun: "true" });
  assert.deepEqual([answer.read, answer.loaded, answer.rejected, answer.dryRun], [2, 1, 1, true]);
  assert.deepEqual(answer.rows, [
    {
      sheet: answer.rows[0].sheet,
      row: 3,
      column: "A",
      code: "unit-parent-unknown",
      message: "没有找到上级工会「没有」。",
    },
  ]);
  assert.equal(await units(), 8);
});

test("the file loads, by the parent's code or id, once", async () => {
  assert.equal((await send(file, { parent: tree.county.id })).loaded, 1);
  assert.equal((await send(file, { parent: "990101" })).duplicates, 1);
  assert.equal(await units(), 9);
});

test("a file for a union elsewhere, no file, and a file that is none are refused", async () => {
  assert.equal((await send(file, { parent: "990102" })).code, "not-found");
  assert.equal((await send(file, { parent: tree.other.id })).code, "not-found");
  assert.equal((await send("", { parent: "990101" })).code, "required");
  assert.equal((await send("<html><table></table></html>", { parent: "990101" })).code, "workbook-web-page");
});

test("a term that has ended is marked the day after", async () => {
  await t.db.system((tx) =>
    editUnit(tx, systemScope(), tree.shop.id, 1, { termEnd: day("2026-03-02") }, byProgram),
  );
  const expire = daily.find((one) => one.name === "units.expireTerms")!;
  const status = async (on: string) => {
    await expire.run(day(on), { db: t.db, clock: t.clock } as never);
    return (await t.db.systemRead((tx) => getUnit(tx, tree.shop.id))).status;
  };
  assert.equal(await status("2026-03-02"), "ACTIVE");
  assert.equal(await status("2026-03-03"), "TERM_EXPIRED");
  await t.db.system(async (tx) =>
    changeUnitStatus(tx, systemScope(), tree.shop.id, "TERM_EXTENDED", "延期换届", byProgram),
  );
  assert.equal(await status("2026-09-02"), "TERM_EXTENDED", "six months after the term's end");
  assert.equal(await status("2026-09-03"), "TERM_EXPIRED");
});

test("many terms that ended are marked some at a time, so that none waits for the work of all", async () => {
  const ids = await t.db.system(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      insert into unit (id, parent_id, path, code, name, name_pinyin, name_initials, level, region_code, district, status, term_end, created_on)
      select gen_random_uuid(), ${tree.county.id}, ${tree.county.path} || '.many' || n, 'MANY' || n, '多例' || n, 'duoli' || n, 'dl' || n,
        'GRASSROOTS', ${tree.county.district}, ${tree.county.district}, 'ACTIVE', '2026-01-31'::date, '2026-01-01'::date
      from generate_series(1, 250) n returning id`.execute(tx);
    return rows.map((row) => row.id);
  });
  const expire = daily.find((one) => one.name === "units.expireTerms")!;
  let most = 0;
  const db = {
    ...t.db,
    system: async (work: (tx: Tx) => Promise<unknown>) =>
      t.db.system(async (tx) => {
        const done = await work(tx);
        const { rows } = await sql<{ n: number }>`
          select count(*)::int as n from unit_event where xmin = pg_current_xact_id()::xid`.execute(tx);
        most = Math.max(most, rows[0]!.n);
        return done;
      }),
  };
  await expire.run(day("2026-03-02"), { db, clock: t.clock } as never);
  const { rows } = await t.db.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int as n from unit
      where id = any(${ids}::uuid[]) and status = 'TERM_EXPIRED'`.execute(tx),
  );
  assert.deepEqual([rows[0]!.n, most], [250, 100]);
});

test("a record written while its union moved, under the place it had before, is taken along afterwards", async () => {
  const { district, id, path: before } = tree.company;
  const after = await t.db.system(async (tx) => {
    const moved = expect(
      await moveUnit(tx, systemScope(), id, tree.county.id, "划归县总工会直管", byProgram),
    );
    await sql`insert into fund (district, id, unit_id, path, source, name, year, purposes)
      values (${district}, ${newId<"fund">()}, ${id}, ${before}, 'unit_admin', '行政补助', 2026, '{warmth}')`.execute(
      tx,
    );
    return moved.path;
  });
  const follow = daily.find((one) => one.name === "units.followMoves")!;
  await follow.run(today, { db: t.db, clock: t.clock } as never);
  const { rows } = await t.db.systemRead((tx) =>
    sql<{ path: string }>`select path from fund where district = ${district} and unit_id = ${id}`.execute(tx),
  );
  assert.notEqual(after, before);
  assert.deepEqual(rows, [{ path: after }]);
});
