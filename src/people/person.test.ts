import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { addDays, type Day, day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { systemScope } from "../units/index.ts";
import { codeOf } from "../units/testing.ts";
import { cardCode, cardOf, verifyCard, verifyCardNow } from "./card.ts";
import { duplicatePairs, mergePersons, undoMerge } from "./duplicates.ts";
import { createHousehold, findHouseholdOf, replaceMembers } from "./household.ts";
import { logLook, lookSentence, looksAt, reveal } from "./looks.ts";
import { countingMembership, writeMembership } from "./membership-store.ts";
import { unsealPerson } from "./sealed.ts";
import { countMembers, readQuery, searchMembers } from "./search.ts";
import { createPerson, editSealed, findByPhone, getPerson } from "./store.ts";
import { at, by, ring, today, withPeople } from "./testing.ts";

/** What is recorded of a person: read in clear, found, joined with another record, shown by a card. */

const { t, units, identity, member } = withPeople();

// Acceptance: an identity number read in clear leaves an entry with its purpose.
test("seeing a number in clear writes who saw it and what for; the person reads it in plain words (10)", async () => {
  const { person } = await t.db.system((tx) => member(tx, "甲六"));
  const looker = { person: newId<"person">(), name: "干事某", unit: "云溪县总工会", role: "aid" };
  const values = await t.db.system((tx) =>
    reveal(tx, ring, person, ["idNumber", "bankCard"], "核对帮扶申请", looker, at, today),
  );
  assert.deepEqual(Object.keys(values), ["idNumber", "bankCard"]);
  await t.db.system((tx) =>
    logLook(tx, {
      district: person.district,
      person: person.id,
      by: looker,
      what: "paper",
      fields: [],
      purpose: "走访",
      at,
      onDay: today,
    }),
  );
  const looks = await t.db.systemRead((tx) => looksAt(tx, [person.district], person.id, null, 10));
  assert.equal(looks.length, 2);
  const seen = looks.find((one) => one.what === "person")!;
  assert.equal(
    lookSentence(seen).zh,
    "云溪县总工会 帮扶干事 干事某 查看了您的资料（证件号码、银行卡号），用途：核对帮扶申请。",
  );
});

test("a household keeps who left, and is found by any of its members", async () => {
  const { person } = await t.db.system((tx) => member(tx, "甲七"));
  const child = identity("2012-03-04");
  const made = expect(
    await t.db.system((tx) =>
      createHousehold(tx, ring, {
        head: person,
        day: today,
        members: [
          { name: "甲七", relation: "self" },
          {
            name: "甲七儿",
            relation: "child",
            identity: child,
            facts: { health: "chronic", school: "虚构小学" },
          },
          { name: "甲七妻", relation: "spouse", workStatus: "none" },
        ],
      }),
    ),
  );
  assert.equal(
    codeOf(await t.db.system((tx) => createHousehold(tx, ring, { head: person, day: today, members: [] }))),
    "household-head",
  );
  assert.equal(made.members.find((one) => one.relation === "child")!.facts.school, "虚构小学");
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{
      text: string;
    }>`select row_to_json(m)::text as text from household_member m where household_id = ${made.id}`.execute(
      tx,
    ),
  );
  assert.ok(!rows.some((row) => row.text.includes(child.number) || row.text.includes("虚构小学")));
  const later = expect(
    await t.db.system((tx) =>
      replaceMembers(
        tx,
        ring,
        made,
        [
          { name: "甲七", relation: "self" },
          { name: "甲七儿", relation: "child", identity: child, facts: { health: "healthy" } },
        ].map((one) => one) as never,
        addDays(today, 10),
      ),
    ),
  );
  assert.deepEqual(
    later.members.filter((one) => one.relation === "child").map((one) => one.id),
    made.members.filter((one) => one.relation === "child").map((one) => one.id),
  );
  assert.equal(
    later.members.some((one) => one.relation === "spouse"),
    false,
  );
  assert.equal((await t.db.systemRead((tx) => findHouseholdOf(tx, ring, person)))!.id, made.id);
});

test("two records of one person become one and can be taken apart again", async () => {
  const { keep, merge } = await t.db.system(async (tx) => {
    const one = (
      await member(tx, "甲八", units.factory, {
        employerName: "虚构机械厂",
        birthDate: day("1988-08-08") as Day,
      })
    ).person;
    const other = expect(
      await createPerson(
        tx,
        ring,
        {
          unit: units.factory,
          name: "甲八",
          identity: null,
          birthDate: day("1988-08-08"),
          employerName: "虚构机械厂",
          education: "30",
          sealed: { phone: "13955550000", address: "云溪县虚构路8号" },
        },
        today,
      ),
    );
    return { keep: one, merge: other };
  });
  const pairs = await t.db.systemRead((tx) => duplicatePairs(tx, systemScope(), 10));
  assert.ok(
    pairs.some(
      (pair) => [pair.oneId, pair.otherId].includes(keep.id) && [pair.oneId, pair.otherId].includes(merge.id),
    ),
  );
  const id = newId<"merge">();
  const merged = expect(
    await t.db.system((tx) =>
      mergePersons(
        tx,
        ring,
        systemScope(),
        { id, keepId: keep.id, mergeId: merge.id },
        { person: null, at, day: today },
      ),
    ),
  );
  assert.equal(merged.education, "30");
  assert.equal(unsealPerson(ring, merged).address, "云溪县虚构路8号");
  assert.deepEqual(
    (await t.db.systemRead((tx) => findByPhone(tx, ring, "13955550000"))).map((one) => one.personId),
    [keep.id],
  );
  expect(await t.db.system((tx) => undoMerge(tx, systemScope(), id, at)));
  const [one, other] = await t.db.systemRead(
    async (tx) => [await getPerson(tx, keep.id), await getPerson(tx, merge.id)] as const,
  );
  assert.deepEqual([one.education, other.education, other.mergedInto], [null, "30", null]);
  assert.equal(unsealPerson(ring, one).address, undefined);
  assert.equal((await t.db.systemRead((tx) => countingMembership(tx, keep)))!.unitId, units.factory.id);
});

test("of two districts' merges under one id, whoever stands over both takes one apart at a time", async () => {
  const id = newId<"merge">();
  const by = { person: null, at, day: today };
  const twice = (name: string, unit: (typeof units)["factory"]) =>
    t.db.system(async (tx) => {
      const keep = (await member(tx, name, unit)).person;
      const again = { unit, name, identity: null, sealed: {} };
      const merge = expect(await createPerson(tx, ring, again, today));
      expect(await mergePersons(tx, ring, systemScope(), { id, keepId: keep.id, mergeId: merge.id }, by));
      return merge.id;
    });
  const [here, there] = [await twice("甲九", units.factory), await twice("甲十", units.school)];
  assert.notEqual(units.factory.district, units.school.district);
  const undo = () => t.db.system((tx) => undoMerge(tx, systemScope(), id, at));
  const apart = [expect(await undo()).mergedId, expect(await undo()).mergedId];
  assert.deepEqual(apart.sort(), [here, there].sort());
  for (const one of [here, there])
    assert.equal((await t.db.systemRead((tx) => getPerson(tx, one))).mergedInto, null);
  assert.equal(codeOf(await undo()), "not-found");
});

test("people are found by name, pinyin, initials and exact numbers, a page at a time, with true totals", async () => {
  await t.db.system(async (tx) => {
    for (const name of ["褚良一", "褚良二", "褚良三", "褚单"]) await member(tx, name, units.mill);
    await member(tx, "褚远", units.school);
  });
  const find = (q: string, more = {}) =>
    t.db.systemRead(async (tx) => {
      const filter = { query: expect(readQuery(q, "allowed", today)), limit: 50, ...more };
      const page = expect(await searchMembers(tx, ring, systemScope(), filter));
      assert.equal(
        page.next === null ? page.items.length : -1,
        page.next === null ? await countMembers(tx, ring, systemScope(), filter) : -1,
      );
      return page.items.map((one) => one.name);
    });
  assert.deepEqual((await find("褚")).sort(), ["褚单", "褚良一", "褚良三", "褚良二", "褚远"].sort());
  assert.deepEqual((await find("褚", { under: units.county.path })).length, 4);
  assert.deepEqual((await find("褚", { under: units.mill.path })).length, 4);
  assert.deepEqual(await find("chuyuan"), ["褚远"]);
  assert.deepEqual((await find("CL")).length, 3);
  const someone = await t.db.systemRead(
    async (tx) =>
      expect(await searchMembers(tx, ring, systemScope(), { query: { by: "name", text: "褚远" }, limit: 1 }))
        .items[0]!,
  );
  const person = await t.db.systemRead((tx) => getPerson(tx, someone.id));
  const { idNumber, phone } = unsealPerson(ring, person);
  assert.deepEqual(await find(idNumber!), ["褚远"]);
  assert.deepEqual(await find(phone!), ["褚远"]);
  const refused = readQuery(idNumber, "refused", today);
  assert.equal(isRefusal(refused) && refused.code, "number-in-url");
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = expect(
      await t.db.systemRead((tx) =>
        searchMembers(tx, ring, systemScope(), { query: { by: "name", text: "褚" }, limit: 2, cursor }),
      ),
    );
    seen.push(...page.items.map((one) => one.id));
    cursor = page.next ?? undefined;
  } while (cursor);
  assert.deepEqual([seen.length, new Set(seen).size], [5, 5]);
  const bad = await t.db.systemRead((tx) =>
    searchMembers(tx, ring, systemScope(), { query: { by: "all" }, limit: 2, cursor: "xx" }),
  );
  assert.equal(codeOf(bad), "bad-cursor");
  const all = await t.db.systemRead(async (tx) => [
    await countMembers(tx, ring, systemScope(), { query: { by: "all" }, limit: 1 }),
    expect(await searchMembers(tx, ring, systemScope(), { query: { by: "all" }, limit: 200 })).items.length,
  ]);
  assert.equal(all[0], all[1]);
});

test("a card's code is checked without asking anyone, expires, and cannot be changed", async () => {
  const { person } = await t.db.system((tx) => member(tx, "甲九"));
  const card = expect(await t.db.system((tx) => cardOf(tx, ring, person, "https://union.example.cn", at)));
  assert.match(card.qr, /^<svg/);
  assert.equal(expect(await verifyCard(ring, card.code, at)).name, "甲九");
  const later = new Date(at.getTime() + 6 * 60_000);
  assert.equal(codeOf(await verifyCard(ring, card.code, later)), "card-expired");
  const [prefix, key, content, signature] = card.code.split(".") as [string, string, string, string];
  const other = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as unknown[];
  other[1] = "别人";
  const forged = [prefix, key, Buffer.from(JSON.stringify(other)).toString("base64url"), signature].join(".");
  assert.equal(codeOf(await verifyCard(ring, forged, at)), "card-invalid");
  assert.equal(
    codeOf(await verifyCard(parseKeyring(newKeyring()), cardCode(ring, card), at)),
    "card-invalid",
  );
  assert.equal(expect(await t.db.systemRead((tx) => verifyCardNow(tx, ring, card.code, at))).valid, true);
  const membership = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  await t.db.system((tx) => writeMembership(tx, membership, { to: "WITHDRAWN", reason: "VOLUNTARY" }, by));
  assert.equal(expect(await t.db.systemRead((tx) => verifyCardNow(tx, ring, card.code, at))).valid, false);
  assert.equal(codeOf(await t.db.system((tx) => cardOf(tx, ring, person, "", at))), "no-card");
});

test("a changed telephone is found, the old one is not; nothing sealed stands in a plain column", async () => {
  const { person } = await t.db.system((tx) =>
    member(tx, "甲十", units.factory, { sealed: { phone: "13977770001", address: "云溪县虚构路10号" } }),
  );
  await t.db.system((tx) => editSealed(tx, ring, person, { phone: "13977770002" }));
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13977770001"))).length, 0);
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13977770002"))).length, 1);
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{ text: string }>`select row_to_json(p)::text as text from person p where id = ${person.id}`.execute(
      tx,
    ),
  );
  assert.ok(!/13977770|虚构路/.test(rows[0]!.text));
});
