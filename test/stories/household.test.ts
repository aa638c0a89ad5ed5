import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { newId } from "../../src/kernel/ids.ts";
import { unsealPerson } from "../../src/people/sealed.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/**
 * One household, from asking on a phone to a rated payment: a paper returned, an objection, a failed bank item on the way,
 * told through the API as the faces use it.
 */

const s = story();

const page = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF");

/** Fails with the server's own words when the status is another. */
function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, `expected ${status}: ${JSON.stringify(answer.body).slice(0, 600)}`);
  return answer.body;
}

function refused(answer: Answer, status: number, code: string): Answer["body"] {
  assert.equal(
    `${answer.status} ${answer.body.code}`,
    `${status} ${code}`,
    JSON.stringify(answer.body).slice(0, 600),
  );
  assert.match(String(answer.headers["content-type"]), /problem\+json/);
  return answer.body;
}

async function paper(who: Visitor, kind: string): Promise<string> {
  return ok(
    await who.upload(
      "/api/papers",
      { name: `${kind}.pdf`, content: page, type: "application/pdf" },
      { kind },
    ),
    201,
  ).id;
}

async function personId(login: string): Promise<string> {
  return ok(await (await s.as(login)).get("/api/me")).person.id;
}

let cardNumber = "";
let idNumber = "";

async function statement(worker: Visitor, kinds: readonly string[]) {
  const me = ok(await worker.get("/api/me"));
  const papers: string[] = [];
  for (const kind of kinds) papers.push(await paper(worker, kind));
  return {
    mainCause: "self_illness",
    story: "住院两次，开销很大。",
    phone: "13900000001",
    address: "虚构路 1 号",
    members: [
      {
        name: me.person.name,
        relation: "self",
        idNumber,
        workStatus: "on_post",
        health: "seriously_ill",
        hasProof: true,
      },
    ],
    incomes: [{ who: me.person.name, kind: "wage", amountFen: 2_400_000 }],
    expenses: [{ kind: "illness", grossFen: 6_000_000, reimbursedFen: 4_500_000 }],
    dwelling: "rented",
    homes: 0,
    hasVehicle: false,
    bankHolder: me.person.name,
    bankName: "虚构银行",
    bankCard: cardNumber,
    papers,
    checkConsent: true,
    sensitiveConsent: true,
    statement: true,
  };
}

const allKinds = ["identity", "income", "authorisation", "bank", "diagnosis", "medical-bills"];
const caseId = newId();
let noticeId = "";
let aidId = "";
let batchId = "";

test("a worker sees the service, what it asks and whether they may start it", async () => {
  const li = await s.as("li");
  const me = ok(await li.get("/api/me"));
  const row = await s.database.db.systemRead((tx) =>
    sql<{
      district: string;
      id: string;
      sealed: Buffer;
    }>`select district, id, sealed from person where id = ${me.person.id}`.execute(tx),
  );
  // What the worker herself knows: her number and card.
  const revealed = unsealPerson(s.ring, row.rows[0]!);
  idNumber = revealed.idNumber!;
  cardNumber = revealed.bankCard!;
  const services = ok(await li.get("/api/services"));
  const service = services.items.find((one: { id: string }) => one.id === "hardship-file");
  assert.equal(service.mayStart.allowed, true);
  assert.equal(service.title.zh, "困难职工建档");
  assert.ok(service.jsonSchema && service.fields.length > 10);
  assert.ok(services.lifeEvents.length >= 5);
});

test("the papers asked for follow from the answers given so far", async () => {
  const li = await s.as("li");
  const needed = async (answers: object) => {
    const { items } = ok(await li.post("/api/services/hardship-file/papers", { answers }));
    return items.filter((one: { needed: boolean }) => one.needed).map((one: { kind: string }) => one.kind);
  };
  const always = await needed({});
  assert.ok(always.includes("identity"));
  const ill = await needed({ mainCause: "self_illness" });
  assert.deepEqual(
    ill.filter((kind: string) => !always.includes(kind)),
    ["diagnosis", "medical-bills"],
  );
  refused(
    await li.post("/api/services/hardship-file/papers", { answers: { otherCauses: 5 } }),
    422,
    "bad-answer",
  );
  refused(await li.post("/api/services/no-such/papers", { answers: {} }), 404, "service-unknown");
});

test("an application without its papers is refused by name, and nothing is kept of it", async () => {
  const li = await s.as("li");
  const answers = await statement(li, ["identity"]);
  const problem = refused(
    await li.post("/api/cases", { id: caseId, service: "hardship-file", answers }),
    422,
    "paper-missing",
  );
  // All that is missing is told at once.
  assert.ok(problem.errors.length > 1);
  assert.equal((await li.get(`/api/cases/${caseId}`)).status, 404);
});

test("the same application again changes nothing; the same id with another content is told so", async () => {
  const li = await s.as("li");
  const answers = await statement(
    li,
    allKinds.filter((kind) => kind !== "medical-bills").concat("medical-bills"),
  );
  const numbered = { ...answers, bankHolder: "李例春 6222" };
  const asked = { id: newId(), service: "hardship-file", answers: numbered };
  refused(await li.post("/api/cases", asked), 422, "holder-has-digits");
  const first = ok(await li.post("/api/cases", { id: caseId, service: "hardship-file", answers }), 201);
  assert.equal(first.case.step, "submitted");
  assert.equal(first.turn.who, "union");
  assert.ok(first.turn.dueOn);
  const again = await li.post("/api/cases", { id: caseId, service: "hardship-file", answers });
  assert.ok([200, 201].includes(again.status));
  assert.equal(again.body.case.number, first.case.number);
  refused(
    await li.post("/api/cases", { id: caseId, service: "hardship-file", answers: { ...answers, homes: 1 } }),
    409,
    "same-id-other-content",
  );
});

test("the case stands in the inbox of her union only", async () => {
  const chair = await s.as("chair.grassroots");
  const inbox = ok(await chair.get("/api/inbox"));
  assert.ok(inbox.items.some((item: { id: string }) => item.id === caseId));
  const other = await s.as("chair.machine");
  assert.ok(!ok(await other.get("/api/inbox")).items.some((item: { id: string }) => item.id === caseId));
  refused(await other.get(`/api/cases/${caseId}`), 404, "not-found");
  refused(await other.act(caseId, "accept"), 404, "not-found");
  refused(await (await s.as("zhao")).get(`/api/cases/${caseId}`), 404, "not-found");
});

test("a paper is returned, the worker is told, completes it, and the union accepts", async () => {
  const chair = await s.as("chair.grassroots");
  refused(await chair.act(caseId, "return", {}), 422, "required");
  ok(await chair.act(caseId, "return", { note: "票据看不清，请重拍。" }));
  const li = await s.as("li");
  const seen = ok(await li.get(`/api/cases/${caseId}`));
  assert.equal(seen.turn.who, "you");
  const messages = ok(await li.get("/api/messages"));
  assert.ok(messages.items.some((message: { caseId: string | null }) => message.caseId === caseId));
  ok(await li.act(caseId, "resubmit", await statement(li, allKinds)));
  ok(await chair.act(caseId, "accept", {}));
});

test("a visit takes two people, neither the applicant nor in the future", async () => {
  const chair = await s.as("chair.grassroots");
  const [one, two] = [await personId("chair.grassroots"), await personId("organiser.grassroots")];
  const today = s.clock.today();
  const visit = {
    visitedOn: today,
    visitors: [one],
    met: "本人",
    housing: "租房",
    findings: "属实",
    consentSigned: true,
  };
  assert.equal((await chair.act(caseId, "visit", visit)).status, 422);
  refused(
    await chair.act(caseId, "visit", { ...visit, visitors: [one, two], visitedOn: "2099-01-01" }),
    422,
    "day-in-future",
  );
  const done = ok(await chair.act(caseId, "visit", { ...visit, visitors: [one, two] }));
  assert.equal(done.case.step, "checking");
});

test("only the county checks the registers, and only the union grades", async () => {
  const chair = await s.as("chair.grassroots");
  refused(await chair.act(caseId, "check", { sources: ["civil"] }), 403, "not-your-turn");
  const county = await s.as("aid.county");
  const page = ok(await county.get(`/api/cases/${caseId}`));
  assert.ok(page.may.find((offer: { name: string; allowed: boolean }) => offer.name === "check")?.allowed);
  ok(await county.act(caseId, "check", { sources: ["civil", "housing"] }));
  refused(await county.act(caseId, "grade", { note: "同意" }), 403, "not-your-turn");
  const graded = ok(await chair.act(caseId, "grade", { note: "委员会同意。" }));
  assert.equal(graded.case.step, "noticing");
  assert.equal(graded.case.calculation.category, "deep");
  noticeId = graded.notice.id;
});

test("the notice is masked, an objection blocks it, and its finding is read with a receipt", async () => {
  const notices = ok(await s.nobody.get("/api/public/notices"));
  const listed = JSON.stringify(notices);
  assert.ok(
    !listed.includes("李例春") &&
      !listed.includes(idNumber) &&
      !listed.includes(cardNumber) &&
      !listed.includes("13900000001"),
  );
  const raised = ok(
    await s.nobody.post(`/api/public/notices/${noticeId}/objections`, {
      text: "听说家里有车。",
      name: "匿名邻居",
      phone: "13700000000",
    }),
    201,
  );
  await s.pass(15);
  const chair = await s.as("chair.grassroots");
  assert.equal(ok(await chair.get(`/api/cases/${caseId}`)).case.step, "noticing");
  const county = await s.as("aid2.county");
  const page = ok(await county.get(`/api/cases/${caseId}`));
  const objection = page.notice.objections[0];
  assert.ok(!JSON.stringify(page).includes("匿名邻居") && !JSON.stringify(page).includes("13700000000"));
  ok(
    await county.post(`/api/notices/${noticeId}/objections/${objection.id}/finding`, {
      id: newId(),
      finding: "dismissed",
      note: "车管所查询名下无车。",
    }),
  );
  const answer = ok(await s.nobody.post("/api/public/objections/answer", { receipt: raised.receipt }));
  assert.equal(answer.finding, "dismissed");
  assert.equal(ok(await chair.get(`/api/cases/${caseId}`)).case.step, "county_review");
});

test("nobody decides two levels of one case, whatever posts they hold", async () => {
  ok(await (await s.as("vice.county")).act(caseId, "approve", { note: "同意" }));
  const admin = await s.as("admin.province");
  const city = ok(await (await s.as("approver.city")).get("/api/me")).posts[0].unit.id;
  const post = {
    id: newId(),
    unitId: city,
    personId: await personId("vice.county"),
    role: "vice_chair",
    from: s.clock.today(),
  };
  ok(await admin.post("/api/posts", post), 201);
  await new Promise((resolve) => setTimeout(resolve, 600)); // a session knows of a new post within half a second
  refused(await (await s.as("vice.county")).act(caseId, "approve", {}), 403, "two-levels");
  const approved = ok(await (await s.as("approver.city")).act(caseId, "approve", {}));
  assert.equal(approved.case.step, "filed");
  const filed = ok(
    await (await s.as("aid2.county")).act(caseId, "file", { liaison: [await personId("chair.grassroots")] }),
  );
  assert.equal(filed.case.step, "active");
  assert.match(String(filed.case.facts.fileNo), /990101/);
});

test("living aid climbs to the city, never above the household's yearly cap", async () => {
  const li = await s.as("li");
  aidId = newId();
  const answers = {
    need: "药费",
    payee: "self",
    bankHolder: "李例春",
    bankName: "虚构银行",
    bankCard: cardNumber,
    statement: true,
  };
  const numbered = { ...answers, bankHolder: "李例春6222" };
  const asked = { id: newId(), service: "living-aid", answers: numbered };
  const wrong = refused(await li.post("/api/cases", asked), 422, "holder-has-digits");
  assert.equal(wrong.errors[0].pointer, "/answers/bankHolder");
  ok(await li.post("/api/cases", { id: aidId, service: "living-aid", answers }), 201);
  const organiser = await s.as("organiser.grassroots");
  const problem = refused(await organiser.act(aidId, "propose", { amountFen: 1_274_401 }), 422, "aid-cap");
  assert.ok(problem.source, "the refusal names its source");
  ok(await organiser.act(aidId, "propose", { amountFen: 374_400 }));
  ok(await (await s.as("vice.county")).act(aidId, "approve", { amountFen: 374_400 }));
  assert.equal(ok(await (await s.as("approver.city")).act(aidId, "approve", {})).case.step, "decided");
});

test("the batch passes four pairs of eyes, one item fails, is corrected, and the books tie", async () => {
  const finance = await s.as("finance.county");
  const me = ok(await finance.get("/api/me"));
  const unitId = me.posts[0].unit.id;
  const fundId = newId();
  ok(
    await finance.post("/api/funds", {
      id: fundId,
      unitId,
      source: "union_upper",
      name: "困难帮扶",
      year: Number(s.clock.today().slice(0, 4)),
      purposes: ["living"],
    }),
    201,
  );
  ok(
    await finance.post(`/api/funds/${fundId}/receive`, {
      id: newId(),
      amountFen: 1_000_000,
      on: s.clock.today(),
      memo: "上级拨入",
    }),
  );
  const aid = await s.as("aid.county");
  const ready = ok(await aid.get("/api/grants?state=decided"));
  const grant = ready.items.find((one: { caseId: string }) => one.caseId === aidId);
  batchId = newId();
  const made = ok(
    await aid.post("/api/batches", {
      id: batchId,
      fundId,
      purpose: "living",
      title: "生活救助第一批",
      grantIds: [grant.id],
    }),
    201,
  );
  assert.ok(!JSON.stringify(made).includes(cardNumber), "the maker sees no card number");
  const act = async (who: string, name: string, answers: unknown = {}) =>
    (await s.as(who)).post(`/api/batches/${batchId}/actions`, { id: newId(), name, answers });
  assert.equal((await act("aid.county", "review")).status, 403);
  ok(await act("finance2.county", "review"));
  ok(await act("finance.county", "fund"));
  ok(await act("chair.county", "approve"));
  ok(await act("cashier.county", "submit"));
  refused(await aid.get(`/api/batches/${batchId}/bank-file`), 403, "not-yours");
  const cashier = await s.as("cashier.county");
  const file = await cashier.get(`/api/batches/${batchId}/bank-file`);
  assert.equal(file.status, 200);
  const text = new TextDecoder("gb18030").decode(file.bytes);
  assert.ok(text.includes(cardNumber) && text.includes("3744.00"));
  const reference = (bank: string) =>
    /(\S+-\d{5}(?:-\d+)?)/.exec(bank.split(/\r?\n/)[1]!.replaceAll(",", " "))![1]!;
  const result = (bank: string, outcome: string, reason: string) => ({
    name: "result.csv",
    content: `业务参考号,金额,处理结果,失败原因\r\n${reference(bank)},3744.00,${outcome},${reason}\r\n`,
  });
  const wrong = {
    name: "result.csv",
    content: `业务参考号,金额,处理结果,失败原因\r\n${reference(text)},3744.01,成功,\r\n`,
  };
  assert.equal((await cashier.upload(`/api/batches/${batchId}/result-file`, wrong)).status, 422);
  const failed = ok(
    await cashier.upload(`/api/batches/${batchId}/result-file`, result(text, "失败", "户名不符")),
  );
  assert.equal(failed.result.failed, 1);
  assert.equal(ok(await (await s.as("li")).get(`/api/cases/${aidId}`)).case.step, "payment_failed");
  const grantNow = ok(await aid.get(`/api/batches/${batchId}`)).items[0];
  const wrongBox = { item: grantNow.id, holder: "６２２２０２", card: cardNumber };
  refused(await act("aid.county", "correctItem", wrongBox), 422, "holder-has-digits");
  ok(
    await act("aid.county", "correctItem", {
      item: grantNow.id,
      holder: "李例春",
      card: cardNumber,
      bankName: "虚构银行",
      branch: "县城支行",
      proof: [await paper(aid, "bank")],
    }),
  );
  ok(await act("cashier.county", "resend"));
  const second = new TextDecoder("gb18030").decode(
    (await cashier.get(`/api/batches/${batchId}/bank-file`)).bytes,
  );
  const paid = ok(await cashier.upload(`/api/batches/${batchId}/result-file`, result(second, "成功", "")));
  assert.equal(paid.result.paid, 1);
  const repeated = ok(
    await cashier.upload(`/api/batches/${batchId}/result-file`, result(second, "成功", "")),
  );
  assert.equal(repeated.result.repeated, true);
  const funds = ok(await finance.get(`/api/funds?unit=${unitId}`));
  const fund = funds.items.find((one: { id: string }) => one.id === fundId);
  assert.deepEqual(
    [fund.inFen, fund.committedFen, fund.spentFen, fund.balanceFen],
    [1_000_000, 0, 374_400, 625_600],
  );
});

test("the worker sees the money, every step and who looked, and rates it; the figures show it", async () => {
  const li = await s.as("li");
  const page = ok(await li.get(`/api/cases/${aidId}`));
  assert.equal(page.case.step, "paid");
  assert.equal(page.money[0].amountFen, 374_400);
  assert.ok(page.timeline.length >= 7);
  ok(await li.post(`/api/cases/${aidId}/rating`, { id: newId(), stars: 5, text: "谢谢" }));
  const looks = ok(await li.get("/api/me/looked-at"));
  assert.ok(looks.items.length > 0);
  assert.ok(looks.items.every((look: { purpose: string; byName: string }) => look.purpose && look.byName));
  const me = ok(await li.get("/api/me")).person.id;
  const desk = ok(await (await s.as("chair.grassroots")).get(`/api/members/${me}`)).lookedAt;
  const told = (all: readonly { at: string; byName: string; what: string }[]) =>
    all.map(({ at, byName, what }) => `${at} ${byName} ${what}`);
  assert.deepEqual(told(desk), told(looks.items.slice(0, 50)), "who may reveal reads the same log");
  const audit = await s.as("audit.province");
  const unit = ok(await audit.get("/api/me")).posts[0].unit.id;
  const paid = ok(await audit.get(`/api/figures?unit=${unit}&measure=aid-paid`));
  assert.equal(paid.value, 374_400);
  assert.equal(ok(await audit.get(`/api/figures?unit=${unit}&measure=rating`)).value, 500);
});

test("every figure that counts equals the total of its list", async () => {
  const audit = await s.as("audit.province");
  const unit = ok(await audit.get("/api/me")).posts[0].unit.id;
  const overview = ok(await audit.get(`/api/figures/overview?unit=${unit}`));
  for (const figure of overview.items) {
    if (!figure.counted) continue;
    const list = ok(await audit.get(figure.listUrl));
    assert.equal(list.total, figure.value, figure.measure);
  }
});

test("the auditor reads what was done and who looked, and recomputes it all", async () => {
  const audit = await s.as("audit.province");
  const actions = ok(await audit.get(`/api/audit/actions?case=${caseId}`));
  assert.equal(actions.total, actions.items.length);
  assert.ok(
    actions.items.some(
      (one: { name: string; title: { zh: string } }) => one.name === "grade" && one.title.zh !== "grade",
    ),
  );
  const looks = ok(await audit.get("/api/audit/looks"));
  assert.ok(looks.items.length > 0);
  for (const { seen, purpose } of looks.items) {
    assert.ok(purpose.zh !== "" && purpose.en !== "");
    assert.doesNotMatch(seen.zh, /您|[a-z]/, "said to the auditor, without a code");
  }
  const page = ok(await audit.get("/api/audit/actions?limit=3"));
  const more = ok(await audit.get(`/api/audit/actions?limit=3&cursor=${page.next}`));
  assert.equal(new Set([...page.items, ...more.items].map((one: { id: string }) => one.id)).size, 6);
  const verified = ok(await audit.get("/api/audit/verify"));
  assert.deepEqual(verified.findings, []);
  assert.ok(verified.checked > 10);
  refused(await (await s.as("aid.county")).get("/api/audit/actions"), 403, "not-yours");
});
