import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { waitUntil } from "./orphan.ts";
import { openDatabase } from "./pool.ts";
import { withDatabase } from "./testing.ts";

const t = withDatabase();

test("what was said while the line was cut is looked up when it stands again", async () => {
  const cut = openDatabase({ connection: t.connection, role: "zhijia_app" });
  const heard: string[] = [];
  const stop = await cut.listen(
    "greeting",
    (word) => heard.push(word),
    () => heard.push("missed"),
  );
  await t.owner.system((tx) =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen%'`.execute(tx),
  );
  await t.db.systemRead((tx) => sql`select pg_notify('greeting', 'into the void')`.execute(tx));
  assert.ok(await waitUntil(() => heard.includes("missed"), 5000));
  await t.db.systemRead((tx) => sql`select pg_notify('greeting', 'hello')`.execute(tx));
  assert.ok(await waitUntil(() => heard.includes("hello"), 5000));
  await stop();
  await cut.close();
});
