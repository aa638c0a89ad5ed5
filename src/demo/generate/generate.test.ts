import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { withDatabase } from "../../db/testing.ts";
import { day } from "../../kernel/day.ts";
import { parseIdentity } from "../../kernel/identity-number.ts";
import { expect } from "../../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../../kernel/seal.ts";
import { verifyLedger } from "../../ledger/index.ts";
import { identityHash, phoneHash, unsealPerson } from "../../people/sealed.ts";
import { verifyCases, verifyCounters } from "../../procedures/index.ts";
import { verifyRollups } from "../../rollups/index.ts";
import { verifyUsed } from "../../services/index.ts";
import { verifyTree } from "../../units/index.ts";
import { drawFrom } from "./draw.ts";
import { generateFederation } from "./generate.ts";
import { memberAt } from "./members.ts";
import { type GenerateRequest, unitsOf } from "./request.ts";
import { shapeNames, shapeOf } from "./shape.ts";
import { openSignIns } from "./sign-ins.ts";
import type { DrawnUnit } from "./units.ts";

const t = withDatabase();
const ring = parseKeyring(newKeyring());
const request = { members: 3000, units: 150, cases: 120, seed: 7 } as const;

/** Every index and constraint, as the catalogue describes it. */
async function definitions(): Promise<readonly string[]> {
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{ what: string }>`
      select indexdef as what from pg_indexes where schemaname = 'public'
      union all select conrelid::regclass || ' ' || conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace order by 1`.execute(tx),
  );
  return rows.map(({ what }) => what);
}

test("a generated federation is counted right, verifies whole, and leaves the schema as it was", async () => {
  const before = await definitions();
  const made = await generateFederation(t.owner, ring, request);
  assert.deepEqual([made.members, made.units, made.cases], [3000, 150, 120]);
  assert.deepEqual(await definitions(), before);
  const { rows } = await t.owner.systemRead((tx) =>
    sql<Record<string, number>>`
      select (select count(*)::int from unit) as units, (select count(*)::int from person) as people,
        (select count(*)::int from membership) as memberships, (select count(*)::int from case_file) as cases,
        (select count(*)::int from identity_lookup) as identities, (select count(*)::int from phone_lookup) as phones,
        (select count(*)::int from person where member_status = 'ACTIVE') as active,
        (select sum(members)::int from unit) as counted,
        (select count(*)::int from unit u where parent_id is null) as tops`.execute(tx),
  );
  const counts = rows[0]!;
  const { units, people, memberships, cases, identities, phones, tops } = counts;
  assert.deepEqual(
    { units, people, memberships, cases, identities, phones, tops },
    { units: 150, people: 3000, memberships: 3000, cases: 120, identities: 3000, phones: 3000, tops: 1 },
  );
  assert.equal(counts.active, counts.counted);
  assert.deepEqual((await verifyCases({ db: t.owner, ring })).broken, []);
  assert.deepEqual(await verifyCounters(t.owner), []);
  assert.deepEqual(await t.owner.systemRead(verifyTree), []);
  assert.deepEqual(await t.owner.systemRead(verifyLedger), []);
  assert.deepEqual(await verifyRollups(t.owner), []);
  assert.deepEqual(await verifyUsed(t.owner), []);
});

test("each member is sealed, found by both numbers, and as the seed draws them", async () => {
  const { rows: people } = await t.owner.systemRead((tx) =>
    sql<{
      district: string;
      id: string;
      name: string;
      sealed: Buffer;
      born: string;
      sex: number;
      byNumber: Buffer;
      byPhone: Buffer;
    }>`select p.district, p.id, p.name, p.sealed, p.birth_date as born, p.sex, i.hash as "byNumber", f.hash as "byPhone"
      from person p, (select * from identity_lookup offset 0) i, (select * from phone_lookup offset 0) f
      where i.person_id = p.id and i.hash = p.id_hash and f.person_id = p.id`.execute(tx),
  );
  assert.equal(people.length, 3000);
  const drawn = new Map<string, { unit: DrawnUnit; serial: number }>();
  for (const unit of unitsOf(request))
    for (let index = 0; index < unit.members; index++) {
      const serial = unit.firstMember + index;
      drawn.set(memberAt(request.seed, unit, serial).id, { unit, serial });
    }
  const numbers = new Set<string>();
  for (const person of people) {
    const { idNumber, phone } = unsealPerson(ring, person);
    const identity = expect(parseIdentity(idNumber, { today: day("2026-01-01"), fictitious: true }));
    const { unit, serial } = drawn.get(person.id)!;
    const member = memberAt(request.seed, unit, serial);
    assert.deepEqual(
      [identity.born, identity.sex === "male" ? 1 : 2, member.name, member.identity, member.phone],
      [person.born, person.sex, person.name, idNumber, phone],
    );
    assert.deepEqual(person.byNumber, identityHash(ring, { number: idNumber! }));
    assert.deepEqual(person.byPhone, phoneHash(ring, phone!));
    numbers.add(idNumber!);
  }
  assert.equal(numbers.size, 3000);
});

test("cases lie over three years, most of them ended, with money paid from funds of each year", async () => {
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{
      ended: number;
      years: number;
      paid: bigint;
      spent: bigint;
      batches: number;
      files: number;
      open: number;
    }>`
      select c.*, g.paid, f.spent, b.batches, h.files from (
        select count(*) filter (where state = 'ended')::int as ended,
          count(distinct extract(year from opened_on))::int as years,
          count(*) filter (where service = 'hardship-file' and step = 'active')::int as open
        from case_file) c,
        (select sum(amount_fen)::bigint as paid from aid_grant where state = 'paid') g,
        (select sum(spent_fen)::bigint as spent from fund) f,
        (select count(*)::int as batches from batch) b,
        (select count(*)::int as files from hardship_file where state = 'active') h`.execute(tx),
  );
  const found = rows[0]!;
  assert.ok(
    found.ended > 60 && found.years >= 3 && found.batches >= 3,
    JSON.stringify(found, (_, v) => String(v)),
  );
  assert.equal(found.paid, found.spent);
  assert.equal(found.files, found.open);
});

test("officers of every level may sign in", async () => {
  const signIns = await openSignIns(t.owner, ring, request, new Date());
  const logins = signIns.map(({ login }) => login);
  for (const login of ["chair.grassroots", "aid.county", "finance.county", "approver.city", "audit.province"])
    assert.ok(logins.includes(login), login);
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{
      n: number;
    }>`select count(*)::int as n from account a join post p on p.person_id = a.person_id`.execute(tx),
  );
  assert.equal(rows[0]!.n, signIns.length);
});

test("the same seed draws the same, at any place of it", () => {
  const [one, two] = [drawFrom(3), drawFrom(3)];
  for (let index = 0; index < 200; index++) assert.equal(one.word(), two.word());
  one.startAt(3, 41);
  const other = drawFrom(3, 41);
  const bytes = new Uint8Array(20);
  one.idInto(bytes, 2, 1_700_000_000_123);
  const text = Buffer.from(bytes.subarray(2, 18)).toString("hex");
  assert.equal(text, other.id(1_700_000_000_123).replaceAll("-", ""));
});

test("a tree has exactly the units asked for, parents first, no two on one path, and all the members", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.constantFrom(...shapeNames),
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 1000 }),
      (units, shape, members, seed) => {
        const asked: GenerateRequest = { units, shape, members, seed };
        const byId = new Map<string, DrawnUnit>();
        const [paths, codes, names] = [new Set<string>(), new Set<string>(), new Set<string>()];
        let held = 0;
        for (const unit of unitsOf(asked)) {
          const parent = unit.parent === null ? null : byId.get(unit.parent);
          assert.notEqual(parent, undefined, "its parent comes before it");
          assert.ok(parent === null || unit.path.startsWith(`${parent!.path}.`));
          if (unit.members > 0) assert.equal(unit.firstMember, held);
          held += unit.members;
          byId.set(unit.id, unit);
          paths.add(unit.path);
          codes.add(unit.code);
          names.add(`${unit.parent} ${unit.name}`);
        }
        assert.deepEqual(
          [byId.size, paths.size, codes.size, names.size, held],
          [units, units, units, units, members],
        );
      },
    ),
    { numRuns: 60 },
  );
  assert.equal(shapeOf(10_000_000).units, 10_000_000);
});
