import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../../db/testing.ts";
import { day } from "../../../kernel/day.ts";
import { newId } from "../../../kernel/ids.ts";
import { expect, isRefusal } from "../../../kernel/refusal.ts";
import { chinaCalendar } from "../../../kernel/working-days.ts";
import { createPerson, identityHash } from "../../../people/index.ts";
import { viewOf } from "../../../procedures/decide.ts";
import { verifyCases } from "../../../procedures/verify.ts";
import { chainOf } from "../../../units/chain.ts";
import { policyOf } from "../../../units/policy.ts";
import { setPolicy } from "../../../units/policy-store.ts";
import { systemScope } from "../../../units/scope.ts";
import {
  city,
  county,
  illnessPapers,
  need,
  officer,
  officers,
  refused,
  stood,
  storyOn,
  type TestUnit,
  township,
  visitOn,
} from "../../testing.ts";
import { factsOf } from "./facts.ts";
import { hardshipFile } from "./hardship-file.ts";
import { daily } from "./jobs.ts";
import { testStatement } from "./statement.ts";
import { putRegisterEntry } from "./store.ts";
import { filesOn } from "./testing.ts";

/*
 * The states and transitions of aid.md §5 that a straight story does not pass: every return, every refusal, the file's
 * end by each way, the family that comes back, and the reckoning of past decisions after the rules have changed.
 */

const t = withDatabase({ today: "2024-03-04" });
const story = storyOn(t);
const { chair, organiser, countyAid, countyAid2, approver } = officers;
const note = { note: "情况属实" };
const { apply, bring, caseOf, fileOf, formsOf, pass } = filesOn(story);

async function claims(caseId: string): Promise<number> {
  const rows = await t.db.systemRead((tx) =>
    tx.selectFrom("hardship_claim").where("case_id", "=", caseId).select("id_hash").execute(),
  );
  return rows.length;
}

test("a case is refused at each level with a reason, and the household is free again", async () => {
  const ways = [
    ["赵例甲", null, chair],
    ["赵例乙", "accept", chair],
    ["赵例丙", "visit", countyAid],
    ["赵例丁", "check", chair],
    ["赵例戊", "notice", countyAid2],
    ["赵例己", "county", approver],
  ] as const;
  for (const [name, until, by] of ways) {
    const { id } = await apply(name);
    if (until) await bring(id, until);
    assert.equal(refused(await story.act(id, "refuse", by, {})), "required", name);
    const ended = stood(await story.act(id, "refuse", by, { note: "不符合条件" }));
    assert.equal(ended.outcome, "rejected", name);
    assert.equal(await claims(id), 0, name);
  }
});

test("the county and the city send a case back, and what was explained before does not answer a new check", async () => {
  const { worker, id } = await apply("钱例甲");
  await t.db.system((tx) =>
    putRegisterEntry(tx, {
      id_hash: identityHash(story.engine.ring, { number: worker.idNumber }),
      kind: "business",
      register: "虚构市场监管局",
      as_of: day("2024-02-01"),
      import_id: newId(),
      facts: {},
    }),
  );
  await bring(id, "visit");
  assert.equal(stood(await story.act(id, "check", countyAid, { sources: ["business"] })).step, "clarifying");
  assert.equal(refused(await story.act(id, "grade", chair, note)), "not-offered");
  stood(await story.act(id, "explain", worker, { note: "店铺早已注销,正在办手续" }));
  stood(await story.act(id, "settle", countyAid, { note: "见注销回执" }));
  await bring(id, "notice", "grade");
  let c = stood(await story.act(id, "return", countyAid2, { note: "请再走访一次" }));
  assert.equal(c.step, "verifying");
  c = stood(await story.act(id, "visit", chair, visitOn(t.clock.today(), chair, organiser)));
  assert.equal(refused(await story.act(id, "settle", countyAid, { note: "x" })), "nothing-explained");
  c = stood(await story.act(id, "check", countyAid, { sources: ["business"] }));
  assert.equal(c.step, "clarifying", "the register still says so");
  stood(await story.act(id, "explain", worker, { note: "已经注销" }));
  stood(await story.act(id, "settle", countyAid, { note: "已注销" }));
  await bring(id, "county", "grade");
  c = stood(await story.act(id, "return", approver, { note: "县级意见不清楚" }));
  assert.equal(c.step, "county_review");
  assert.equal(c.turn.unitName, county.name);
  c = await bring(id, "city", "county");
  assert.equal(c.step, "filed");
});

test("a mismatch nobody explains lapses into a refusal; an application nobody completes counts as withdrawn", async () => {
  const { worker, id } = await apply("钱例乙");
  await t.db.system((tx) =>
    putRegisterEntry(tx, {
      id_hash: identityHash(story.engine.ring, { number: worker.idNumber }),
      kind: "house",
      register: "虚构住建局",
      as_of: day("2024-02-01"),
      import_id: newId(),
      facts: { count: 2 },
    }),
  );
  await bring(id, "visit");
  stood(await story.act(id, "check", countyAid, { sources: ["housing"] }));
  const other = await apply("钱例丙");
  stood(await story.act(other.id, "return", chair, { note: "缺诊断证明" }));
  await story.days(16);
  assert.equal((await caseOf(id)).outcome, "rejected");
  assert.equal((await caseOf(other.id)).outcome, "withdrawn");
  assert.equal(await claims(other.id), 0);
});

test("a returned application cannot come back without the papers its causes call for", async () => {
  const { worker, id } = await apply("孙例甲");
  stood(await story.act(id, "return", chair, { note: "请补在读证明" }));
  const schooling = await formsOf(worker, { mainCause: "schooling" });
  const told = await story.act(id, "resubmit", worker, schooling);
  assert.ok(isRefusal(told));
  assert.deepEqual([told.code, told.params.kind], ["paper-missing", "schooling"]);
  const proof = await story.papers(worker, "schooling");
  const whole = { ...schooling, papers: [...schooling.papers, ...proof] };
  assert.equal(stood(await story.act(id, "resubmit", worker, whole)).step, "submitted");
});

test("nothing is checked without the family's signature", async () => {
  const { id } = await apply("孙例乙");
  await bring(id, "accept");
  const visit = visitOn(t.clock.today(), chair, organiser);
  assert.equal(
    refused(await story.act(id, "visit", chair, { ...visit, consentSigned: false })),
    "check-unauthorised",
  );
  assert.equal(
    refused(await story.act(id, "visit", chair, { ...visit, visitors: [chair.person, chair.person] })),
    "too-few",
    "one person twice is one visitor",
  );
});

test("only what the place lists bars a household", async () => {
  const { id } = await apply("孙例丙");
  await setNow("aid.exclusions", county, [{ code: "vehicle", zh: "有机动车", en: "Motor vehicle" }]);
  const later = await apply("孙例丁");
  await bring(id, "check");
  await bring(later.id, "check");
  const barred = { ...note, exclusions: ["shareholder"] };
  assert.equal(refused(await story.act(later.id, "grade", chair, barred)), "exclusion-elsewhere");
  assert.equal(stood(await story.act(id, "grade", chair, barred)).outcome, "rejected", "pinned before");
  await setNow("aid.exclusions", county, null);
});

test("a sudden serious illness is an event as well, and an accident must say what it cost", async () => {
  const worker = await story.worker("孙例戊", undefined, 901);
  const papers = await story.papers(worker, ...illnessPapers, "event");
  const rich = { incomes: [{ who: worker.name, kind: "wage", amountFen: 9_600_000 }], expenses: [] };
  const told = await story.open(
    "hardship-file",
    need(worker, papers, { ...rich, mainCause: "accident" }),
    worker,
  );
  assert.ok(isRefusal(told));
  assert.deepEqual(
    [told, ...(told.also ?? [])].map((one) => `${one.code} ${one.at}`),
    ["required /answers/eventOn"],
  );
  const dated = { ...rich, mainCause: "accident", eventOn: "2024-02-10" };
  const free = await story.open("hardship-file", need(worker, papers, dated), worker);
  assert.ok(isRefusal(free));
  assert.deepEqual([free.code, free.at], ["required", "/answers/eventCostFen"]);
  // A cost without a day is no event: it is not asked, and not taken.
  const vague = await apply("孙例庚", { ...rich, incomes: [], eventCostFen: 9_000_000 });
  assert.equal("eventCostFen" in (await caseOf(vague.id)).answers, false);
  const sudden = { ...rich, eventOn: "2024-02-10", eventCostFen: 9_000_000, eventCompensatedFen: 1_100_000 };
  const c = stood(await story.open("hardship-file", need(worker, papers, sudden), worker));
  assert.equal(factsOf(c).category, "accident", "79,000 of 96,000");
});

test("the yearly check opens before the file ends, asks for fresh forms, and reckons ages of its own day", async () => {
  await setNow("aid.file-valid-months", county, 3);
  const { worker, id } = await apply("李例年");
  let c = await bring(id, "file");
  const { validTo } = factsOf(c);
  assert.ok(validTo);
  while (t.clock.today() <= (c.due.on ?? "")) await story.days(1);
  c = await caseOf(id);
  assert.equal(c.step, "reverifying");
  assert.equal((await fileOf(id)).state, "reverifying");
  assert.equal(refused(await story.act(id, "confirm", chair, note)), "recheck-needs-forms");
  const papers = await story.papers(worker, "identity", "income", "authorisation", "bank");
  assert.equal(refused(await story.act(id, "refresh", worker, need(worker, papers))), "paper-missing");
  stood(await story.act(id, "refresh", worker, await formsOf(worker)));
  c = stood(await story.act(id, "confirm", chair, note));
  assert.equal(c.step, "recheck_review");
  assert.equal(c.facts.testedOn, t.clock.today());
  c = stood(await story.act(id, "return", countyAid2, { note: "收入请再核" }));
  c = stood(await story.act(id, "confirm", chair, note));
  assert.equal(
    refused(
      await story.act(id, "exit", countyAid2, {
        exitReason: "income_up",
        causesGoneOn: "2024-01-01",
        note: "x",
      }),
    ),
    "exit-unproven",
  );
  c = stood(await story.act(id, "keep", countyAid2, note));
  assert.equal(c.step, "active");
  assert.ok((factsOf(c).validTo ?? "") > validTo);
  assert.equal((await fileOf(id)).valid_to, factsOf(c).validTo);
});

test("a file that was not checked in time is no longer in force", async () => {
  const { worker, id } = await apply("李例期");
  const c = await bring(id, "file");
  const living = {
    need: "生活费",
    payee: "self",
    bankHolder: worker.name,
    bankName: "虚构银行",
    bankCard: "9999000000000000017",
    statement: true,
  };
  while (t.clock.today() <= (factsOf(c).validTo ?? "")) await story.days(1);
  assert.equal((await caseOf(id)).escalated, true, "the missed check went up");
  assert.equal(refused(await story.open("living-aid", living, worker)), "file-needed");
  await setNow("aid.file-valid-months", county, null);
});

test("a family is out of hardship when income has reached the standard and no cause was open for so many months", async () => {
  const { worker, id } = await apply("郑例脱");
  await bring(id, "file");
  const cured = (causesGoneOn?: string) =>
    story.act(id, "exit", organiser, {
      exitReason: "illness_cured",
      note: "集体评议",
      ...(causesGoneOn && { causesGoneOn }),
    });
  const opened = t.clock.today();
  assert.equal(refused(await cured(opened)), "exit-unproven", "no check has shown it");
  stood(await story.act(id, "askExit", worker, { exitReason: "illness_cured", note: "病好了" }));
  stood(await story.act(id, "recheck", chair, { note: "先复核" }));
  assert.equal(refused(await story.act(id, "confirm", chair, note)), "recheck-needs-forms");
  const forms = await formsOf(worker, {
    mainCause: "family_illness",
    incomes: [{ who: worker.name, kind: "wage", amountFen: 9_600_000 }],
  });
  const alone = { ...forms, members: forms.members.slice(0, 1) };
  stood(await story.act(id, "refresh", worker, alone));
  stood(await story.act(id, "confirm", chair, note));
  const before = await fileOf(id);
  assert.equal(refused(await story.act(id, "keep", countyAid2, note)), "no-longer-in-need");
  const tooSoon = async () => {
    const early = await story.act(id, "exit", countyAid2, {
      exitReason: "illness_cured",
      causesGoneOn: opened,
      note: "集体评议",
    });
    assert.ok(isRefusal(early) && early.code === "exit-too-soon" && early.at === "/answers/causesGoneOn");
    return early.params;
  };
  assert.equal((await tooSoon()).months, 6);
  stood(await story.act(id, "return", countyAid2, { note: "请再核" }));
  await setNow("aid.exit-cause-free-months", county, 1);
  stood(await story.act(id, "confirm", chair, note));
  const { months, on } = await tooSoon();
  assert.equal(months, 1, "a check takes the policies of its day");
  stood(await story.act(id, "keep", countyAid2, { ...note, causeOpen: true }));
  const kept = await fileOf(id);
  assert.deepEqual(
    [kept.state, kept.category, kept.main_cause, kept.member_count],
    ["active", before.category, "family_illness", 1],
    "the file has the fresh forms' cause and household",
  );
  assert.equal(refused(await cured()), "required");
  assert.equal(refused(await cured("2030-01-01")), "day-in-future");
  while (t.clock.today() < on!) await story.days(1);
  assert.equal(stood(await cured(opened)).step, "exiting");
  await setNow("aid.exit-cause-free-months", county, null);
});

test("an exit goes by notice; an objection upheld keeps the file; the county may keep it too", async () => {
  const { worker, id } = await apply("周例退");
  await bring(id, "file");
  const exit = { exitReason: "self_request", note: "家里好起来了" };
  assert.equal(refused(await story.act(id, "exit", worker, exit)), "not-yours");
  assert.equal(stood(await story.act(id, "askExit", worker, exit)).step, "exit_proposed");
  assert.equal(stood(await story.act(id, "keep", organiser, { note: "再看一季" })).step, "active");
  stood(await story.act(id, "askExit", worker, exit));
  assert.equal((await fileOf(id)).state, "active", "still in force until the committee has decided");
  assert.equal(
    stood(await story.act(id, "exit", organiser, { ...exit, note: "集体评议同意" })).step,
    "exiting",
  );
  assert.equal((await fileOf(id)).state, "exiting");
  await pass(id);
  assert.equal((await caseOf(id)).step, "exit_review");
  assert.equal(stood(await story.act(id, "keep", countyAid2, { note: "病情还没有稳定" })).step, "active");
  assert.equal((await fileOf(id)).state, "active");
  stood(await story.act(id, "exit", organiser, { ...exit, exitReason: "dibao_covers" }));
  await pass(id);
  const c = stood(await story.act(id, "approve", countyAid2, note));
  assert.equal(c.step, "exited");
  assert.ok(c.facts.letterCode, "the family has it in writing");
  const row = await fileOf(id);
  assert.deepEqual([row.state, row.exit_reason], ["exited", "dibao_covers"]);
  await story.days(190);
  assert.equal((await caseOf(id)).step, "monitoring", "six months followed");
  assert.equal(refused(await story.act(id, "close", countyAid2, note)), "follow-up-unvisited");
  stood(await story.act(id, "visit", organiser, { visitedOn: t.clock.today(), note: "平稳" }));
  const closed = stood(await story.act(id, "close", countyAid2, note));
  assert.equal(closed.outcome, "closed");
  assert.equal(await claims(id), 0);
  assert.equal(stood(await story.act(id, "rate", worker, { stars: "5" })).rating, 5);
});

test("a family that falls back has a new file that names the former one, in follow-up as after it", async () => {
  await setNow("aid.clock.follow-up", county, { months: 1, unit: "month" });
  for (const [name, followed] of [
    ["吴例返", 20],
    ["吴例困", 40],
  ] as const) {
    const { worker, id } = await apply(name);
    await bring(id, "file");
    stood(await story.act(id, "exit", chair, { exitReason: "self_request", note: "本人申请" }));
    await pass(id);
    stood(await story.act(id, "approve", countyAid2, note));
    await story.days(followed);
    assert.equal((await caseOf(id)).step, followed > 30 ? "monitoring" : "exited");
    const old = stood(await story.act(id, "relapse", countyAid2, { note: "再次失业" }));
    assert.equal(old.outcome, "relapsed");
    assert.equal((await fileOf(id)).state, "closed");
    const next = await t.db.systemRead((tx) =>
      tx
        .selectFrom("case_file")
        .where("previous_id", "=", id)
        .select(["id", "step"])
        .executeTakeFirstOrThrow(),
    );
    assert.equal(next.step, "returned", "it waits for today's forms and papers");
    assert.equal(refused(await story.act(next.id, "resubmit", worker, need(worker, []))), "paper-missing");
    stood(await story.act(next.id, "resubmit", worker, await formsOf(worker)));
    const filed = await bring(next.id, "file");
    assert.equal(filed.links.previous, id);
    const [before, after] = [await fileOf(id), await fileOf(next.id)];
    assert.equal(after.previous_file_id, before.id);
    assert.notEqual(after.file_no, before.file_no);
  }
});

test("death, moving away, retirement and falsehood end a file from every state it is in force; nothing else does", async () => {
  const { id } = await apply("郑例销");
  await bring(id, "file");
  assert.equal(
    refused(await story.act(id, "cancel", chair, { exitReason: "moved", note: "x" })),
    "not-your-turn",
  );
  const cancel = (reason: string, of = id) =>
    story.act(of, "cancel", countyAid2, { exitReason: reason, note: "查实" });
  assert.equal(refused(await cancel("income_up")), "not-an-option", "income that rose leaves by notice");
  assert.equal(stood(await cancel("ineligible_found")).outcome, "cancelled");
  assert.deepEqual([(await fileOf(id)).state, await claims(id)], ["cancelled", 0]);
  const second = await apply("郑例逝");
  await bring(second.id, "file");
  stood(await story.act(second.id, "exit", chair, { exitReason: "retired", note: "退休" }));
  assert.equal(stood(await cancel("died", second.id)).outcome, "cancelled");
  const third = await apply("郑例迁");
  await bring(third.id, "file");
  stood(await story.act(third.id, "exit", chair, { exitReason: "self_request", note: "集体评议同意" }));
  await pass(third.id);
  stood(await story.act(third.id, "approve", countyAid2, note));
  assert.equal(stood(await cancel("died", third.id)).outcome, "cancelled", "also while it is followed");
  assert.equal(await claims(third.id), 0);
  const up = await t.db.systemRead((tx) =>
    tx.selectFrom("notice").where("case_id", "=", second.id).where("state", "=", "up").select("id").execute(),
  );
  assert.deepEqual(up, [], "its notice is down");
});

test("each household has its plan and a liaison who is reminded of the half-yearly visit", async () => {
  await setNow("aid.visit-every-months", county, 1);
  const { worker, id } = await apply("何例访");
  await t.db.system((tx) =>
    createPerson(
      tx,
      story.engine.ring,
      { id: organiser.person, unit: worker.unit, name: organiser.name, identity: null },
      t.clock.today(),
    ),
  );
  let c = await bring(id, "file");
  const first = factsOf(c).nextVisitOn;
  assert.equal((await fileOf(id)).next_visit_on, first);
  const plan = {
    goals: "保住治疗，孩子不失学",
    measures: [
      { kind: "medical", what: "医疗救助一次", month: "2026-09", amountFen: 300_000, who: "周例安" },
      { kind: "training", what: "推荐技能培训", month: "2026-10", who: "吴样平" },
    ],
  };
  assert.equal(refused(await story.act(id, "plan", chair, { ...plan, measures: [] })), "add-one");
  assert.equal(stood(await story.act(id, "plan", chair, plan)).step, "active");
  const told = async () => {
    await runDaily();
    const rows = await t.db.systemRead((tx) =>
      tx
        .selectFrom("message")
        .where("person_id", "=", organiser.person)
        .where("template", "=", "file.visit-due")
        .where("case_id", "=", id)
        .select("id")
        .execute(),
    );
    return rows.length;
  };
  assert.equal(await told(), 0);
  while (t.clock.today() <= (first ?? "")) await story.days(1);
  assert.deepEqual([await told(), await told()], [1, 1], "once");
  c = stood(await story.act(id, "visit", organiser, { visitedOn: t.clock.today(), result: "平稳" }));
  assert.ok((factsOf(c).nextVisitOn ?? "") > t.clock.today());
  assert.equal(await told(), 1);
  await setNow("aid.visit-every-months", county, null);
});

/** The day's work of hardship files. */
async function runDaily(): Promise<void> {
  for (const { run } of daily) await run(t.clock.today(), { db: t.db, clock: t.clock } as never);
}

test("a township stands in for the visit, and the same level twice is one level", async () => {
  const { id } = await apply("王例镇");
  await bring(id, "accept");
  const aid = officer("秦例镇", township, "aid");
  const other = officer("秦例乡", township, "aid");
  const c = stood(await story.act(id, "visit", aid, visitOn(t.clock.today(), aid, other)));
  assert.equal(c.step, "checking");
  const county2 = { ...aid, posts: [...aid.posts, ...officer("秦例镇", county, "aid").posts] };
  assert.equal(refused(await story.act(id, "check", county2, { sources: ["civil"] })), "two-levels");
});

async function setNow(key: string, at: TestUnit, value: unknown): Promise<void> {
  const policy = expect(policyOf(key));
  await t.db.system(async (tx) =>
    expect(
      await setPolicy(
        tx,
        systemScope(),
        {
          id: newId<"policy">(),
          key: policy.key,
          unitId: at.id,
          value,
          from: t.clock.today(),
          source: { document: { zh: "虚构文件", en: "Fictitious document" }, tag: "U" },
        },
        { person: null, at: t.clock.now(), day: t.clock.today() },
      ),
    ),
  );
}

test("after every rule has changed, each case recomputes to its own decision, and a new one goes by the new rules", async () => {
  const { id } = await apply("冯例旧");
  const open = await bring(id, "check");
  await setNow("aid.living-line", city, 1_000);
  await setNow("aid.relative-k", county, 15_000);
  await setNow("aid.relative-operator", city, "le");
  await setNow("aid.deep-operator", city, "le");
  await setNow("aid.rigid-kinds", county, []);
  await setNow("aid.imputed-wage", county, 0);
  await setNow("aid.working-age-from", city, 18);
  await setNow("aid.working-age-until", county, 45);
  await setNow("aid.uncounted-income", city, []);
  await setNow("aid.accident-rule", city, {
    kind: "band",
    fromBp: 15_000,
    toBp: 20_000,
    notCauses: ["schooling", "low_income"],
  });
  await story.days(1);
  const graded = stood(await story.act(id, "grade", chair, note));
  assert.equal(factsOf(graded).category, "deep", "a running case keeps what it started under");
  assert.deepEqual(factsOf(graded).calculation, factsOf(open).calculation);
  const fresh = await apply("冯例新");
  assert.equal(factsOf(await caseOf(fresh.id)).category, "none", "10 yuan a head is the line now");
  assert.equal(factsOf(await caseOf(fresh.id)).calculation?.lineFen, 1_000);

  const all = await t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("service", "=", "hardship-file").select("id").execute(),
  );
  let recomputed = 0;
  for (const one of all) {
    const state = await caseOf(one.id);
    const chain = await t.db.systemRead((tx) => chainOf(tx, state.unit.id as never));
    const context = {
      today: t.clock.today(),
      calendar: chinaCalendar,
      chain,
      kin: [],
      known: {},
      fictitious: true,
    };
    const view = viewOf(hardshipFile, state, { person: null, name: "复算", posts: [] }, context);
    const reckoned = testStatement(view, (state.facts.testedOn as never) ?? state.openedOn);
    const lastForms = state.actions.findLastIndex((action) => action.after.amends.length > 0);
    const lastTest = state.actions.findLastIndex((action) => action.after.facts.calculation !== undefined);
    if (lastForms > lastTest) continue;
    assert.deepEqual(reckoned, factsOf(state).calculation, state.number);
    assert.equal(reckoned.category, factsOf(state).category);
    recomputed++;
  }
  assert.ok(recomputed > 15);
  assert.deepEqual((await verifyCases(story.engine)).broken, []);
});
