import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../../db/testing.ts";
import { day } from "../../kernel/day.ts";
import { parseIdentity } from "../../kernel/identity-number.ts";
import { expect } from "../../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../../kernel/seal.ts";
import { unsealPerson } from "../../people/sealed.ts";
import { verifyCases } from "../../procedures/verify.ts";
import { generateCases } from "./cases.ts";
import { generateFederation } from "./generate.ts";

const t = withDatabase();

test("a generated federation has the members asked for, each sealed, findable and counted by its union", async () => {
  const ring = parseKeyring(newKeyring());
  const made = await generateFederation(t.owner, ring, { members: 3000, units: 120, seed: 7 });
  assert.equal(made.members, 3000);
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{ members: number; counted: number; lookups: number; orphans: number }>`
    select (select count(*)::int from person where member_status = 'ACTIVE') as members,
      (select sum(members)::int from unit) as counted,
      (select count(*)::int from identity_lookup) as lookups,
      (select count(*)::int from unit u where parent_id is not null
        and not exists (select 1 from unit p where p.id = u.parent_id and u.path like p.path || '.%')) as orphans`.execute(
      tx,
    ),
  );
  assert.equal(rows[0]?.counted, rows[0]?.members);
  assert.equal(rows[0]?.lookups, 3000);
  assert.equal(rows[0]?.orphans, 0);
  const people = await t.owner.systemRead((tx) =>
    sql<{ district: string; id: string; sealed: Buffer; birth_date: string }>`
    select district, id, sealed, birth_date from person order by id limit 50`.execute(tx),
  );
  for (const person of people.rows) {
    const { idNumber } = unsealPerson(ring, person);
    const identity = expect(parseIdentity(idNumber, { today: day("2026-01-01"), fictitious: true }));
    assert.equal(identity.born, person.birth_date);
  }
});

test("the same seed draws the same names in the same unions", async () => {
  const { drawFrom } = await import("./draw.ts");
  const { drawName } = await import("./names.ts");
  const [one, two] = [drawFrom(3), drawFrom(3)];
  for (let index = 0; index < 200; index++) assert.deepEqual(drawName(one), drawName(two));
});

test("generated cases are whole: every chain, fold and lookup verifies", async () => {
  const ring = parseKeyring(newKeyring());
  await t.owner.system((tx) =>
    sql`truncate person, identity_lookup, phone_lookup, membership, membership_event, unit cascade`.execute(
      tx,
    ),
  );
  await generateFederation(t.owner, ring, { members: 2500, units: 60, seed: 9 });
  const { cases } = await generateCases(t.owner, ring, { cases: 400, seed: 9 });
  assert.equal(cases, 400);
  const verified = await verifyCases({ db: t.owner, ring });
  assert.deepEqual(verified.broken, []);
  assert.ok(verified.cases > 400);
});
