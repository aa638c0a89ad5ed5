import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../../../db/testing.ts";
import { contentOf } from "../../../documents/papers/papers.ts";
import { findPaper } from "../../../documents/papers/store.ts";
import type { Id } from "../../../kernel/ids.ts";
import { expect } from "../../../kernel/refusal.ts";
import { cancelGrant, verifyLedger } from "../../../ledger/index.ts";
import { countingMembership, getPerson } from "../../../people/index.ts";
import { looksAt, reveal } from "../../../people/looks.ts";
import { getMembership, membershipEvents } from "../../../people/membership-store.ts";
import { districtsOf } from "../../../people/store.ts";
import { acceptTransfer, releaseTransfer, requestTransfer } from "../../../people/transfer.ts";
import { verifyCases } from "../../../procedures/verify.ts";
import { rehomeHook } from "../../rehome.ts";
import {
  illnessPapers,
  mill,
  need,
  officers,
  port,
  refused,
  stood,
  storyOn,
  type TestUnit,
  type TestWorker,
} from "../../testing.ts";
import { factsOf } from "./facts.ts";
import { filesOn } from "./testing.ts";

/** A family moves to another district: the file goes along with the membership, and nothing is counted anew. */

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { chair, countyAid, approver, portChair, lakeAid, lakeAid2 } = officers;
const note = { note: "情况属实" };
const { apply, fileOf, onFile, rowOf } = filesOn(story);

const nextOf = (id: string) =>
  t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("previous_id", "=", id).selectAll().executeTakeFirstOrThrow(),
  );

/** The membership goes from one union to another, and with it the person, as the routes do it. */
async function moveTo(worker: TestWorker, from: TestUnit, to: TestUnit): Promise<void> {
  const step = (unit: TestUnit) => ({
    unit: unit.id,
    by: null,
    at: t.clock.now(),
    day: t.clock.today(),
  });
  await t.db.system(async (tx) => {
    const person = await getPerson(tx, worker.person);
    const membership = await countingMembership(tx, person);
    assert.ok(membership);
    const asked = expect(
      await requestTransfer(tx, {
        person,
        membership,
        to,
        initiatedBy: "member",
        by: null,
        reason: "JOB_CHANGE",
        day: t.clock.today(),
        dueOn: t.clock.today(),
      }),
    );
    const released = expect(await releaseTransfer(tx, asked, membership, step(from)));
    const out = await getMembership(tx, person.district, membership.id);
    expect(await acceptTransfer(tx, story.engine.ring, released, out, to, step(to)));
    await rehomeHook(() => story.engine)(tx, { person: person.id, from: person.district });
  });
}

const living = (worker: TestWorker) => ({
  need: "药费",
  payee: "self",
  bankHolder: worker.name,
  bankName: "虚构银行",
  bankCard: "9999000000000000017",
  statement: true,
});

test("a family on file moves: its file is taken there under a number of its own, and what it had this year counts on", async () => {
  const { id, worker } = await onFile("赵例迁");
  const before = await fileOf(id);
  assert.ok(before);
  const first = stood(await story.open("living-aid", living(worker), worker));
  stood(await story.act(first.id, "propose", chair, { amountFen: 900_000 }));
  stood(await story.act(first.id, "approve", countyAid, { amountFen: 900_000 }));
  stood(await story.act(first.id, "approve", approver));
  await story.days(31);
  const pending = stood(await story.open("living-aid", living(worker), worker));

  await moveTo(worker, mill, port);
  const old = await rowOf(id);
  assert.deepEqual([old.state, old.outcome], ["ended", "moved"]);
  assert.equal((await fileOf(id)).state, "moved");
  assert.deepEqual([(await rowOf(pending.id)).outcome, (await rowOf(first.id)).step], ["moved", "decided"]);

  const there = { ...worker, district: port.district };
  const next = await nextOf(id);
  assert.deepEqual([next.district, next.step, next.turn_unit_id], [port.district, "arriving", port.id]);
  assert.equal(refused(await story.act(next.id, "take", chair, { liaison: [chair.person] })), "not-found");
  assert.equal(refused(await story.open("living-aid", living(worker), there)), "file-needed");
  const c = stood(await story.act(next.id, "take", portChair, { liaison: [portChair.person] }));
  assert.equal(c.step, "active");
  const after = await fileOf(next.id);
  assert.ok(after);
  assert.deepEqual(
    [after.category, after.tier, after.valid_to, after.previous_file_id, after.unit_id],
    [before.category, before.tier, before.valid_to, before.id, port.id],
  );
  assert.ok(after.file_no.startsWith(port.district));

  // The papers are there under the new district's key, and the originals where they were.
  const papers = c.answers.papers as readonly Id<"paper">[];
  assert.equal(papers.length, illnessPapers.length);
  for (const paper of papers) {
    const held = await t.db.systemRead((tx) => findPaper(tx, paper));
    assert.deepEqual([held?.district, held?.caseId], [port.district, next.id]);
    const pieces: Uint8Array[] = [];
    for await (const piece of await contentOf({ db: t.db, ring: story.engine.ring, shelf: null }, held!))
      pieces.push(piece);
    assert.match(Buffer.concat(pieces).toString(), /^%PDF/);
  }
  const originals = await t.db.systemRead((tx) =>
    tx.selectFrom("paper").where("case_id", "=", id).select("district").execute(),
  );
  assert.equal(originals.length, illnessPapers.length);

  // 9,000 of 12,744 was had before the move.
  const again = stood(await story.open("living-aid", living(worker), there));
  const over = await story.act(again.id, "propose", portChair, { amountFen: 400_000 });
  assert.equal(refused(over), "aid-cap");
  assert.equal((over as unknown as { params: { left: string } }).params.left, "3,744.00");
  stood(await story.act(again.id, "propose", portChair, { amountFen: 374_400 }));
  stood(await story.act(again.id, "approve", lakeAid, { amountFen: 374_400 }));
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
  assert.deepEqual((await verifyCases(story.engine)).broken, []);

  // Who moves back and forth is charged once, and what is cancelled where it was decided is free where they live now.
  const used = async () => {
    const rows = await t.db.systemRead((tx) =>
      tx
        .selectFrom("cap_use")
        .where("rule", "=", "living/household")
        .orderBy("district")
        .select(["district", "used_fen"])
        .execute(),
    );
    return rows.map((one) => `${one.district} ${one.used_fen}`);
  };
  await moveTo(there, port, mill);
  await moveTo(worker, mill, port);
  assert.deepEqual(await used(), ["990101 900000", "999001 900000"]);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
  const [grant] = await t.db.systemRead((tx) =>
    tx.selectFrom("aid_grant").where("case_id", "=", first.id).select(["district", "id"]).execute(),
  );
  assert.ok(grant);
  expect(await t.db.system((tx) => cancelGrant(tx, grant)));
  assert.deepEqual(await used(), ["990101 0", "999001 0"]);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("an application goes along as it was stated; one that cannot be opened there frees the household", async () => {
  const { id, worker } = await apply("钱例迁");
  await moveTo(worker, mill, port);
  const next = await nextOf(id);
  assert.deepEqual([next.step, next.district], ["submitted", port.district]);
  const c = stood(await story.act(next.id, "accept", portChair, note));
  assert.equal(c.step, "verifying");
  assert.equal(factsOf(c).category, "deep");
  const told = await t.db.systemRead((tx) =>
    tx
      .selectFrom("message")
      .where("person_id", "=", worker.person)
      .where("template", "=", "case.rehomed")
      .select(["district", "case_id"])
      .execute(),
  );
  assert.deepEqual(told, [{ district: port.district, case_id: next.id }]);
});

test("the new union may ask for new forms, and silence goes up to its county", async () => {
  const { id, worker } = await onFile("孙例迁");
  await moveTo(worker, mill, port);
  const next = await nextOf(id);
  await story.days(12);
  assert.ok((await rowOf(next.id)).escalated);
  const c = stood(await story.act(next.id, "renew", portChair, { note: "家庭收入有变" }));
  assert.equal(c.step, "returned");
  const papers = await story.papers({ ...worker, district: port.district }, ...illnessPapers);
  const again = stood(await story.act(next.id, "resubmit", worker, need(worker, papers)));
  assert.equal(again.step, "submitted");
  assert.equal(refused(await story.act(next.id, "grade", lakeAid2, note)), "not-offered");
});

test("one's membership is one chain over both districts, and who looked before the move stays readable", async () => {
  const { worker } = await apply("李例迁");
  const by = { person: countyAid.person, name: countyAid.name, unit: null, role: null };
  await t.db.system(async (tx) =>
    reveal(
      tx,
      story.engine.ring,
      await getPerson(tx, worker.person),
      ["phone"],
      "核对申请",
      by,
      t.clock.now(),
      t.clock.today(),
    ),
  );
  await moveTo(worker, mill, port);
  const events = await t.db.systemRead(async (tx) =>
    membershipEvents(tx, await getPerson(tx, worker.person)),
  );
  assert.deepEqual(
    events.map((one) => `${one.toStatus} ${one.unitName}`),
    [`ACTIVE ${mill.name}`, `TRANSFER_OUT ${mill.name}`, `CANCELLED ${mill.name}`, `ACTIVE ${port.name}`],
  );
  const looks = await t.db.systemRead(async (tx) =>
    looksAt(tx, await districtsOf(tx, worker.person), worker.person, null, 10),
  );
  assert.deepEqual(
    looks.map((one) => one.byName),
    [countyAid.name],
  );
  const open = await t.db.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int as n from membership where person_id = ${worker.person}
      and status in ('ACTIVE','TRANSFER_OUT','RETAINED')`.execute(tx),
  );
  assert.equal(open.rows[0]?.n, 1);
});
