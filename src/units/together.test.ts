import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { expect, type Or } from "../kernel/refusal.ts";
import { changeUnitStatus } from "./change.ts";
import { createUnit } from "./found.ts";
import { systemScope } from "./scope.ts";
import { addMembers, unitEvents } from "./store.ts";
import { byProgram, codeOf, makeTree, makeUnit } from "./testing.ts";
import type { Unit } from "./unit.ts";

/** Two officers work on one union at the same time. */

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;

test("a federation is founded", async () => {
  tree = await t.db.system(makeTree);
});

/** Does the second work while the first has not been committed yet; gives the second's answer. */
async function during<T>(first: (tx: Tx) => Promise<unknown>, second: (tx: Tx) => Promise<T>): Promise<T> {
  const { answer } = await t.db.system(async (tx) => {
    await first(tx);
    const answer = t.db.system(second);
    const waits = async () =>
      (await sql`select 1 from pg_locks where not granted`.execute(tx)).rows.length > 0;
    while (!(await waits())) await pause(10);
    return { answer };
  });
  return answer;
}

const change = (tx: Tx, unit: Unit, to: Unit["status"]): Promise<Or<Unit>> =>
  changeUnitStatus(tx, systemScope(), unit.id, to, "两人同时办理", byProgram);

test("of two changes of a union's state one is made, and the other is told", async () => {
  const late = await during(
    async (tx) => expect(await change(tx, tree.other, "RESTRUCTURING")),
    (tx) => change(tx, tree.other, "TERM_EXTENDED"),
  );
  assert.equal(codeOf(late), "changed-meanwhile");
  const events = await t.db.systemRead((tx) => unitEvents(tx, tree.other.id));
  assert.deepEqual(
    events.map((one) => one.kind),
    ["status", "created"],
  );
  assert.deepEqual(events[0]?.after, { status: "RESTRUCTURING" });
});

test("nothing is founded below a union that is being closed", async () => {
  const parent = await t.db.system((tx) =>
    makeUnit(tx, {
      name: "云溪县旧镇工会联合会",
      level: "TOWNSHIP",
      parentId: tree.county.id,
      status: "DISSOLVING",
    }),
  );
  const draft = {
    id: newId<"unit">(),
    parentId: parent.id,
    name: "旧镇砖厂工会委员会",
    level: "GRASSROOTS",
    regionCode: "990101",
  } as const;
  const late = await during(
    async (tx) => expect(await change(tx, parent, "DISSOLVED")),
    (tx) => createUnit(tx, systemScope(), draft, byProgram),
  );
  assert.equal(codeOf(late), "unit-closed");
});

test("a union that takes a member while it is being closed stays open", async () => {
  const union = await t.db.system((tx) =>
    makeUnit(tx, {
      name: "云溪县旧厂工会委员会",
      level: "GRASSROOTS",
      parentId: tree.county.id,
      status: "DISSOLVING",
    }),
  );
  const late = await during(
    (tx) => addMembers(tx, union.id, 1),
    (tx) => change(tx, union, "DISSOLVED"),
  );
  assert.equal(codeOf(late), "changed-meanwhile");
});
