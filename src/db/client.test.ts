import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { withClient } from "./client.ts";
import { withDatabase } from "./testing.ts";

const t = withDatabase();

test("a connection that breaks off is told in words, and a missing file as what it is", async () => {
  const cut = withClient(t.connection, (client) =>
    client.query("select pg_terminate_backend(pg_backend_pid())"),
  );
  await assert.rejects(cut, { code: "database_unreachable" });
  await assert.rejects(
    withClient({ host: "/nowhere" }, async () => null),
    { code: "database_unreachable" },
  );
  await assert.rejects(
    withClient(t.connection, () => readFile("/nowhere/at/all")),
    { code: "ENOENT" },
  );
});

test("work that ends without a commit leaves nothing", async () => {
  const there = "select to_regclass('half_done') is not null as yes";
  const seen = await withClient(t.connection, async (client) => {
    await client.query("begin");
    await client.query("create table half_done (n integer)");
    return (await client.query(there)).rows;
  });
  assert.deepEqual(seen, [{ yes: true }]);
  assert.deepEqual((await withClient(t.connection, (client) => client.query(there))).rows, [{ yes: false }]);
});
