import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { withDatabase } from "../db/testing.ts";
import { addDays, type Day, day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { path, type UnitPath } from "../kernel/path.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import {
  isPower,
  type Power,
  powersOf,
  powerTitles,
  type Role,
  rolesWith,
  roleTitles,
  satisfies,
} from "./powers.ts";
import {
  type Actor,
  covers,
  type HeldPost,
  inPlace,
  insideScope,
  mergePlaces,
  narrow,
  powersHeld,
  scopeOf,
  systemScope,
  viewerOf,
} from "./scope.ts";

const t = withDatabase();
const first = day("2026-01-01");
const roles = Object.keys(roleTitles) as Role[];
const powers = Object.keys(powerTitles) as Power[];

const segment = fc.constantFrom("1", "2", "3", "11", "1a");
const pathArbitrary = fc
  .array(segment, { maxLength: 6 })
  .map((segments) => path(["cn", ...segments].join(".")));
const postArbitrary = fc.record({
  unitPath: pathArbitrary,
  role: fc.constantFrom(...roles),
  from: fc.integer({ min: 0, max: 6 }),
  length: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
});
type Made = { unitPath: UnitPath; role: Role; from: number; length: number | null };

function actorOf(posts: readonly Made[]): Actor {
  return {
    person: newId<"person">(),
    name: "虚构人",
    district: null,
    posts: posts.map(
      (one): HeldPost => ({
        id: newId<"post">(),
        unitId: newId<"unit">(),
        unitName: "虚构工会",
        unitPath: one.unitPath,
        unitLevel: "COUNTY",
        role: one.role,
        from: addDays(first, one.from),
        until: one.length === null ? null : addDays(first, one.from + one.length),
      }),
    ),
  };
}

/** Whether somebody may use a power at a place on a day, post by post and segment by segment. */
function slowly(actor: Actor, power: Power, place: string, on: Day): boolean {
  const place_ = place.split(".");
  for (const post of actor.posts) {
    if (on < post.from) continue;
    if (post.until !== null && !(on < post.until)) continue;
    if (!(powersOf[post.role] as readonly string[]).includes(power)) continue;
    const root = post.unitPath.split(".");
    if (root.length <= place_.length && root.every((one, i) => one === place_[i])) return true;
  }
  return false;
}

const worlds = fc.record({
  posts: fc.array(postArbitrary, { maxLength: 6 }),
  places: fc.array(pathArbitrary, { minLength: 1, maxLength: 30 }),
  power: fc.constantFrom(...powers),
  on: fc.integer({ min: 0, max: 12 }),
});

test("a scope covers exactly what the slow oracle allows", () => {
  fc.assert(
    fc.property(worlds, ({ posts, places, power, on }) => {
      const actor = actorOf(posts);
      const today = addDays(first, on);
      const scope = scopeOf(actor, power, today);
      for (const place of places) {
        const allowed = slowly(actor, power, place, today);
        assert.equal(!isRefusal(scope) && covers(scope, place), allowed, `${power} at ${place}`);
      }
      if (isRefusal(scope)) return;
      for (const root of scope.roots)
        for (const other of scope.roots)
          assert.ok(root === other || !other.startsWith(`${root}.`), "roots do not nest");
      for (const place of places) {
        const part = narrow(scope, place);
        for (const one of places)
          assert.equal(
            !isRefusal(part) && covers(part, one),
            covers(scope, one) && (one === place || one.startsWith(`${place}.`)),
          );
      }
    }),
  );
});

test("the database finds exactly the rows the slow oracle allows, by range and by place", async () => {
  await t.owner.systemRead(async (tx) => {
    await sql`create table spot (n int, path text collate "C" not null,
      place2 text collate "C" generated always as (place_at(path, 2)) stored,
      place3 text collate "C" generated always as (place_at(path, 3)) stored,
      place4 text collate "C" generated always as (place_at(path, 4)) stored,
      place5 text collate "C" generated always as (place_at(path, 5)) stored)`.execute(tx);
    await fc.assert(
      fc.asyncProperty(worlds, async ({ posts, places, power, on }) => {
        const actor = actorOf(posts);
        const today = addDays(first, on);
        const scope = scopeOf(actor, power, today);
        if (isRefusal(scope)) return;
        await sql`truncate spot`.execute(tx);
        await sql`insert into spot select row_number() over (), p from unnest(${places}::text[]) p`.execute(
          tx,
        );
        const allowed = places.filter((one) => slowly(actor, power, one, today)).sort();
        const ranged = await sql<{
          path: string;
        }>`select path from spot where ${insideScope(scope, "spot.path")}`.execute(tx);
        assert.deepEqual(ranged.rows.map((one) => one.path).sort(), allowed);
        const placed = await mergePlaces<{ path: string }>(
          scope,
          "spot",
          100,
          (a, b) => (a.path < b.path ? -1 : 1),
          async (filter) => {
            const { rows } = await sql<{
              path: string;
            }>`select path from spot where ${filter} order by path`.execute(tx);
            return rows;
          },
        );
        assert.deepEqual(
          placed.map((one) => one.path),
          allowed,
        );
      }),
      { numRuns: 60 },
    );
  });
});

test("row-level security lets through what a post of any kind covers, and no more", async () => {
  const actor = actorOf([
    { unitPath: path("cn.1.11"), role: "staff", from: 0, length: null },
    { unitPath: path("cn.1.11.2"), role: "chair", from: 0, length: null },
    { unitPath: path("cn.2"), role: "audit", from: 5, length: null },
  ]);
  assert.deepEqual(viewerOf(actor, first).roots, ["cn.1.11"]);
  assert.deepEqual(viewerOf(actor, addDays(first, 5)).roots, ["cn.1.11", "cn.2"]);
  assert.notEqual(viewerOf(actor, first).key, viewerOf(actor, addDays(first, 5)).key);
});

test("a refusal names the power, and nobody without a post has any", () => {
  const nobody = actorOf([]);
  for (const power of powers) {
    const refused = scopeOf(nobody, power, first);
    assert.ok(isRefusal(refused) && refused.code === "not-yours", power);
  }
});

test("the program's own scope is everything", () => {
  assert.ok(systemScope().everything);
  assert.ok(covers(systemScope(), path("cn.34")));
});

test("deep places add the exact range to the fifth place", () => {
  assert.equal(compile(inPlace(path("cn"), "f")), "true");
  assert.equal(compile(inPlace(path("cn.1.2"), "f")), '"f"."place3" = ?');
  assert.equal(
    compile(inPlace(path("cn.1.2.3.4.5"), "f")),
    '("f"."place5" = ? and "f"."path" >= ? and "f"."path" < ?)',
  );
});

function compile(fragment: ReturnType<typeof inPlace>): string {
  const node = fragment.toOperationNode() as unknown as { sqlFragments: string[]; parameters: unknown[] };
  return written(node);
}

function written(node: {
  sqlFragments?: readonly string[];
  parameters?: readonly unknown[];
  [key: string]: unknown;
}): string {
  if (!node.sqlFragments) return node.kind === "ReferenceNode" ? named(node) : "?";
  return node.sqlFragments
    .map((text, i) => text + (node.parameters?.[i] ? written(node.parameters[i] as never) : ""))
    .join("");
}

function named(node: { [key: string]: unknown }): string {
  const reference = node as unknown as {
    table: { table: { identifier: { name: string } } };
    column: { column: { name: string } };
  };
  return `"${reference.table.table.identifier.name}"."${reference.column.column.name}"`;
}

test("every role and power has its words, and auditors write nothing", () => {
  for (const role of roles) for (const power of powersOf[role]) assert.ok(isPower(power));
  const writes = powersOf.audit.filter((power) => !power.endsWith(".read"));
  assert.deepEqual(writes, []);
  for (const power of powers) assert.ok(rolesWith(power).length > 0, `nobody holds ${power}`);
  assert.ok(!satisfies("finance", "batch.approve"), "who prepares a payment does not approve it");
  assert.ok(!satisfies("aid", "aid.approve"));
});

test("powers held are listed with the units that give them", () => {
  const actor = actorOf([
    { unitPath: path("cn.1"), role: "keeper", from: 0, length: 1 },
    { unitPath: path("cn.2"), role: "mediator", from: 0, length: null },
  ]);
  assert.equal(powersHeld(actor, first).find((one) => one.power === "unit.read")!.units.length, 2);
  assert.deepEqual(powersHeld(actor, addDays(first, 1)), [
    { power: "unit.read", units: [actor.posts[1]!.unitId] },
  ]);
  assert.ok(expect(scopeOf(actor, "unit.read", first)).roots.length === 2);
});

test("behind row-level security an officer's list is led by its place column, as root's is by its state", async () => {
  const plan = async (root: string) => {
    const viewer = { roots: [root], person: null, key: root };
    return t.db.write(viewer, async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      await sql`set local enable_bitmapscan = off`.execute(tx);
      await sql`set local enable_sort = off`.execute(tx);
      const { rows } = await sql<{ "QUERY PLAN": string }>`explain (costs off) select id from case_file
        where ${inPlace(path(root), "case_file")} and state = 'open' order by due_sort, id limit 50`.execute(
        tx,
      );
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    });
  };
  assert.match(await plan("cn"), /Index Cond: \(state = /);
  assert.match(await plan("cn.34"), /case_place2[\s\S]*Index Cond: \(\(place2 = /);
  assert.match(await plan("cn.34.3401.340104"), /case_place4[\s\S]*Index Cond: \(\(place4 = /);
  assert.match(await plan("cn.34.3401.340104.k1.k2"), /case_place5[\s\S]*Index Cond: \(\(place5 = /);
});
