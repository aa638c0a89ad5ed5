import assert from "node:assert/strict";
import { test } from "node:test";
import { noCluster } from "./cluster.ts";
import { commands, federation } from "./commands.ts";

/** An empty database is spread over several servers and lives there. */

const on = await commands();

test("an empty database is sharded, a second time nothing changes, and a federation is generated into it", {
  skip: noCluster,
}, async () => {
  const db = await on.empty("empty_one");
  assert.match(await db.done("shard"), /\d\d tables distributed/);
  assert.match(await db.done("shard"), /sharded already; nothing was changed/);
  await db.done(...federation);
  const people = await db.rows("person");
  assert.ok(people.length === 2 && people.every((count) => count > 0), String(people));
  assert.equal(people[0]! + people[1]!, 800);
  assert.match(await db.done("doctor"), /rows on 2 servers/);
  assert.match(await db.done("verify"), /everything agrees/);
});
