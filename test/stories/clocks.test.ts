import assert from "node:assert/strict";
import test from "node:test";
import { story } from "./story.ts";

/** One clock, counted one way wherever it is shown. */

const s = story({ lives: true });

test("a list and the inbox count a clock as the case's own page does, late or not", async () => {
  const units = new Set<string>();
  for (const days of [0, 9]) {
    if (days > 0) await s.pass(days);
    for (const who of ["approver.city", "chair.grassroots"]) {
      const officer = await s.as(who);
      const list = await officer.get("/api/cases?state=open&sort=due&limit=20");
      const inbox = await officer.get("/api/inbox");
      for (const one of [...list.body.items, ...inbox.body.items]) {
        if (one.kind !== "case") continue;
        const { turn } = (await officer.get(`/api/cases/${one.id}`)).body;
        assert.deepEqual(one.remaining, turn.remaining, one.number);
        if (one.remaining) units.add(`${one.remaining.unit} ${one.overdue ? "late" : "in time"}`);
      }
    }
  }
  assert.ok(units.has("working in time"), [...units].join());
  assert.ok(units.has("working late"), [...units].join());
});

test("what is watched over counts every open case past its day, and the queue", async () => {
  const today = s.clock.today();
  const { late } = await s.database.db.systemRead((tx) =>
    tx
      .selectFrom("case_file")
      .select(({ fn }) => fn.countAll<bigint>().as("late"))
      .where("state", "=", "open")
      .where("due_on", "<", today)
      .executeTakeFirstOrThrow(),
  );
  const { bytes } = await s.nobody.get("/metrics");
  const told = bytes.toString();
  assert.ok(late > 0);
  assert.match(told, new RegExp(`^zhijia_cases_overdue ${late}$`, "m"));
  assert.match(told, /^zhijia_jobs_failed 0$/m);
});
