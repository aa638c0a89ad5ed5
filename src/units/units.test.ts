import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { everything, type Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { loadActor } from "./actor.ts";
import { chainOf } from "./chain.ts";
import { changeUnitStatus, editUnit, registerCloseGuard } from "./change.ts";
import { createUnit, type UnitDraft } from "./found.ts";
import { insideScope, type Scope, scopeOf, systemScope } from "./scope.ts";
import {
  addMembers,
  ancestorsOfUnit,
  countUnits,
  findUnit,
  findUnitByCode,
  getUnit,
  listUnits,
  unitEvents,
} from "./store.ts";
import { byPerson, codeOf, makeInstallation, makePost, makeTree, makeUnit, undone } from "./testing.ts";
import type { Unit } from "./unit.ts";
import { verifyTree } from "./verify.ts";

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;
let countyScope: Scope;
const today = day("2026-03-02");
const chair = newId<"person">();

test("a federation is founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
    await makePost(tx, tree.county, "chair", { person: chair });
    countyScope = expect(scopeOf(await loadActor(tx, chair, today), "unit.write", today));
  });
});

const trying = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => undone(t, work);

const draft = (more: Partial<UnitDraft> = {}): UnitDraft => ({
  id: newId<"unit">(),
  parentId: tree.county.id,
  name: "云溪县新厂工会委员会",
  level: "GRASSROOTS",
  regionCode: "990101",
  ...more,
});

test("units stand where their region and their superior say", () => {
  assert.equal(tree.province.path, "cn.99");
  assert.equal(tree.city.path, "cn.99.9901");
  assert.equal(tree.county.path, "cn.99.9901.990101");
  assert.match(tree.township.path, /^cn\.99\.9901\.990101\.k[0-9a-z]+$/);
  assert.equal(tree.county.code, "990101");
  assert.match(tree.company.code, /^990101-\d{5}$/);
  assert.equal(tree.province.district, "990000");
  assert.equal(tree.branch.district, "990101");
});

test("a first county finds its superiors when they are founded later", async () => {
  await trying(async (tx) => {
    const county = await makeUnit(tx, { name: "星河区总工会", level: "COUNTY", regionCode: "990201" });
    assert.equal(county.path, "cn.99.9902.990201");
    assert.equal(county.parentId, null);
    const city = await makeUnit(tx, {
      name: "星河市总工会",
      level: "PREFECTURE",
      regionCode: "990200",
      parentId: tree.province.id,
    });
    assert.equal((await getUnit(tx, county.id)).parentId, city.id);
  });
});

test("what is wrong with a new unit is refused, every field at once", async () => {
  const refused = await trying((tx) =>
    createUnit(
      tx,
      countyScope,
      draft({ name: "新厂", regionCode: "990102", uscc: "81990101MC00000121", termYears: 4 }),
      byPerson(chair),
    ),
  );
  assert.ok(isRefusal(refused));
  const all = [refused, ...(refused.also ?? [])].map((one) => `${one.at} ${one.code}`).sort();
  assert.deepEqual(all, [
    "/name too-short",
    "/regionCode unit-region-outside",
    "/termYears unit-term-years",
    "/uscc credit-code-check-digit",
  ]);
});

test("single wrongs of a new unit", async () => {
  const cases: [Partial<UnitDraft>, string][] = [
    [{ parentId: tree.other.id }, "not-found"],
    [{ parentId: newId<"unit">() }, "not-found"],
    [{ parentId: null }, "unit-parent-required"],
    [{ level: "PREFECTURE", regionCode: "990100" }, "unit-level"],
    [{ name: "云溪百货工会委员会" }, "unit-name-taken"],
    [{ code: "990101" }, "unit-code-taken"],
    [{ code: "!" }, "unit-code"],
    [{ regionCode: "340104" }, "unit-region-outside"],
    [{ orgForm: "FEDERATION" }, "unit-form"],
    [
      { level: "TOWNSHIP", orgForm: "FEDERATION", details: { enterprises: 99, workers: 9000 } },
      "unit-township-federation",
    ],
    [{ uscc: "91310115MA1K4AB221" }, "credit-code-not-union"],
    [{ employer: { name: "云溪新厂", uscc: "81110101MC0000012H" } }, "credit-code-not-employer"],
    [{ details: { sealDiameterMm: 46 } }, "unit-seal"],
    [{ termStart: day("2026-01-01"), termEnd: day("2026-01-01") }, "unit-term-span"],
    [{ fundsParentId: newId<"unit">() }, "not-found"],
  ];
  for (const [more, code] of cases)
    assert.equal(
      codeOf(await trying((tx) => createUnit(tx, countyScope, draft(more), byPerson(chair)))),
      code,
      JSON.stringify(more),
    );
});

test("a credit code belongs to one union", async () => {
  await trying(async (tx) => {
    expect(await createUnit(tx, countyScope, draft({ uscc: "81110101MC0000012H" }), byPerson(chair)));
    const twice = draft({ name: "云溪县另一厂工会委员会", uscc: "81110101mc0000012h" });
    assert.equal(codeOf(await createUnit(tx, countyScope, twice, byPerson(chair))), "unit-uscc-taken");
  });
});

test("region 99 is refused by a real installation", async () => {
  await trying(async (tx) => {
    await makeInstallation(tx, false);
    assert.equal(codeOf(await createUnit(tx, countyScope, draft(), byPerson(chair))), "region-fictitious");
  });
});

test("the same id again changes nothing, and with other content is refused", async () => {
  await trying(async (tx) => {
    const one = draft();
    const first = expect(await createUnit(tx, countyScope, one, byPerson(chair)));
    assert.deepEqual(await createUnit(tx, countyScope, one, byPerson(chair)), first);
    const other = { ...one, name: "云溪县别的厂工会委员会" };
    assert.equal(codeOf(await createUnit(tx, countyScope, other, byPerson(chair))), "same-id-other-content");
  });
});

test("an edit keeps what it does not name, and notices that somebody was faster", async () => {
  await trying(async (tx) => {
    const changes = { name: "云溪百货集团工会委员会", termYears: 5, termNumber: 2 };
    const after = expect(
      await editUnit(tx, countyScope, tree.shop.id, tree.shop.version, changes, byPerson(chair)),
    );
    assert.equal(after.name, changes.name);
    assert.equal(after.code, tree.shop.code);
    assert.equal(
      codeOf(await editUnit(tx, countyScope, tree.shop.id, tree.shop.version, changes, byPerson(chair))),
      "changed-meanwhile",
    );
    assert.equal(
      codeOf(await editUnit(tx, countyScope, tree.other.id, 1, changes, byPerson(chair))),
      "not-found",
    );
    assert.equal(
      codeOf(
        await editUnit(
          tx,
          countyScope,
          tree.shop.id,
          after.version,
          { regionCode: "990102" },
          byPerson(chair),
        ),
      ),
      "unit-region-outside",
    );
    assert.equal(
      codeOf(await editUnit(tx, countyScope, tree.company.id, 1, { name: "工会" }, byPerson(chair))),
      "too-short",
    );
    const [event] = await unitEvents(tx, tree.shop.id);
    assert.deepEqual(event!.before, { name: tree.shop.name, termYears: null, termNumber: null });
    const found = await listUnits(tx, countyScope, { q: "bhjt", limit: 9 });
    assert.equal(found.length, 0, "initials are matched from the start");
    assert.equal((await listUnits(tx, countyScope, { q: "yxbhjt", limit: 9 }))[0]!.id, tree.shop.id);
  });
});

test("a search by any two characters finds the unions whose names hold them side by side, and no others", async () => {
  await trying(async (tx) => {
    await sql`update unit set short_name = 'K9例' where id = ${tree.shop.id}`.execute(tx);
    const { rows } = await sql<{ id: string; names: string }>`
      select id, lower(name || ' ' || coalesce(short_name, '')) as names from unit`.execute(tx);
    const pairs = new Set(
      rows.flatMap(({ names }) => [...names].map((one, n, all) => `${one}${all[n + 1] ?? "𠮷"}`)),
    );
    assert.ok(pairs.has("k9") && pairs.size > 20);
    // Two letters find initials and pinyin besides; what stands at the edge of a name is no pair.
    for (const q of [...pairs, "K9", "9_", "%%", "例例"].filter((one) => !/^[a-z]{2}$|^\s|\s$/.test(one))) {
      const found = await listUnits(tx, systemScope(), { q, limit: 500 });
      const held = rows.filter(({ names }) => names.includes(q.toLowerCase())).map(({ id }) => id);
      assert.deepEqual(found.map(({ id }) => id as string).toSorted(), held.toSorted(), q);
    }
  });
});

test("a union is dissolved when nothing is left in it", async () => {
  await trying(async (tx) => {
    const end = (unit: Unit, to: "DISSOLVING" | "DISSOLVED") =>
      changeUnitStatus(tx, countyScope, unit.id, to, "企业注销", byPerson(chair));
    assert.equal(codeOf(await end(tree.township, "DISSOLVED")), "unit-status");
    expect(await end(tree.township, "DISSOLVING"));
    assert.equal(codeOf(await end(tree.township, "DISSOLVED")), "unit-has-children");
    expect(await end(tree.shop, "DISSOLVING"));
    await addMembers(tx, tree.shop.id, 2);
    assert.equal(codeOf(await end(tree.shop, "DISSOLVED")), "unit-has-members");
    await addMembers(tx, tree.shop.id, -2);
    let asked = 0;
    registerCloseGuard(async () => {
      asked++;
      return undefined;
    });
    assert.equal(expect(await end(tree.shop, "DISSOLVED")).status, "DISSOLVED");
    assert.equal(asked, 1);
    assert.equal(
      codeOf(await editUnit(tx, countyScope, tree.shop.id, 3, {}, byPerson(chair))),
      "unit-closed",
    );
    expect(await createUnit(tx, countyScope, draft({ name: tree.shop.name }), byPerson(chair)));
  });
});

test("only the superior approves, suspends and closes", async () => {
  const actor = await t.db.systemRead((tx) => loadActor(tx, chair, today));
  const scope = expect(scopeOf(actor, "unit.write", today));
  assert.equal(
    codeOf(
      await trying((tx) => changeUnitStatus(tx, scope, tree.county.id, "SUSPENDED", "停用", byPerson(chair))),
    ),
    "not-yours",
  );
});

test("lists stay in the scope, count what is below, and page in the order of the tree", async () => {
  await t.db.read(everything, async (tx) => {
    const all = await listUnits(tx, systemScope(), { limit: 50 });
    assert.equal(all.length, 8);
    assert.deepEqual(
      all.map((one) => one.path),
      all.map((one) => one.path).sort(),
    );
    const mine = await listUnits(tx, countyScope, { limit: 50 });
    assert.deepEqual(
      mine.map((one) => one.name).sort(),
      [tree.county, tree.township, tree.company, tree.shop, tree.branch].map((one) => one.name).sort(),
    );
    const first = await listUnits(tx, countyScope, { limit: 2 });
    const rest = await listUnits(tx, countyScope, { limit: 50, after: first[1]!.path });
    assert.deepEqual([...first, ...rest], mine);
    assert.deepEqual(
      (await listUnits(tx, countyScope, { parent: "top", limit: 9 })).map((one) => one.id),
      [tree.county.id],
    );
    assert.equal((await listUnits(tx, countyScope, { parent: tree.county.id, limit: 9 })).length, 2);
    assert.deepEqual(
      await listUnits(tx, countyScope, { parent: tree.city.id, limit: 9 }).then((rows) =>
        rows.map((one) => one.id),
      ),
      [tree.county.id],
    );
    assert.equal(mine.find((one) => one.id === tree.county.id)!.children, 2);
    assert.equal(await countUnits(tx, countyScope, { limit: 1, level: "GRASSROOTS" }), 2);
    for (const q of ["纺织", "yxfzc", "yunxifangzhi", tree.company.code, "云溪纺织厂工会委员会"])
      assert.deepEqual(
        (await listUnits(tx, countyScope, { q, limit: 9 })).map((one) => one.id),
        [tree.company.id],
        q,
      );
    assert.equal((await listUnits(tx, countyScope, { q: "虚谷", limit: 9 })).length, 0);
    assert.equal(
      (await listUnits(tx, countyScope, { q: "%", limit: 9 })).length,
      0,
      "a wildcard is a sign like any other",
    );
    assert.equal(codeOf(await findUnit(tx, countyScope, tree.other.id)), "not-found");
    assert.equal(expect(await findUnitByCode(tx, countyScope, "990101")).id, tree.county.id);
    assert.equal(codeOf(await findUnitByCode(tx, countyScope, "990102")), "not-found");
    assert.deepEqual(
      (await ancestorsOfUnit(tx, tree.company.path)).map((one) => one.name),
      [tree.province, tree.city, tree.county, tree.township].map((one) => one.name),
    );
  });
});

test("the chain of a unit names the nearest union of each level, and skips those that are not there", async () => {
  await trying(async (tx) => {
    const names = async (unit: Unit) => {
      const chain = await chainOf(tx, unit.id);
      return Object.fromEntries(
        Object.entries(chain.levels).map(([level, one]) => [level, one.standIn ? `(${one.name})` : one.name]),
      );
    };
    const above = { county: tree.county.name, city: tree.city.name, province: tree.province.name };
    assert.deepEqual(await names(tree.branch), {
      own: tree.company.name,
      township: tree.township.name,
      ...above,
    });
    assert.deepEqual(await names(tree.shop), { own: tree.shop.name, ...above });
    assert.deepEqual(await names(tree.township), {
      own: tree.township.name,
      township: tree.township.name,
      ...above,
    });
    const education = await makeUnit(tx, {
      name: "云溪县教育工会",
      level: "COUNTY",
      orgType: "INDUSTRY",
      parentId: tree.county.id,
    });
    const school = await makeUnit(tx, {
      name: "云溪一中工会委员会",
      level: "GRASSROOTS",
      parentId: education.id,
    });
    assert.deepEqual(await names(school), { own: school.name, township: `(${education.name})`, ...above });
    const direct = await makeUnit(tx, {
      name: "虚构省电力工会委员会",
      level: "GRASSROOTS",
      parentId: tree.province.id,
      industrialParentId: education.id,
    });
    assert.deepEqual(await names(direct), {
      own: direct.name,
      township: `(${education.name})`,
      county: `(${tree.county.name})`,
      city: `(${tree.city.name})`,
      province: tree.province.name,
    });
  });
});

test("the scope filter names one range for each root", async () => {
  const filter = insideScope(countyScope, "unit.path");
  const count = await t.db.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int as n from unit where ${filter}`.execute(tx),
  );
  assert.equal(count.rows[0]!.n, 5);
});

test("a path, a counter or a place that does not agree is found", async () => {
  assert.deepEqual(await t.db.systemRead(verifyTree), []);
  await trying(async (tx) => {
    await sql`update unit set path = ${`${tree.other.path}.kx`} where id = ${tree.shop.id}`.execute(tx);
    await addMembers(tx, tree.company.id, 3);
    await sql`insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, created_on)
      values ('990101', ${newId()}, ${tree.county.path}, ${tree.branch.id}, '虚构人', 'x', 'x', '2026-01-01')`.execute(
      tx,
    );
    const found = await verifyTree(tx);
    assert.deepEqual(
      found.map((one) => `${one.check} ${one.where} ${one.expected} ${one.found}`),
      [
        `unit.path ${tree.shop.code} ${tree.county.path} ${tree.other.path}`,
        `unit.members ${tree.company.code} 0 3`,
        `person.path ${tree.branch.code} ${tree.branch.path} ${tree.county.path}`,
      ],
    );
  });
});
