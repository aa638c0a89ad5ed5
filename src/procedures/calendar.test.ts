import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { waitUntil } from "../db/orphan.ts";
import { openDatabase } from "../db/pool.ts";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { bumpPolicyVersion } from "../units/policy-store.ts";
import { openCalendar } from "./calendar.ts";

const t = withDatabase();
const clock = { today: () => day("2026-12-01"), isTrial: false };

test("the holidays of a further year, entered at one process, are in the calendar of another", async () => {
  const elsewhere = openDatabase({ connection: t.connection, role: "zhijia_app", max: 1 });
  const [here, there] = [await openCalendar(t.db, clock), await openCalendar(elsewhere, clock)];
  const known = Math.max(...there.current().years.keys());
  const year = known + 1;
  const value = [
    { year, notice: "虚构通知〔1〕号", off: [`${year}-01-01`], work: [], statutory: [`${year}-01-01`] },
  ];
  await t.owner.system(async (tx) => {
    await bumpPolicyVersion(tx);
    await sql`insert into policy_value (id, key, place, from_day, value, source, set_by, set_at)
      values (${newId()}, 'calendar.holidays', 'cn', '2026-12-01', ${JSON.stringify(value)}::jsonb,
        '{"document":"虚构通知","tag":"V"}', ${newId()}, now())`.execute(tx);
  });
  assert.ok(await waitUntil(() => there.current().years.has(year), 5000));
  assert.ok(await waitUntil(() => here.current().years.has(year), 5000));
  await Promise.all([here.close(), there.close()]);
  await elsewhere.close();
});
