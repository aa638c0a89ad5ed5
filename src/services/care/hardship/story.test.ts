import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../../db/testing.ts";
import { day } from "../../../kernel/day.ts";
import { newId } from "../../../kernel/ids.ts";
import { isRefusal } from "../../../kernel/refusal.ts";
import { identityHash } from "../../../people/index.ts";
import { answerOf, decideObjection, raiseObjection } from "../../../procedures/objections.ts";
import { actionsOf } from "../../../procedures/store.ts";
import { verifyCases, verifyCounters } from "../../../procedures/verify.ts";
import {
  illnessPapers,
  need,
  officer,
  officers,
  port,
  refused,
  type Story,
  stood,
  storyOn,
  type TestWorker,
  visitOn,
} from "../../testing.ts";
import { factsOf } from "./facts.ts";
import { putRegisterEntry } from "./store.ts";
import { filesOn } from "./testing.ts";

const t = withDatabase({ today: "2026-03-02" });
const story: Story = storyOn(t);
const { chair, organiser, countyAid, countyAid2, approver, lakeAid, lakeAid2, portChair } = officers;
let sequence = 100;

const note = { note: "情况属实" };
const { bring, fileOf, open: apply } = filesOn(story);

test("a household is filed: returned once, visited, checked, graded, noticed, reviewed, approved", async () => {
  const worker = await story.worker("李例工");
  let c = await apply(worker);
  assert.equal(c.step, "submitted");
  assert.match(c.number, /^2026-990101-KN-\d{5}$/);
  assert.equal(factsOf(c).category, "deep");
  assert.equal(c.due.on, "2026-03-09", "five working days");

  assert.equal(refused(await story.act(c.id, "accept", worker)), "not-yours");
  assert.equal(refused(await story.act(c.id, "accept", countyAid)), "not-your-turn");
  assert.equal(refused(await story.act(c.id, "grade", chair)), "not-offered");
  c = stood(await story.act(c.id, "return", chair, { note: "请补充诊断证明原件照片" }));
  assert.equal(c.turn.who, "applicant");
  const again = await story.papers(worker, ...illnessPapers);
  c = stood(await story.act(c.id, "resubmit", worker, need(worker, again)));
  assert.equal(c.step, "submitted");
  c = stood(await story.act(c.id, "accept", chair, note));
  const today = t.clock.today();
  assert.equal(
    refused(await story.act(c.id, "visit", chair, { ...visitOn(today, chair), visitors: [chair.person] })),
    "too-few",
  );
  const nobody = visitOn(today, chair, worker);
  assert.equal(refused(await story.act(c.id, "visit", chair, nobody)), "own-case");
  const madeUp = { ...nobody, visitors: [chair.person, newId<"person">()] };
  assert.equal(refused(await story.act(c.id, "visit", chair, madeUp)), "no-officer");
  c = stood(await story.act(c.id, "visit", chair, visitOn(today, chair, organiser)));
  assert.equal(c.step, "checking");
  assert.equal(c.turn.unitName, "云溪县总工会");
  c = stood(await story.act(c.id, "check", countyAid, { sources: ["civil", "vehicle"] }));
  assert.equal(c.step, "gradeable");
  c = stood(await story.act(c.id, "grade", organiser, { note: "集体评议同意" }));
  assert.equal(c.step, "noticing");
  assert.equal(c.turn.who, "clock");
  await story.days(7);
  assert.equal(
    (
      await story.t.db.systemRead((tx) =>
        tx.selectFrom("notice").where("case_id", "=", c.id).select("state").executeTakeFirstOrThrow(),
      )
    ).state,
    "up",
  );
  await story.days(1);
  const row = await t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("id", "=", c.id).select("step").executeTakeFirstOrThrow(),
  );
  assert.equal(row.step, "county_review");
  assert.equal(refused(await story.act(c.id, "approve", chair, note)), "not-your-turn");
  c = stood(await story.act(c.id, "approve", countyAid2, note));
  assert.equal(c.step, "city_approval");
  c = stood(await story.act(c.id, "approve", approver, note));
  assert.equal(c.step, "filed");
  c = stood(await story.act(c.id, "file", countyAid, { liaison: [organiser.person] }));
  assert.equal(c.step, "active");
  assert.equal(factsOf(c).fileNo, "990101202600001");
  assert.equal(factsOf(c).validTo, "2027-03-10");
  assert.equal(c.due.on, "2027-01-09");
  const file = await t.db.systemRead((tx) =>
    tx.selectFrom("hardship_file").selectAll().executeTakeFirstOrThrow(),
  );
  assert.equal(file.category, "deep");
  assert.equal(file.member_count, 2);
});

async function now(id: string) {
  return t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("id", "=", id).selectAll().executeTakeFirstOrThrow(),
  );
}

async function noticeOf(id: string) {
  return t.db.systemRead((tx) =>
    tx
      .selectFrom("notice")
      .where("case_id", "=", id)
      .orderBy("id", "desc")
      .selectAll()
      .executeTakeFirstOrThrow(),
  );
}

/** A case brought as far as its notice. */
async function noticed(name: string): Promise<{ readonly worker: TestWorker; readonly id: string }> {
  sequence += 2;
  const worker = await story.worker(name, undefined, sequence);
  const c = await apply(worker);
  assert.equal((await bring(c.id, "grade")).step, "noticing");
  return { worker, id: c.id };
}

test("the notice shows what may be seen: a masked name in public, no income and no illness beyond its class", async () => {
  const { worker, id } = await noticed("赵例云");
  const notice = await noticeOf(id);
  const whole = JSON.stringify([notice.shown, notice.shown_public, notice.title]);
  for (const hidden of [worker.idNumber, "13900000001", "9999", "重病", "3600000", "虚样儿", "例路"])
    assert.ok(!whole.includes(hidden), hidden);
  assert.ok(!JSON.stringify(notice.shown_public).includes("赵例云"));
  assert.ok(JSON.stringify(notice.shown_public).includes("赵*"));
  assert.ok(JSON.stringify(notice.shown).includes("赵例云"));
});

test("an objection blocks; dismissed, the case goes on; upheld, it goes back to the visit", async () => {
  const { id } = await noticed("钱例山");
  const notice = await noticeOf(id);
  const said = { id: newId(), text: "他家有一辆货车", name: "邻居", phone: "13900000099" };
  const raised = await raiseObjection(story.engine, notice.id, said, "board");
  assert.ok(!isRefusal(raised));
  await story.days(12);
  assert.equal((await now(id)).step, "noticing", "it waits for the finding");
  assert.equal((await noticeOf(id)).state, "blocked");
  const [objection] = await t.db.systemRead((tx) =>
    tx.selectFrom("objection").where("notice_id", "=", notice.id).selectAll().execute(),
  );
  assert.ok(objection);
  assert.ok(!objection.sealed.toString("latin1").includes("13900000099"));
  const find = (finding: "upheld" | "dismissed", by = chair) =>
    decideObjection(
      story.engine,
      { noticeId: notice.id, objectionId: objection.id, id: newId(), finding, note: "经查无此车" },
      by,
    );
  assert.equal(refused(await find("dismissed", lakeAid)), "not-found");
  const found = await find("dismissed");
  assert.ok(!isRefusal(found));
  assert.equal(found.case?.step, "county_review", "its days had run, so it goes on at once");
  assert.equal(refused(await find("upheld")), "objection-found");
  const answer = await answerOf(story.engine, raised.receipt.toLowerCase());
  assert.ok(!isRefusal(answer));
  assert.equal(answer.finding, "dismissed");
  assert.deepEqual(
    await raiseObjection(story.engine, notice.id, said, "board"),
    raised,
    "said again, it has its receipt again and blocks nothing",
  );
  assert.notEqual((await noticeOf(id)).state, "blocked");
  const changed = await raiseObjection(story.engine, notice.id, { ...said, text: "他家有两辆货车" }, "board");
  assert.equal(refused(changed), "same-id-other-content");
  assert.equal(
    refused(await raiseObjection(story.engine, notice.id, { text: "再提一次异议" }, "board")),
    "notice-over",
  );

  const second = await noticed("孙例水");
  const other = await noticeOf(second.id);
  assert.ok(
    !isRefusal(await raiseObjection(story.engine, other.id, { text: "收入不止这些，请再核实" }, "board")),
  );
  const [one] = await t.db.systemRead((tx) =>
    tx.selectFrom("objection").where("notice_id", "=", other.id).selectAll().execute(),
  );
  const upheld = await decideObjection(
    story.engine,
    {
      noticeId: other.id,
      objectionId: one?.id ?? "",
      id: newId(),
      finding: "upheld",
      note: "异议属实，重新走访",
    },
    chair,
  );
  assert.ok(!isRefusal(upheld));
  assert.equal(upheld.case?.step, "verifying");
  assert.equal((await noticeOf(second.id)).state, "withdrawn");
});

test("where there is no city the approval is passed and the file comes after the county", async () => {
  const worker = await story.worker("海例舟", port, 5);
  const papers = await story.papers(worker, ...illnessPapers);
  const c = stood(await story.open("hardship-file", need(worker, papers), worker));
  stood(await story.act(c.id, "accept", portChair, note));
  stood(
    await story.act(
      c.id,
      "visit",
      portChair,
      visitOn(t.clock.today(), portChair, officer("杨拟舟", port, "organiser")),
    ),
  );
  stood(await story.act(c.id, "check", lakeAid, { sources: ["civil"] }));
  stood(await story.act(c.id, "grade", portChair, note));
  await story.days(9);
  const approved = stood(await story.act(c.id, "approve", lakeAid2, note));
  assert.equal(approved.step, "filed");
  assert.deepEqual(approved.actions.at(-1)?.after.passed, ["city_approval"]);
});

test("one household has one file: a member of another open case is refused", async () => {
  const husband = await story.worker("王例夫", undefined, 301);
  const wife = await story.worker("刘例妻", undefined, 302);
  const first = await apply(husband);
  const papers = await story.papers(wife, ...illnessPapers);
  const shared = need(wife, papers);
  const members = [
    ...shared.members,
    {
      name: husband.name,
      relation: "spouse",
      idNumber: husband.idNumber,
      workStatus: "on_post",
      health: "good",
      hasProof: true,
    },
  ];
  const answers = { ...shared, members, incomes: [{ who: wife.name, kind: "wage", amountFen: 1_000_000 }] };
  assert.equal(refused(await story.open("hardship-file", answers, wife)), "household-on-file");
  stood(await story.act(first.id, "withdraw", husband));
  stood(await story.open("hardship-file", answers, wife));
});

test("what a register contradicts must be explained before grading", async () => {
  const worker = await story.worker("周例车", undefined, 311);
  await t.db.system((tx) =>
    putRegisterEntry(tx, {
      id_hash: identityHash(story.engine.ring, { number: worker.idNumber }),
      kind: "vehicle",
      register: "虚构车管所",
      as_of: day("2026-02-01"),
      import_id: newId(),
      facts: {},
    }),
  );
  let c = await apply(worker);
  stood(await story.act(c.id, "accept", chair, note));
  stood(await story.act(c.id, "visit", chair, visitOn(t.clock.today(), chair, organiser)));
  c = stood(await story.act(c.id, "check", countyAid, { sources: ["vehicle"] }));
  assert.equal(c.step, "clarifying");
  assert.equal(c.turn.who, "applicant");
  assert.equal(factsOf(c).mismatches?.[0]?.code, "vehicle");
  stood(await story.act(c.id, "explain", worker, { note: "车已在去年卖掉，未过户" }));
  assert.equal(
    refused(await story.act(c.id, "check", countyAid, { sources: ["vehicle"] })),
    "check-explained",
  );
  c = stood(await story.act(c.id, "settle", countyAid, { note: "见过户协议" }));
  assert.equal(c.step, "gradeable");
  c = stood(await story.act(c.id, "grade", chair, { note: "查实仍在使用", exclusions: ["vehicle"] }));
  assert.equal(c.outcome, "rejected");
});

test("the same action again is harmless, with other content it is told so, and two officers at once act once", async () => {
  const worker = await story.worker("吴例双", undefined, 321);
  const papers = await story.papers(worker, ...illnessPapers);
  const id = newId();
  const answers = need(worker, papers);
  const opened = await Promise.all([1, 2, 3].map(() => story.open("hardship-file", answers, worker, { id })));
  assert.equal(new Set(opened.map((one) => stood(one).number)).size, 1);
  assert.equal(
    refused(await story.open("hardship-file", { ...answers, homes: 1 }, worker, { id })),
    "same-id-other-content",
  );
  const actionId = newId();
  const twice = await Promise.all([1, 2].map(() => story.act(id, "accept", chair, note, actionId)));
  for (const one of twice) assert.equal(stood(one).step, "verifying");
  assert.equal(
    refused(await story.act(id, "accept", chair, { note: "别的意见" }, actionId)),
    "same-id-other-content",
  );
  assert.equal(refused(await story.act(id, "return", organiser, note, actionId)), "same-id-other-content");
  const both = await Promise.all([
    story.act(id, "visit", chair, visitOn(t.clock.today(), chair, organiser)),
    story.act(id, "return", organiser, note),
  ]);
  assert.equal(
    both.filter((one) => isRefusal(one)).length,
    1,
    "one acts, the other is told what is offered now",
  );
  const rows = await t.db.systemRead((tx) => actionsOf(tx, "990101", id));
  assert.deepEqual(
    rows.map((one) => one.seq),
    [1, 2, 3],
  );
});

test("a late step goes up with a message, and the level above may act", async () => {
  const worker = await story.worker("郑例迟", undefined, 331);
  const c = await apply(worker);
  await story.days(9);
  const late = await now(c.id);
  assert.equal(late.escalated, true);
  assert.equal(late.turn_path, "cn.99.9901.990101.t1");
  const township = officer(
    "秦例田",
    { ...port, id: late.turn_unit_id as never, path: late.turn_path as never },
    "aid",
  );
  assert.equal(stood(await story.act(c.id, "accept", township, note)).step, "verifying");
});

test("an officer files on behalf of a worker in scope, and nobody else does", async () => {
  const worker = await story.worker("冯例托", undefined, 341);
  const papers = await story.papers(chair, ...illnessPapers);
  const answers = need(worker, papers);
  assert.equal(
    refused(await story.open("hardship-file", answers, lakeAid, { onBehalfOf: worker.person })),
    "not-found",
  );
  const c = stood(await story.open("hardship-file", answers, chair, { onBehalfOf: worker.person }));
  assert.equal(c.applicant.name, "冯例托");
  assert.equal(c.onBehalfBy, chair.person);
});

test("an officer who belongs to the applicant's household steps aside", async () => {
  const spouse = await story.worker("卫例亲", undefined, 361);
  const worker = await story.worker("沈例亲", undefined, 362);
  const papers = await story.papers(worker, ...illnessPapers);
  const stated = need(worker, papers);
  const members = [
    ...stated.members,
    {
      name: spouse.name,
      relation: "spouse",
      idNumber: spouse.idNumber,
      workStatus: "on_post",
      health: "good",
      hasProof: true,
    },
  ];
  const { id } = stood(await story.open("hardship-file", { ...stated, members }, worker));
  const kin = { ...chair, person: spouse.person, name: spouse.name };
  assert.equal(refused(await story.act(id, "accept", kin, note)), "relatives-case");
  stood(await story.act(id, "accept", chair, note));
});

test("an officer whose own household, in another district, names the applicant steps aside too", async () => {
  const worker = await story.worker("韩例亲", undefined, 363);
  const papers = await story.papers(worker, ...illnessPapers);
  const { id } = stood(await story.open("hardship-file", need(worker, papers), worker));
  const relative = await story.worker("杨例亲", undefined, 364);
  await t.owner.system(async (tx) => {
    const { unitId, unitPath: path } = lakeAid.posts[0]!;
    const home = { district: "990102", path, head_id: relative.person };
    const household = newId<"household">();
    await tx
      .insertInto("household")
      .values({ ...home, id: household, unit_id: unitId, created_on: t.clock.today() })
      .execute();
    await tx
      .insertInto("household_member")
      .values({
        ...home,
        household_id: household,
        id: newId<"household-member">(),
        name: worker.name,
        relation: "parent",
        person_id: worker.person,
        sealed: Buffer.from("x"),
      })
      .execute();
  });
  const kin = { ...chair, person: relative.person, name: relative.name };
  assert.equal(refused(await story.act(id, "accept", kin, note)), "relatives-case");
  stood(await story.act(id, "accept", chair, note));
});

test("bad answers are refused by field, all at once, and nothing is half done", async () => {
  const worker = await story.worker("陈例错", undefined, 351);
  const before = await t.db.systemRead((tx) => tx.selectFrom("case_file").select("id").execute());
  const papers = await story.papers(worker, "identity", "income", "authorisation", "bank");
  const missing = await story.open("hardship-file", need(worker, papers), worker);
  assert.equal(refused(missing), "paper-missing");
  const bad = need(worker, papers, { bankCard: "12", homes: -1, wings: true, statement: false });
  const told = await story.open("hardship-file", bad, worker);
  assert.ok(isRefusal(told));
  const all = [told, ...(told.also ?? [])].map((one) => `${one.code} ${one.at}`).sort();
  assert.deepEqual(all, [
    "bad-card /answers/bankCard",
    "consent-needed /answers/statement",
    "number-below /answers/homes",
    "unknown-field /answers/wings",
  ]);
  const strangers = await story.papers(chair, ...illnessPapers);
  assert.equal(refused(await story.open("hardship-file", need(worker, strangers), worker)), "paper-missing");
  const after = await t.db.systemRead((tx) => tx.selectFrom("case_file").select("id").execute());
  assert.equal(after.length, before.length);
});

test("a year later the file is checked again under the policies of that day, and a family leaves after a notice", async () => {
  const { worker, id } = await noticed("褚例年");
  await story.days(9);
  stood(await story.act(id, "approve", countyAid2, note));
  stood(await story.act(id, "approve", approver, note));
  let c = stood(await story.act(id, "file", countyAid, { liaison: [organiser.person], note: "建档" }));
  stood(await story.act(id, "visit", organiser, { visitedOn: t.clock.today(), result: "病情稳定" }));
  c = stood(await story.act(id, "recheck", chair, note));
  assert.equal(c.step, "reverifying");
  assert.equal((await fileOf(id)).state, "reverifying");
  const papers = await story.papers(worker, ...illnessPapers);
  c = stood(
    await story.act(
      id,
      "refresh",
      worker,
      need(worker, papers, { incomes: [{ who: worker.name, kind: "wage", amountFen: 9_600_000 }] }),
    ),
  );
  c = stood(await story.act(id, "confirm", chair, { note: "收入已提高" }));
  assert.equal(factsOf(c).category, "none");
  assert.equal(refused(await story.act(id, "keep", countyAid)), "no-longer-in-need");
  c = stood(
    await story.act(id, "exit", countyAid2, {
      exitReason: "income_up",
      causesGoneOn: "2025-09-01",
      note: "收入提高",
    }),
  );
  assert.equal(c.step, "exiting");
  await story.days(9);
  assert.equal((await now(id)).step, "exit_review");
  c = stood(await story.act(id, "approve", countyAid2, note));
  assert.equal(c.step, "exited");
  const file = await fileOf(id);
  assert.equal(file.state, "exited");
  assert.equal(file.exit_reason, "income_up");
  assert.ok(c.due.on && c.due.on > "2026-09-01");
});

test("every case of these stories equals the fold of its actions, and a changed byte is found", async () => {
  const checked = await verifyCases(story.engine);
  assert.deepEqual(checked.broken, []);
  assert.ok(checked.cases > 8 && checked.actions > 40);
  assert.deepEqual(await verifyCounters(t.db), []);
  const [one] = await t.db.systemRead((tx) =>
    tx.selectFrom("case_action").where("name", "=", "visit").selectAll().execute(),
  );
  assert.ok(one);
  const at = { district: one.district, case_id: one.case_id, seq: one.seq };
  const change = (note: string | null) =>
    t.owner.system((tx) =>
      tx
        .updateTable("case_action")
        .set({ note })
        .where("district", "=", at.district)
        .where("case_id", "=", at.case_id)
        .where("seq", "=", at.seq)
        .execute(),
    );
  await change("改动");
  assert.deepEqual(
    (await verifyCases(story.engine)).broken.map((broken) => broken.check),
    ["case-chain"],
  );
  await change(one.note);
  await assert.rejects(
    t.db.system((tx) =>
      tx.updateTable("case_action").set({ note: "x" }).where("case_id", "=", at.case_id).execute(),
    ),
    /permission denied/,
  );
});

test("no personal number lies in a plain column of a case", async () => {
  const rows = await t.db.systemRead(async (tx) => [
    ...(await tx.selectFrom("case_file").selectAll().execute()),
    ...(await tx.selectFrom("case_action").selectAll().execute()),
    ...(await tx.selectFrom("notice").selectAll().execute()),
    ...(await tx.selectFrom("message").selectAll().execute()),
  ]);
  const text = JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? String(value) : value));
  for (const number of [
    /99\d{4}19850615\d{3}[\dX]/,
    /13900000001/,
    /9999000000000000017/,
    /例路 1 号/,
    /seriously_ill/,
  ])
    assert.ok(!number.test(text), String(number));
});
