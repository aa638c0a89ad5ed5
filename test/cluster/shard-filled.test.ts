import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { asked, noCluster } from "./cluster.ts";
import { commands, federation } from "./commands.ts";

/** A filled database is spread over several servers, saved and brought back. */

const on = await commands();

test("a filled database is sharded with all it holds, is backed up, and is restored on one server and on many", {
  skip: noCluster,
}, async () => {
  const db = await on.empty("filled_one");
  await db.done(...federation);
  assert.match(await db.done("verify"), /everything agrees/);
  const counts = () =>
    asked(
      db.connection,
      `select (select count(*) from person) as people, (select count(*) from case_file) as cases,
        (select count(*) from case_action) as actions, (select count(*) from transfer) as transfers,
        (select sum(n) from rollup) as figures`,
    );
  const before = await counts();
  assert.match(await db.done("shard"), /\d\d tables distributed/);
  assert.deepEqual(await counts(), before);
  assert.match(await db.done("shard"), /sharded already; nothing was changed/);
  const people = await db.rows("person");
  assert.ok(people.length === 2 && people.every((count) => count > 0), String(people));
  assert.match(await db.done("verify"), /everything agrees/);

  const file = join(on.site.folder, "backup");
  await db.done("backup", file);
  const other = await on.empty("restored_one");
  await other.done("restore", file);
  assert.match(await other.done("verify"), /everything agrees/);
  assert.match(await other.done("shard"), /\d\d tables distributed/);
  assert.match(await other.done("verify"), /everything agrees/);
});
