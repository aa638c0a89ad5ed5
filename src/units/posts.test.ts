import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { loadActor } from "./actor.ts";
import { createPost, endPost, holdersOf, type PostDraft, postsOfUnit } from "./posts.ts";
import { type Scope, scopeOf, systemScope } from "./scope.ts";
import { byPerson, codeOf, makePost, makeTree, undone } from "./testing.ts";
import type { Unit } from "./unit.ts";

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;
let scope: Scope;
const today = day("2026-03-02");
const chair = newId<"person">();
const worker = newId<"person">();

test("a county and its chair are founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
    await makePost(tx, tree.county, "chair", { person: chair, name: "虚构主席" });
    await makePerson(tx, worker, tree.company, "虚构职工");
    scope = expect(scopeOf(await loadActor(tx, chair, today), "post.write", today));
  });
});

async function makePerson(tx: Tx, id: Id<"person">, unit: Unit, name: string): Promise<void> {
  await sql`insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, created_on)
    values (${unit.district}, ${id}, ${unit.path}, ${unit.id}, ${name}, 'x', 'x', '2026-01-01')`.execute(tx);
}

const draft = (more: Partial<PostDraft> = {}): PostDraft => ({
  id: newId<"post">(),
  unitId: tree.company.id,
  personId: worker,
  role: "aid",
  from: day("2026-03-01"),
  ...more,
});

/** Gives posts one after another in a transaction that leaves nothing behind; the last answer counts. */
async function giving(...drafts: readonly Partial<PostDraft>[]): Promise<unknown> {
  return undone(t, async (tx) => {
    let answer: unknown;
    for (const one of drafts) answer = await createPost(tx, scope, draft(one), byPerson(chair));
    return answer;
  });
}

test("a post is refused for the first thing wrong with it", async () => {
  const rows: [readonly Partial<PostDraft>[], string][] = [
    [[{ unitId: tree.other.id }], "not-found"],
    [[{ personId: newId<"person">() }], "person-unknown"],
    [[{ personId: chair }], "post-own"],
    [[{ role: "king" }], "post-role"],
    [[{ until: day("2026-03-01") }], "post-span"],
    [[{ unitId: tree.county.id, role: "chair" }], "post-chair"],
    [[{}, {}], "post-taken"],
    [[{ role: "chair", until: day("2026-04-01") }, { role: "audit" }], "post-incompatible"],
    [[{ role: "finance" }, { role: "cashier" }], "post-incompatible"],
    [[{ role: "audit" }, { role: "vice_chair" }], "post-incompatible"],
  ];
  for (const [drafts, code] of rows) assert.equal(codeOf((await giving(...drafts)) as never), code, code);
});

test("posts follow one another, and roles that do go together may be held at once", async () => {
  const until = day("2026-04-01");
  for (const drafts of [
    [{ until }, { from: until }],
    [
      { role: "audit", until },
      { role: "chair", from: until },
    ],
    [{ role: "chair" }, { role: "organiser" }, { role: "women" }],
  ])
    assert.ok((await giving(...drafts)) as { id: string });
});

test("a union has one chair at a time", async () => {
  await t.db.system(async (tx) => {
    const other = newId<"person">();
    await makePerson(tx, other, tree.shop, "虚构另一人");
    const first = expect(
      await createPost(tx, scope, draft({ unitId: tree.shop.id, role: "chair" }), byPerson(chair)),
    );
    const second = draft({ unitId: tree.shop.id, role: "chair", personId: other });
    assert.equal(codeOf(await createPost(tx, scope, second, byPerson(chair))), "post-single");
    const ended = expect(
      await endPost(tx, scope, first.id, { on: day("2026-03-05"), reason: "换届" }, byPerson(chair)),
    );
    assert.equal(ended.until, "2026-03-05");
    expect(await createPost(tx, scope, { ...second, from: day("2026-03-05") }, byPerson(chair)));
    const ofShop = await postsOfUnit(tx, tree.shop.id, day("2026-03-05"));
    assert.deepEqual(
      ofShop.map((post) => post.personId),
      [other],
    );
    const later = byPerson(chair, day("2026-03-06"));
    assert.equal(
      codeOf(await endPost(tx, scope, first.id, { on: day("2026-03-07"), reason: "换届" }, later)),
      "post-ended",
    );
    assert.equal(
      codeOf(await endPost(tx, systemScope(), first.id, { on: day("2026-03-07"), reason: "" }, later)),
      "required",
    );
  });
});

test("a post with an end is ended earlier, never later, also by its holder", async () => {
  await t.db.system(async (tx) => {
    const held = { person: chair, name: "虚构主席", from: day("2026-01-01"), until: day("2026-04-01") };
    const { id } = await makePost(tx, tree.county, "admin", held);
    const end = (on: string) => endPost(tx, scope, id, { on: day(on), reason: "换届" }, byPerson(chair));
    assert.equal(codeOf(await end("2030-01-01")), "post-until");
    assert.equal(expect(await end("2026-03-20")).until, "2026-03-20");
    assert.equal(codeOf(await end("2026-04-01")), "post-until");
  });
});

test("powers begin and end with the post, and holders are found by power", async () => {
  await t.db.system(async (tx) => {
    const post = await makePost(tx, tree.township, "aid", {
      person: worker,
      name: "虚构职工",
      from: day("2026-03-10"),
      until: day("2026-03-20"),
    });
    const held = async (on: string) => (await loadActor(tx, worker, day(on))).posts.map((one) => one.id);
    assert.deepEqual(await held("2026-03-09"), []);
    assert.deepEqual(await held("2026-03-10"), [post.id]);
    assert.deepEqual(await held("2026-03-19"), [post.id]);
    assert.deepEqual(await held("2026-03-20"), []);
    const holders = await holdersOf(tx, tree.township.id, "aid.check", day("2026-03-10"));
    assert.deepEqual(
      holders.map((one) => one.personName),
      ["虚构职工"],
    );
    assert.deepEqual(await holdersOf(tx, tree.township.id, "aid.approve", day("2026-03-10")), []);
    const line = await holdersOf(tx, tree.township.id, "aid.check", day("2026-03-10"), "line");
    assert.deepEqual(
      line.map((one) => one.unitId),
      [tree.township.id, tree.county.id],
    );
  });
});
