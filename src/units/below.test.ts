import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { expect } from "../kernel/refusal.ts";
import { foldAll, keepLarge, verifyRollups } from "../rollups/index.ts";
import { changeUnitStatus, moveUnit } from "./change.ts";
import type { RowSource } from "./import-stage.ts";
import { importUnits } from "./import-store.ts";
import type { UnionLevel } from "./levels.ts";
import { systemScope } from "./scope.ts";
import { addMembers, countUnits, listUnits } from "./store.ts";
import { byProgram, makeTree, makeUnit } from "./testing.ts";
import type { Unit } from "./unit.ts";

const t = withDatabase();

/** Every subtree, by level and state too, as the program counts it and as the slow way does. */
async function agrees(tx: Tx): Promise<void> {
  const { rows } = await sql<Pick<Unit, "id" | "path" | "level" | "status">>`
    select id, path, level, status from unit`.execute(tx);
  const levels = [...new Set(rows.map(({ level }) => level))];
  for (const { path } of rows) {
    const below = rows.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
    const count = (filter: { readonly level?: UnionLevel; readonly status?: Unit["status"] }) =>
      countUnits(tx, systemScope(), { under: path, limit: 1, ...filter });
    assert.equal(await count({}), below.length, path);
    for (const level of levels)
      assert.equal(
        await count({ level }),
        below.filter((one) => one.level === level).length,
        `${path} ${level}`,
      );
    assert.equal(
      await count({ level: "GRASSROOTS", status: "SUSPENDED" }),
      below.filter((one) => one.level === "GRASSROOTS" && one.status === "SUSPENDED").length,
      path,
    );
  }
  assert.equal(await countUnits(tx, systemScope(), { limit: 1 }), rows.length);
}

test("subtrees are counted as they stand: founded, imported, moved, suspended, folded and kept anew", async () => {
  const tree = await t.db.system(async (tx) => makeTree(tx));
  await t.db.system(agrees);
  const names = Array.from({ length: 30 }, (_, i) => [
    `第${i}厂工会委员会`,
    i % 3 === 0 ? tree.township.code : tree.other.code,
  ]);
  const source: RowSource = {
    sheets: [{ name: "表1", hidden: false }],
    async *rows() {
      yield [["工会名称", "上级工会编码"], ...names].map((cells, i) => ({ row: i + 1, cells }));
    },
  };
  await t.db.system(async (tx) => {
    const report = expect(await importUnits(tx, systemScope(), tree.city.id, source, byProgram));
    assert.equal(report.loaded, 30);
    await agrees(tx);
  });
  await t.db.system(async (tx) => {
    expect(await moveUnit(tx, systemScope(), tree.township.id, tree.other.id, "区划调整", byProgram));
    await agrees(tx);
  });
  await foldAll(t.db);
  await t.db.system(async (tx) => {
    expect(await changeUnitStatus(tx, systemScope(), tree.shop.id, "SUSPENDED", "整顿", byProgram));
    await makeUnit(tx, { name: "新厂工会委员会", level: "GRASSROOTS", parentId: tree.county.id });
    await agrees(tx);
  });
  assert.ok((await keepLarge(t.owner, 10)) > 0, "the township has become large");
  await t.db.system(agrees);
  assert.deepEqual(await verifyRollups(t.owner), []);
});

test("a list shows the members of each subtree, those of large unions from their roll-ups", async () => {
  await t.db
    .system(async (tx) => {
      const { rows } = await sql<{ id: Unit["id"] }>`select id from unit where level = 'BRANCH'`.execute(tx);
      await addMembers(tx, rows[0]!.id, 3);
      const lines = await listUnits(tx, systemScope(), { limit: 99 });
      const branch = lines.find(({ id }) => id === rows[0]!.id)!;
      assert.equal(branch.membersBelow, 3);
      throw new Error("undo");
    })
    .catch((error: Error) => assert.equal(error.message, "undo"));
});
