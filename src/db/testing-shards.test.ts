import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import pg from "pg";
import { hasCitus, withDatabase } from "./testing.ts";
import { listed, movesIn, reachOf } from "./testing-shards.ts";

const t = withDatabase();

/** Statements, and what each reaches on several shards. */
const statements: readonly (readonly [string, string])[] = [
  ["select name from person where district = $1 and id = $2", ""],
  ["select name from person where id = $1", "person all"],
  ["select name from person where district = any($1::text[]) and id = $2", "person named"],
  ["select name from person where district in ($1, $2) and id = $3", "person named"],
  ["select name from person where district = $1 or id = $2", "person all"],
  ["select name from person where ($1::text is null or district = $1) and id = $2", "person all"],
  ["select name from unit where path >= $1 and path < $2", ""],
  ["select district from case_lookup where case_id = $1", ""],
  ["select district from case_lookup where district = $1", "case_lookup all"],
  [
    "select f.id from case_file f join case_action a on a.district = f.district and a.case_id = f.id where f.district = $1",
    "",
  ],
  [
    "select f.id from case_file f left join case_action a on a.district = f.district and a.case_id = f.id where f.id = $1",
    "case_file all, case_action all",
  ],
  [
    "select f.id from case_file f left join case_action a on a.case_id = f.id where f.district = $1",
    "case_action all",
  ],
  [
    "select id, (select count(*) from case_action a where a.district = f.district and a.case_id = f.id) from case_file f where district = $1",
    "",
  ],
  [
    "select p.id from person p join unnest($1::text[], $2::uuid[]) x(district, id) on p.district = x.district and p.id = x.id",
    "person all",
  ],
  [
    "select id from person where district = (select district from case_lookup where case_id = $1)",
    "person all",
  ],
  [
    "select f.id from case_file f left join case_action a on a.district = f.district and a.district = $1",
    "case_file all",
  ],
  [
    "select f.id from case_file f join case_action a on a.district = f.district where f.district = any($1::text[])",
    "case_file named, case_action named",
  ],
  ["update person set name = $1 where district = $2 and id = $3", ""],
  ["update person set name = $1 where id = $2", "person all"],
  [
    "with held as (select district, id from person where district = $1 for update) update person p set name = $2 from held h where p.district = h.district and p.id = h.id",
    "person all",
  ],
  ["delete from session where token_hash = $1", ""],
  ["delete from session where expires_at < $1", "session all"],
];

test("the planner says of each statement which tables it reads on several shards", async (on) => {
  if (await hasCitus(t.connection)) return on.skip("the tables of this server lie on shards");
  const client = new pg.Client(t.connection);
  await client.connect();
  try {
    for (const [text, reach] of statements)
      assert.equal((await reachOf(client, text)).join(", "), reach, text);
  } finally {
    await client.end();
  }
});

test("a statement of the program that sets where a row lies is named, one of a test is not", () => {
  const sets = 'update "person" set "name" = $1';
  const [move, stay] = [`${sets}, "district" = $2 where "id" = $3`, `${sets} where "district" = $2`];
  const written = { file: "people/store.ts", name: "rename" };
  assert.deepEqual(
    movesIn([
      [move, written],
      [move, null],
      [stay, written],
    ]),
    [`src/people/store.ts rename sets district of person: ${move}`],
  );
});

test("every function docs/scale.md lists is there, once", () => {
  const names = listed().map(({ file, name }) => `${file} ${name}`);
  assert.ok(names.length > 80);
  assert.deepEqual(names, [...new Set(names)]);
  const root = join(import.meta.dirname, "..");
  const missing = listed().filter(({ file, name }) => {
    if (!existsSync(join(root, file))) return true;
    return !new RegExp(`^(export )?(async )?(function\\*?|const) ${name}\\b`, "m").test(
      readFileSync(join(root, file), "utf8"),
    );
  });
  assert.deepEqual(missing, []);
});
