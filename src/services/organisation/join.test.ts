import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../db/testing.ts";
import { countingMembership, membershipsOf } from "../../people/index.ts";
import {
  county,
  couriers,
  mill,
  officer,
  officers,
  refused,
  stood,
  storyOn,
  type TestWorker,
} from "../testing.ts";

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { chair, lakeAid } = officers;
const courierChair = officer("郑拟行", couriers, "chair");

const asking = (worker: TestWorker, change: Readonly<Record<string, unknown>> = {}) => ({
  situation: "unit_has_union",
  unit: mill.id,
  idNumber: worker.idNumber,
  phone: "13900000002",
  constitution: true,
  dataConsent: true,
  signature: worker.name,
  ...change,
});

async function relation(worker: TestWorker) {
  return t.db.systemRead((tx) =>
    countingMembership(tx, { district: worker.district ?? "", id: worker.person }),
  );
}

test("a worker joins: returned once, then approved by the committee, with a member number and a message", async () => {
  const worker = await story.worker("新例人", mill, 41, false);
  let c = stood(await story.open("join", asking(worker), worker));
  assert.equal(c.step, "submitted");
  assert.equal(c.due.on, "2026-03-23", "fifteen working days");
  assert.equal(await relation(worker), null);
  assert.equal(refused(await story.act(c.id, "approve", lakeAid)), "not-found");
  assert.equal(refused(await story.act(c.id, "approve", courierChair)), "not-found");
  c = stood(await story.act(c.id, "return", chair, { note: "手机号请核对" }));
  c = stood(await story.act(c.id, "resubmit", worker, { idNumber: worker.idNumber, phone: "13900000003" }));
  stood(await story.act(c.id, "opinion", chair, { note: "小组同意" }));
  c = stood(await story.act(c.id, "approve", chair, { note: "同意" }));
  assert.equal(c.outcome, "joined");
  assert.equal((await relation(worker))?.status, "ACTIVE");
  assert.ok(c.facts.memberNo);
  const messages = await t.db.systemRead((tx) =>
    tx.selectFrom("message").where("person_id", "=", worker.person).select("template").execute(),
  );
  assert.ok(messages.some((one) => one.template === "member.joined"));
  const unit = await t.db.systemRead((tx) =>
    tx.selectFrom("unit").where("id", "=", mill.id).select("members").executeTakeFirstOrThrow(),
  );
  assert.equal(unit.members, 1);
});

test("a second application by a member is a transfer request, never a second relation", async () => {
  const worker = await story.worker("转例会", mill, 43);
  assert.equal(refused(await story.open("join", asking(worker), worker)), "already-member-here");
  const c = stood(
    await story.open(
      "join",
      asking(worker, { situation: "platform", group: "COURIER", unit: couriers.id }),
      worker,
    ),
  );
  assert.equal(c.outcome, "as_transfer");
  const all = await t.db.systemRead((tx) =>
    membershipsOf(tx, { district: worker.district ?? "", id: worker.person }),
  );
  assert.deepEqual(
    all.map((one) => one.status),
    ["ACTIVE"],
  );
  const transfers = await t.db.systemRead((tx) =>
    tx.selectFrom("membership_transfer").where("person_id", "=", worker.person).selectAll().execute(),
  );
  assert.equal(transfers.length, 1);
});

test("who may not join is told why: too young, unsigned, a federation that takes no members", async () => {
  const worker = await story.worker("小例工", mill, 45, false);
  const child = worker.idNumber.slice(0, 6);
  const young = (await import("../../kernel/identity-number.ts")).fictitiousIdentity(
    child,
    "2012-01-01" as never,
    7,
  );
  const rows: [Readonly<Record<string, unknown>>, string][] = [
    [{ idNumber: young }, "too-young-to-join"],
    [{ signature: "别人" }, "signature-not-name"],
    [{ unit: county.id }, "unit-takes-no-members"],
    [{ unit: "0198c5a0-0000-7000-8000-00000000dead" }, "not-found"],
    [{ unit: undefined }, "required"],
    [{ constitution: false }, "consent-needed"],
    [
      { idNumber: `${worker.idNumber.slice(0, 17)}${worker.idNumber[17] === "1" ? "2" : "1"}` },
      "id-check-digit",
    ],
  ];
  for (const [change, code] of rows)
    assert.equal(refused(await story.open("join", asking(worker, change), worker)), code);
  const rejected = stood(await story.open("join", asking(worker), worker));
  const c = stood(await story.act(rejected.id, "reject", chair, { note: "不在本单位工作" }));
  assert.equal(c.outcome, "rejected");
  assert.equal(await relation(worker), null);
  const again = stood(await story.open("join", asking(worker), worker));
  assert.equal(again.step, "submitted");
});
