/**
 * Writes src/db/schema.ts (Kysely types) and src/db/schema.sql (readable dump) from a scratch database that has had
 * every migration. Run after editing one: `node scripts/schema.ts`.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { schemaSql, schemaTypes } from "../src/db/introspect.ts";
import { migrate } from "../src/db/migrate.ts";
import { emptyDatabase } from "../src/db/testing.ts";

const folder = join(import.meta.dirname, "..", "src", "db");
const scratch = await emptyDatabase();
try {
  await migrate({ owner: scratch.connection, ownerRuns: true });
  const client = new pg.Client(scratch.connection);
  await client.connect();
  writeFileSync(join(folder, "schema.sql"), await schemaSql(client));
  writeFileSync(join(folder, "schema.ts"), await schemaTypes(client));
  await client.end();
} finally {
  await scratch.drop();
}
spawnSync("biome", ["format", "--write", join(folder, "schema.ts")], { stdio: "ignore" });
