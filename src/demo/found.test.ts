import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../db/testing.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { verifyLedger } from "../ledger/index.ts";
import { foundFederation } from "./found.ts";

const t = withDatabase({ today: "2026-11-21" });

test("the fictitious federation is founded with something on every desk, and its books tie", async () => {
  const ring = parseKeyring(newKeyring());
  await t.db.system((tx) => foundFederation(tx, ring, t.clock.now()));
  const { rows } = await t.db.systemRead((tx) =>
    sql<{ service: string; step: string; state: string; number: string }>`
    select service, step, state, number from case_file order by number`.execute(tx),
  );
  const steps = rows.map((row) => `${row.service}/${row.step}`).sort();
  assert.deepEqual(steps, [
    "hardship-file/active",
    "hardship-file/active",
    "hardship-file/county_review",
    "hardship-file/filed",
    "hardship-file/noticing",
    "hardship-file/returned",
    "hardship-file/submitted",
    "hardship-file/submitted",
    "join/submitted",
    "living-aid/decided",
    "living-aid/paid",
  ]);
  assert.deepEqual(await t.db.systemRead((tx) => verifyLedger(tx)), []);
});
