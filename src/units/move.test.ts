import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { isInside } from "../kernel/path.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { loadActor } from "./actor.ts";
import { movesSince, moveUnit } from "./change.ts";
import { committeeFrom } from "./policies.ts";
import { pinsFor, setPolicy } from "./policy-store.ts";
import { scopeOf, systemScope } from "./scope.ts";
import { getUnit, unitEvents } from "./store.ts";
import { byPerson, byProgram, codeOf, makePost, makeTree, makeUnit, undone } from "./testing.ts";
import type { Unit } from "./unit.ts";

/** A union, and all below it, goes to another superior. */

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;
const today = day("2026-03-02");
const chair = newId<"person">();

test("a federation is founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
    await makePost(tx, tree.county, "chair", { person: chair });
  });
});

const trying = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => undone(t, work);

test("a subtree moves with every record in it, append-only ones too, and its district stays", async () => {
  await trying(async (tx) => {
    const scope = systemScope();
    await sql`insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, created_on)
      values ('990101', ${newId()}, ${tree.branch.path}, ${tree.branch.id}, '虚构人', 'x', 'x', '2026-01-01')`.execute(
      tx,
    );
    await sql`insert into membership_event (district, id, membership_id, person_id, unit_id, path, to_status, on_day, at)
      values ('990101', ${newId()}, ${newId()}, ${newId()}, ${tree.company.id}, ${tree.company.path}, 'ACTIVE', '2026-01-01', now())`.execute(
      tx,
    );
    await sql`insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, created_on)
      values ('990101', ${newId()}, ${tree.shop.path}, ${tree.shop.id}, '虚构人', 'x', 'x', '2026-01-01')`.execute(
      tx,
    );
    const moved = expect(await moveUnit(tx, scope, tree.company.id, tree.other.id, "企业搬迁", byProgram));
    assert.equal(moved.path, `${tree.other.path}.${tree.company.path.split(".").at(-1)}`);
    assert.equal(moved.district, "990101");
    assert.equal(
      (await getUnit(tx, tree.branch.id)).path,
      `${moved.path}.${tree.branch.path.split(".").at(-1)}`,
    );
    const { rows } = await sql<{
      path: string;
    }>`select path from person union all select path from membership_event order by path`.execute(tx);
    assert.deepEqual(
      rows.map((one) => one.path),
      [tree.shop.path, moved.path, `${moved.path}.${tree.branch.path.split(".").at(-1)}`].sort(),
    );
    assert.deepEqual(await movesSince(tx, today), [{ from: tree.company.path, to: moved.path }]);
    assert.equal((await unitEvents(tx, tree.company.id))[0]!.kind, "moved");
  });
});

test("a move that cannot be is refused", async () => {
  const scope = systemScope();
  const cases: [Unit, Unit, string][] = [
    [tree.township, tree.company, "unit-cycle"],
    [tree.company, tree.company, "unit-cycle"],
    [tree.county, tree.township, "unit-cycle"],
    [tree.township, tree.shop, "unit-level"],
    [tree.other, tree.county, "unit-level"],
  ];
  for (const [unit, parent, code] of cases)
    assert.equal(
      codeOf(await trying((tx) => moveUnit(tx, scope, unit.id, parent.id, "试一试", byProgram))),
      code,
      `${unit.name} ${parent.name}`,
    );
  await trying(async (tx) => {
    const taken = await makeUnit(tx, {
      name: tree.shop.name,
      level: "GRASSROOTS",
      regionCode: "990101001",
      parentId: tree.township.id,
    });
    assert.ok(taken);
    assert.equal(
      codeOf(await moveUnit(tx, scope, tree.shop.id, tree.township.id, "试一试", byProgram)),
      "unit-name-taken",
    );
  });
});

test("only who leads both places may move a unit between them", async () => {
  const actor = await t.db.systemRead((tx) => loadActor(tx, chair, today));
  const scope = expect(scopeOf(actor, "unit.move", today));
  const move = (unit: Unit, parent: Unit) =>
    trying((tx) => moveUnit(tx, scope, unit.id, parent.id, "试一试", byPerson(chair)));
  assert.equal(
    codeOf(await move(tree.county, tree.province)),
    "not-found",
    "the county does not lead the province",
  );
  assert.equal(codeOf(await move(tree.shop, tree.other)), "not-found");
  assert.ok(!isRefusal(await move(tree.company, tree.county)));
});

test("policy values follow a moved unit, and its cases resolve under the new superior", async () => {
  await trying(async (tx) => {
    const value = async (unit: Unit) =>
      (await pinsFor(tx, [committeeFrom], (await getUnit(tx, unit.id)).path, today))[committeeFrom.key]!
        .value;
    assert.equal(await value(tree.company), 25);
    const source = { document: "虚构县文件", tag: "V" } as const;
    const set = {
      id: newId<"policy">(),
      key: committeeFrom.key,
      unitId: tree.county.id,
      value: 1,
      from: today,
      source,
    };
    expect(await setPolicy(tx, systemScope(), set, byProgram));
    assert.equal(await value(tree.company), 1);
    expect(await moveUnit(tx, systemScope(), tree.township.id, tree.city.id, "改由市总直管", byProgram));
    assert.equal(await value(tree.company), 25);
  });
});

test("the running role cannot use the mover to show records to another union", async () => {
  await assert.rejects(
    t.db.system((tx) => sql`select zhijia_follow_move('cn.99.9901.990101', 'cn.99.9901.990102')`.execute(tx)),
    /does not show a move/,
  );
});

test("after any moves every path is its superior's path and its own segment", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 8 }), async (moves) => {
      await trying(async (tx) => {
        const groups: Unit[] = [];
        for (let i = 0; i < 12; i++) {
          const parentId = i < 4 ? tree.county.id : groups[i % 4]!.id;
          groups.push(await makeUnit(tx, { name: `第${i}集团工会委员会`, level: "GRASSROOTS", parentId }));
        }
        for (const [what, where] of moves) {
          const [unit, parent] = [groups[what]!, groups[where]!];
          const inside = isInside((await getUnit(tx, parent.id)).path, (await getUnit(tx, unit.id)).path);
          const moved = await moveUnit(tx, systemScope(), unit.id, parent.id, "随机", byProgram);
          assert.equal(isRefusal(moved), inside, "refused exactly when it would make a circle");
        }
        const { rows } = await sql<{ path: string; above: string; segment: string }>`
          select u.path, p.path as above, split_part(u.path, '.', -1) as segment
          from unit u join unit p on p.id = u.parent_id`.execute(tx);
        for (const { path, above, segment } of rows) assert.equal(path, `${above}.${segment}`);
      });
    }),
    { numRuns: 15 },
  );
});
