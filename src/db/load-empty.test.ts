import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { loadEmpty } from "./load-empty.ts";
import { withDatabase } from "./testing.ts";

const t = withDatabase();

test("a table is filled however long it takes, and has its key again", async () => {
  async function* slow() {
    yield "1\n";
    await setTimeout(1200);
    yield "2\n";
  }
  const found = await t.owner.system(async (tx) => {
    await sql`create table filled (number integer primary key)`.execute(tx);
    await sql`set local statement_timeout = '600ms'`.execute(tx);
    const copied = await loadEmpty(tx, ["filled"], (copy) => copy("filled", "number", "text", slow()));
    const { rows } = await sql<{ numbers: number[]; keys: number }>`
      select array_agg(number order by number) as numbers,
        (select count(*)::int from pg_index where indrelid = 'filled'::regclass and indisprimary) as keys
      from filled`.execute(tx);
    return { copied, ...rows[0] };
  });
  assert.deepEqual(found, { copied: 2, numbers: [1, 2], keys: 1 });
});
