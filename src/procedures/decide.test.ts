import assert from "node:assert/strict";
import { test } from "node:test";
import { type Day, day } from "../kernel/day.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { calendarOf, chinaCalendar } from "../kernel/working-days.ts";
import type { Chain, ChainUnit } from "../units/chain.ts";
import { defaultPins } from "../units/policy.ts";
import { type DecideContext, decide, decideClock, decideOpening, offers } from "./decide.ts";
import { action, defineService, policiesOf, type Service, type StepDef } from "./define.ts";
import { longText, money, oneOf, papers, text } from "./fields.ts";
import { fold } from "./fold.ts";
import type { ActionRecord, CaseState, Decided, Doer } from "./words.ts";

/** An invented service with every kind of step: an umbrella lent to a member in the rain. */
const umbrella = defineService({
  id: "umbrella",
  version: 1,
  numberCode: "YS",
  group: "care",
  title: { zh: "借伞", en: "Umbrella" },
  summary: { zh: "借伞", en: "An umbrella for the rain" },
  forWhom: { zh: "会员", en: "Members" },
  youGet: { zh: "一把伞", en: "An umbrella" },
  howLong: { zh: "三天", en: "Three days" },
  whoSees: { zh: "工会", en: "The union" },
  basis: [{ document: "虚构的借伞办法" }],
  lifeEvents: [],
  mayStart: { who: "member", onBehalf: "aid.check" },
  pins: [],
  asks: {
    why: longText({ label: { zh: "为什么", en: "Why" }, maxLength: 50 }),
    colour: oneOf({
      label: { zh: "颜色", en: "Colour" },
      options: [
        { value: "red", label: { zh: "红", en: "Red" } },
        { value: "black", label: { zh: "黑", en: "Black" } },
      ],
    }),
    depositFen: money({
      label: { zh: "押金", en: "Deposit" },
      max: 10_000,
      showWhen: { key: "colour", in: ["red"] },
    }),
    proof: papers({ label: { zh: "照片", en: "Photograph" }, required: false, accept: ["rain"] }),
  },
  pages: [{ id: "all", title: { zh: "全部", en: "All" }, fields: ["why", "colour", "depositFen", "proof"] }],
  papers: [
    {
      kind: "rain",
      label: { zh: "下雨的照片", en: "Photograph of the rain" },
      when: (answers) => answers.colour === "black",
    },
  ],
  start: "asked",
  steps: {
    asked: {
      title: { zh: "受理", en: "Asked" },
      by: { power: "aid.check", level: "own" },
      within: { days: 3, unit: "working" },
      whenLate: "escalate",
      may: {
        lend: action({
          title: { zh: "借出", en: "Lend" },
          to: "checked",
          kind: "primary",
          asks: { note: text({ label: { zh: "意见", en: "Note" }, required: false }) },
        }),
        return: action({
          title: { zh: "退回", en: "Return" },
          to: "returned",
          asks: { note: text({ label: { zh: "理由", en: "Reason" } }) },
        }),
        wait: action({ title: { zh: "等雨停", en: "Wait" }, to: "stay", clock: "pause" }),
        resume: action({ title: { zh: "继续", en: "Go on" }, to: "stay", clock: "resume" }),
      },
    },
    returned: {
      title: { zh: "补正", en: "Returned" },
      by: "applicant",
      within: { days: 10, unit: "calendar" },
      whenLate: { lapse: "withdrawn" },
      may: {
        resubmit: action({
          title: { zh: "再交", en: "Again" },
          to: "asked",
          amends: true,
          asks: { why: longText({ label: { zh: "为什么", en: "Why" }, maxLength: 50 }) },
        }),
      },
    },
    checked: {
      title: { zh: "复核", en: "Checked" },
      by: { power: "aid.review", level: "county" },
      within: { days: 5, unit: "working" },
      whenLate: { consent: "approved" },
      passTo: "approved",
      may: {
        agree: action({
          title: { zh: "同意", en: "Agree" },
          to: "approved",
          kind: "primary",
          needs: (view) => (view.today < day("2026-03-04") ? refuse("amount-not-yet") : undefined),
        }),
      },
    },
    approved: {
      title: { zh: "审批", en: "Approved" },
      by: { power: "aid.approve", level: "city" },
      within: { days: 5, unit: "working" },
      passTo: "lent",
      may: { sign: action({ title: { zh: "签批", en: "Sign" }, to: "lent" }) },
    },
  },
  ends: {
    lent: { title: { zh: "已借出", en: "Lent" }, good: true },
    withdrawn: { title: { zh: "撤回", en: "Withdrawn" }, good: false },
  },
});

const at = (id: string, path: string, name: string, level: ChainUnit["level"]): ChainUnit =>
  ({ id, path, name, level, district: "990101", standIn: false }) as unknown as ChainUnit;
const mill = at("mill", "cn.99.9901.990101.k1", "厂工会", "GRASSROOTS");
const county = at("county", "cn.99.9901.990101", "县总工会", "COUNTY");
const city = at("city", "cn.99.9901", "市总工会", "PREFECTURE");
const chain: Chain = { unit: mill, levels: { own: mill, county, city } };
const lakeside: Chain = { unit: mill, levels: { own: mill, county } };

function doer(person: string, unit?: ChainUnit, ...powers: readonly string[]): Doer {
  return {
    person,
    name: person,
    posts: unit
      ? [{ unitId: unit.id, unitPath: unit.path, unitName: unit.name, role: "aid", powers: powers as never }]
      : [],
  };
}
const worker = doer("worker");
const chair = doer("chair", mill, "aid.check");
const reviewer = doer("reviewer", county, "aid.review", "aid.check");
const signer = doer("signer", city, "aid.approve");
const both = doer("both", mill, "aid.check");
const bothAbove: Doer = { ...both, posts: [...both.posts, ...doer("both", county, "aid.review").posts] };
const finance = doer("finance", county, "fund.read");

function context(today: Day, over: Partial<DecideContext> = {}): DecideContext {
  return { today, fictitious: true, calendar: chinaCalendar, chain, kin: [], known: { papers: {} }, ...over };
}

function opening(answers: unknown, by: Doer, over: Partial<DecideContext> = {}, member = true) {
  const today = day("2026-03-02");
  return decideOpening(
    umbrella,
    {
      id: "case",
      answers,
      applicant: { id: "worker", name: "工人" },
      unit: { id: mill.id, path: mill.path, name: mill.name },
      member,
      pins: defaultPins(policiesOf(umbrella), today),
    },
    by,
    context(today, over),
  );
}

const wet = { why: "下雨", colour: "red", depositFen: 100 };

function record(decided: Decided, seq: number, by: Doer, on: Day): ActionRecord {
  return {
    seq,
    id: `a${seq}`,
    name: decided.name,
    byPerson: by.person,
    byName: by.name,
    byUnitId: decided.by.unitId,
    byRole: decided.by.role,
    at: new Date(0),
    onDay: on,
    fromStep: decided.fromStep,
    toStep: decided.toStep,
    note: decided.note,
    answers: decided.answers,
    after: decided.after,
  };
}

/** A case after its opening and some actions; each row: day, who, action, answers. */
function caseAfter(
  ...rows: readonly (readonly [on: string, by: Doer, name: string, answers?: unknown])[]
): CaseState {
  const opened = opening(wet, worker);
  assert.ok(!isRefusal(opened));
  const head = {
    id: "case",
    district: "990101",
    number: "2026-990101-YS-00001",
    service: "umbrella",
    version: 1,
    unit: { id: mill.id, path: mill.path, name: mill.name },
    applicant: { id: "worker", name: "工人" },
    onBehalfBy: null,
    subjectId: null,
    openedOn: day("2026-03-02"),
    pins: {},
    links: {},
  };
  const records = [record(opened, 1, worker, day("2026-03-02"))];
  for (const [on, by, name, answers = {}] of rows) {
    const decided = decide(umbrella, fold(head, records), { name, answers }, by, context(day(on)));
    assert.ok(!isRefusal(decided), `${name} was refused: ${isRefusal(decided) && decided.code}`);
    records.push(record(decided, records.length + 1, by, day(on)));
  }
  return fold(head, records);
}

function verdict(
  theCase: CaseState,
  on: string,
  by: Doer,
  name: string,
  answers: unknown = {},
  over: Partial<DecideContext> = {},
) {
  const decided = decide(umbrella, theCase, { name, answers }, by, context(day(on), over));
  return isRefusal(decided) ? `${decided.code}${decided.at ? ` ${decided.at}` : ""}` : `→ ${decided.toStep}`;
}

test("an action is refused for the first thing wrong with it", () => {
  const asked = caseAfter();
  const checked = caseAfter(["2026-03-03", chair, "lend"]);
  const rows: [CaseState, string, Doer, string, unknown, string][] = [
    [asked, "2026-03-03", chair, "lend", {}, "→ checked"],
    [asked, "2026-03-03", chair, "agree", {}, "not-offered"],
    [asked, "2026-03-03", reviewer, "lend", {}, "not-your-turn"],
    [asked, "2026-03-03", worker, "lend", {}, "not-yours"],
    [asked, "2026-03-03", finance, "lend", {}, "not-your-turn"],
    [asked, "2026-03-03", chair, "return", {}, "required /answers/note"],
    [asked, "2026-03-03", chair, "return", { note: 5 }, "bad-answer /answers/note"],
    [asked, "2026-03-03", chair, "lend", { colour: "red" }, "unknown-field /answers/colour"],
    [checked, "2026-03-03", reviewer, "agree", {}, "amount-not-yet"],
    [checked, "2026-03-04", reviewer, "agree", {}, "→ approved"],
    [checked, "2026-03-04", chair, "agree", {}, "not-your-turn"],
    [
      caseAfter(
        ["2026-03-03", chair, "lend"],
        ["2026-03-04", reviewer, "agree"],
        ["2026-03-05", signer, "sign"],
      ),
      "2026-03-06",
      chair,
      "lend",
      {},
      "case-ended",
    ],
  ];
  for (const [theCase, on, by, name, answers, expected] of rows)
    assert.equal(verdict(theCase, on, by, name, answers), expected, `${on} ${by.person} ${name}`);
});

test("nobody decides two levels of one case, their own case, or a relative's", () => {
  const checked = caseAfter(["2026-03-03", both, "lend"]);
  assert.equal(verdict(checked, "2026-03-04", bothAbove, "agree"), "two-levels");
  assert.equal(verdict(checked, "2026-03-04", reviewer, "agree"), "→ approved");
  const own: Doer = { ...chair, person: "worker" };
  assert.equal(verdict(caseAfter(), "2026-03-03", own, "lend"), "own-case");
  assert.equal(verdict(caseAfter(), "2026-03-03", chair, "lend", {}, { kin: ["chair"] }), "relatives-case");
});

test("what is not offered names what is", () => {
  const decided = decide(
    umbrella,
    caseAfter(),
    { name: "sign", answers: {} },
    chair,
    context(day("2026-03-03")),
  );
  assert.ok(isRefusal(decided));
  assert.deepEqual(decided.params.offered, [
    { zh: "借出", en: "Lend" },
    { zh: "退回", en: "Return" },
    { zh: "等雨停", en: "Wait" },
    { zh: "继续", en: "Go on" },
  ]);
});

test("an offer is greyed out with the same refusal that the action would meet", () => {
  for (const theCase of [caseAfter(), caseAfter(["2026-03-03", chair, "lend"])])
    for (const by of [worker, chair, reviewer, bothAbove, finance])
      for (const offer of offers(umbrella, theCase, by, context(day("2026-03-03")))) {
        const met = decide(
          umbrella,
          theCase,
          { name: offer.name, answers: {} },
          by,
          context(day("2026-03-03")),
        );
        if (offer.refusal) assert.equal(isRefusal(met) && met.code, offer.refusal.code);
        else if (isRefusal(met)) assert.ok(met.at?.startsWith("/answers"), "only answers may still be wrong");
      }
});

test("opening tells every fault at once, and keeps only what was asked", () => {
  const rows: [unknown, Doer, boolean, string][] = [
    [wet, worker, true, "→ asked"],
    [wet, worker, false, "members-only"],
    [wet, doer("stranger"), true, "not-yours"],
    [wet, chair, true, "→ asked"],
    [{ ...wet, wings: 2 }, worker, true, "unknown-field /answers/wings"],
    [{ why: "", colour: "blue" }, worker, true, "required /answers/why, not-an-option /answers/colour"],
    [{ ...wet, depositFen: 1.5 }, worker, true, "bad-answer /answers/depositFen"],
    [{ ...wet, depositFen: 20_000 }, worker, true, "amount-above /answers/depositFen"],
    [
      { why: "x".repeat(60), colour: "red", depositFen: -1 },
      worker,
      true,
      "too-long /answers/why, amount-below /answers/depositFen",
    ],
    [{ why: "下\u0007雨", colour: "red", depositFen: 0 }, worker, true, "control-character /answers/why"],
    [[], worker, true, "bad-answer /answers"],
    [{ why: "下雨", colour: "black", depositFen: 100 }, worker, true, "paper-missing /answers/proof"],
  ];
  for (const [answers, by, member, expected] of rows) {
    const decided = opening(answers, by, {}, member);
    const told = isRefusal(decided)
      ? [decided, ...(decided.also ?? [])].map((one) => `${one.code}${one.at ? ` ${one.at}` : ""}`).join(", ")
      : `→ ${decided.toStep}`;
    assert.equal(told, expected);
  }
  const paper = "0198c5a0-0000-7000-8000-000000000001";
  const black = opening({ why: "下雨", colour: "black", depositFen: 5, proof: [paper] }, worker, {
    known: { papers: { [paper]: "rain" } },
  });
  assert.ok(!isRefusal(black));
  assert.deepEqual(
    black.answers,
    { why: "下雨", colour: "black", proof: [paper] },
    "the deposit was not asked of a black one",
  );
});

test("a step whose level nobody holds is passed on", () => {
  const decided = decide(
    umbrella,
    caseAfter(["2026-03-03", chair, "lend"]),
    { name: "agree", answers: {} },
    reviewer,
    context(day("2026-03-04"), { chain: lakeside }),
  );
  assert.ok(!isRefusal(decided));
  assert.equal(decided.toStep, "lent");
  assert.deepEqual(decided.after.passed, ["approved"]);
  assert.equal(decided.after.state, "ended");
});

function clock(theCase: CaseState, on: string, over: Partial<DecideContext> = {}) {
  const decided = decideClock(umbrella, theCase, context(day(on), over));
  return (
    decided &&
    `${decided.name} → ${decided.toStep} ${decided.after.turn.unitName ?? decided.after.turn.who} ${decided.after.due.on}`
  );
}

test("clocks escalate, lapse and consent on the day after the last", () => {
  const asked = caseAfter();
  assert.equal(asked.due.on, "2026-03-05");
  assert.equal(clock(asked, "2026-03-05"), null);
  assert.equal(clock(asked, "2026-03-06"), "escalated → asked 县总工会 2026-03-11");
  const returned = caseAfter(["2026-03-03", chair, "return", { note: "补" }]);
  assert.equal(returned.due.on, "2026-03-13");
  assert.equal(clock(returned, "2026-03-13"), null);
  assert.equal(clock(returned, "2026-03-14"), "lapsed → withdrawn nobody null");
  const checked = caseAfter(["2026-03-03", chair, "lend"]);
  assert.equal(checked.due.on, "2026-03-10");
  assert.equal(clock(checked, "2026-03-11"), "consented → approved 市总工会 2026-03-18");
});

test("after an escalation the union above may act, and so may the one that was late", () => {
  const late = caseAfter();
  const decided = decideClock(umbrella, late, context(day("2026-03-06")));
  assert.ok(decided);
  const up = fold({ ...late }, [
    ...late.actions,
    record(decided, 2, { person: null, name: "系统", posts: [] }, day("2026-03-06")),
  ]);
  assert.equal(verdict(up, "2026-03-09", reviewer, "lend"), "→ checked");
  assert.equal(verdict(up, "2026-03-09", chair, "lend"), "→ checked");
  assert.equal(verdict(up, "2026-03-09", signer, "lend"), "not-your-turn");
});

test("a paused clock stands still and takes its days along", () => {
  const waiting = caseAfter(["2026-03-03", chair, "wait"]);
  assert.equal(waiting.due.on, null);
  assert.equal(clock(waiting, "2026-06-01"), null);
  const on = caseAfter(["2026-03-03", chair, "wait"], ["2026-03-10", chair, "resume"]);
  assert.equal(on.due.on, "2026-03-12");
});

test("a clock that ends in a year without holidays names no day, and gets one when they are published", () => {
  const known = calendarOf([...chinaCalendar.years.values()].filter((one) => one.year === 2026));
  const late = decideOpening(
    umbrella,
    {
      id: "case",
      answers: wet,
      applicant: { id: "worker", name: "工人" },
      unit: { id: mill.id, path: mill.path, name: mill.name },
      member: true,
      pins: {},
    },
    worker,
    context(day("2026-12-30"), { calendar: known }),
  );
  assert.ok(!isRefusal(late));
  assert.deepEqual(late.after.due, {
    on: null,
    rule: { days: 3, unit: "working" },
    startedOn: "2026-12-30",
    unknownYear: "2027",
  });
  const head = { ...caseAfter(), openedOn: day("2026-12-30") };
  const theCase = fold(head, [record(late, 1, worker, day("2026-12-30"))]);
  assert.equal(clock(theCase, "2027-01-20", { calendar: known }), null);
  const published = calendarOf([
    ...known.years.values(),
    { year: 2027, notice: "虚构", off: [day("2027-01-01")], work: [], statutory: [] },
  ]);
  assert.equal(
    clock(theCase, "2027-01-02", { calendar: published }),
    "calendar-known → asked 厂工会 2027-01-05",
  );
});

test("a correction replaces the answers it asks for again and no others", () => {
  const again = caseAfter(
    ["2026-03-03", chair, "return", { note: "补" }],
    ["2026-03-04", worker, "resubmit", { why: "还在下" }],
  );
  assert.deepEqual(again.answers, { why: "还在下", colour: "red", depositFen: 100 });
  assert.equal(again.step, "asked");
});

test("a mistyped step, power or policy does not compile, and what types cannot say throws", () => {
  const base = { ...umbrella } as unknown as Parameters<typeof defineService>[0];
  const one = { title: { zh: "一", en: "One" } };
  const wrong: (() => Service)[] = [
    () =>
      defineService({
        ...base,
        start: "first",
        steps: {
          // @ts-expect-error: there is no step “secnod”
          first: { ...one, by: "applicant", may: { go: action({ ...one, to: "secnod" }) } },
          second: { ...one, by: "applicant", may: { go: action({ ...one, to: "done" }) } },
        },
        ends: { done: { ...one, good: true } },
        onReach: {},
      }),
    () =>
      defineService({
        ...base,
        // @ts-expect-error: there is no step “frist”
        start: "frist",
        steps: { first: { ...one, by: "applicant", may: { go: action({ ...one, to: "done" }) } } },
        ends: { done: { ...one, good: true } },
        onReach: {},
      }),
    () =>
      defineService({
        ...base,
        start: "first",
        steps: {
          first: {
            ...one,
            // @ts-expect-error: there is no power “aid.chekc”
            by: { power: "aid.chekc", level: "own" },
            may: { go: action({ ...one, to: "done" }) },
          },
          second: { ...one, by: "applicant", may: { go: action({ ...one, to: "done" }) } },
        },
        ends: { done: { ...one, good: true } },
        onReach: {},
      }),
    () =>
      defineService({
        ...base,
        // @ts-expect-error: a policy is declared, not named
        pins: ["aid.living-lien"],
        pages: [{ id: "all", title: one.title, fields: ["wings"] }],
      }),
  ];
  for (const make of wrong) assert.throws(make);
  // Taken together: by the officers whose turn it is, with nothing that must be answered, one action of a step.
  const first = { ...one, by: { power: "aid.check", level: "own" } } as const;
  const agree = { ...one, to: "done", together: true } as const;
  const of = (step: StepDef<"done">) => () =>
    defineService({
      ...base,
      start: "first",
      steps: { first: step },
      ends: { done: { ...one, good: true } },
      onReach: {},
    });
  const optional = longText({ label: one.title, required: false, maxLength: 20 });
  const due = longText({ label: one.title, maxLength: 20 });
  assert.ok(of({ ...first, may: { agree: action({ ...agree, asks: { note: optional } }) } })());
  assert.throws(
    of({ ...first, may: { agree: action({ ...agree, asks: { note: due } }) } }),
    /must be answered/,
  );
  assert.throws(of({ ...one, by: "applicant", may: { agree: action(agree) } }), /turn of officers/);
  assert.throws(of({ ...first, may: { agree: action({ ...agree, by: "applicant" }) } }), /turn of officers/);
  assert.throws(of({ ...first, may: { agree: action(agree), also: action(agree) } }), /two actions/);
});
