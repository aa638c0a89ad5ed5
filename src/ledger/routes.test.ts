import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import iconv from "iconv-lite";
import { everything } from "../db/index.ts";
import { storePaper } from "../documents/papers/index.ts";
import { type Caller, withServer } from "../http/testing.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { createHousehold } from "../people/index.ts";
import type { Actor } from "../units/index.ts";
import { decideGrant } from "./grant-store.ts";
import { handlers } from "./routes.ts";
import {
  card,
  city,
  county,
  elsewhere,
  found,
  grantDraft,
  officer,
  ok,
  people,
  type TestUnit,
} from "./testing.ts";
import { verifyLedger } from "./verify.ts";

const t = withServer({ today: "2026-03-02", handlers });
beforeEach(() => found(t));

const callers = new Map<string, Promise<Caller>>();

/** The caller of an officer, whose posts are then in the database. */
function as(actor: Actor): Promise<Caller> {
  const known = callers.get(actor.name);
  if (known) return known;
  const made = (async () => {
    await t.owner.write(everything, async (tx) => {
      const [{ unitId, unitPath }] = actor.posts as [Actor["posts"][number]];
      await tx
        .insertInto("person")
        .values({
          district: actor.district ?? "",
          id: actor.person,
          path: unitPath,
          unit_id: unitId,
          name: actor.name,
          name_pinyin: "x",
          name_initials: "x",
          created_on: t.clock.today(),
        })
        .execute();
      for (const post of actor.posts)
        await tx
          .insertInto("post")
          .values({
            id: post.id,
            person_id: actor.person,
            person_district: actor.district ?? "",
            person_name: actor.name,
            unit_id: post.unitId,
            role: post.role,
            from_day: post.from,
          })
          .execute();
    });
    return t.as(actor.person, actor.district ?? "");
  })();
  callers.set(actor.name, made);
  return made;
}

async function newFund(caller: Caller, at: TestUnit, amountFen: number, source = "union_dues") {
  const body = {
    id: newId(),
    unitId: at.id,
    source,
    name: `帮扶资金 ${newId()}`,
    year: 2026,
    purposes: ["living"],
  };
  const opened = await caller.post("/api/funds", body);
  assert.equal(opened.status, 201, opened.text);
  if (amountFen > 0) {
    const receipt = { id: newId(), amountFen, on: "2026-03-02", memo: "收到资金" };
    const received = await caller.post(`/api/funds/${body.id}/receive`, receipt);
    assert.equal(received.json.balanceFen, amountFen, received.text);
  }
  return body.id;
}

const decided = (amount: string) =>
  t.db.system(async (tx) => {
    const draft = grantDraft(amount);
    ok(await decideGrant(tx, t.ctx.ring, draft));
    return draft;
  });

/** The household a grant is for: its beneficiary and one more. */
const registerHousehold = (grant: Awaited<ReturnType<typeof decided>>, name: string) =>
  t.db.system((tx) =>
    createHousehold(tx, t.ctx.ring, {
      id: grant.householdId as Id<"household">,
      head: {
        district: county.district,
        id: grant.beneficiaryId as Id<"person">,
        path: county.path,
        unitId: county.id,
      },
      members: [
        { name: grant.beneficiaryName, relation: "self" },
        { name, relation: "spouse" },
      ],
      day: t.clock.today(),
    }),
  );

/** A paper somebody has uploaded and not yet used. */
const paperOf = (owner: Actor, kind: string) =>
  t.db.system(async (tx) => {
    const paper = ok(
      await storePaper(tx, t.ctx.ring, {
        district: owner.district ?? county.district,
        path: county.path,
        owner: owner.person,
        kind,
        fileName: `${kind}.pdf`,
        content: Buffer.from(`%PDF-1.4\n% ${newId()}\n%%EOF\n`),
        byPerson: owner.person,
        now: t.clock.now(),
      }),
    );
    return paper.id;
  });

const act = (name: string, answers: object = {}) => ({ id: newId(), name, answers });

test("one household's money over HTTP: five officers, a failed card, the books open to the auditor", async () => {
  const [aid, vice, finance, chair, cashier] = await Promise.all(
    [people.aid, people.vice, people.finance, people.chair, people.cashier].map(as),
  );
  assert.ok(aid && vice && finance && chair && cashier);
  const fund = await newFund(finance, county, 1_000_000);
  const grants = [await decided("3744"), await decided("1500")];
  const ready = await aid.get(`/api/grants?state=decided&unit=${county.id}`);
  assert.deepEqual([ready.json.total, ready.json.totalFen], [2, 524_400]);
  const id = newId();
  const body = {
    id,
    fundId: fund,
    purpose: "living",
    title: "三月生活救助",
    grantIds: grants.map((one) => one.id),
  };
  const made = await aid.post("/api/batches", body);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.batch.totalFen, 524_400);
  const [review] = made.json.may;
  assert.deepEqual([review.name, review.allowed, review.refusal.code], ["review", false, "not-yours"]);
  assert.ok(
    !made.text.includes(grants[0]?.payee.card ?? "-") && made.json.items[0].cardMasked.startsWith("****"),
  );
  const steps: readonly [Caller, object, string][] = [
    [vice, act("review"), "reviewed"],
    [finance, act("fund"), "funded"],
    [chair, act("approve", { minutesNumber: "2026-3", minutesOn: "2026-03-02" }), "approved"],
    [cashier, act("submit"), "submitted_to_bank"],
  ];
  for (const [caller, action, state] of steps) {
    const done = await caller.post(`/api/batches/${id}/actions`, action);
    assert.equal(done.json?.batch?.state, state, done.text);
  }
  const list = await aid.get(`/api/batches/${id}?format=pdf`);
  assert.equal(list.bytes.subarray(0, 5).toString(), "%PDF-");
  const early = await finance.post(`/api/batches/${id}/actions`, act("close"));
  assert.deepEqual([early.status, early.json.code], [409, "not-offered"]);
  assert.ok(early.json.offered.length > 0);

  const denied = await aid.get(`/api/batches/${id}/bank-file`);
  assert.equal(denied.status, 403);
  const file = await cashier.get(`/api/batches/${id}/bank-file`);
  assert.equal(file.status, 200);
  const text = iconv.decode(file.bytes, "gb18030");
  assert.ok(text.includes(grants[0]?.payee.card ?? "-"));
  const looks = await t.owner.read(everything, (tx) =>
    tx
      .selectFrom("look")
      .select(["what", "by_name"])
      .where("person_id", "=", grants[0]?.beneficiaryId ?? "")
      .execute(),
  );
  assert.deepEqual(looks, [{ what: "bank-file", by_name: "出纳" }]);

  const answer = text
    .trim()
    .split("\r\n")
    .map((line, index) => `${line},${["处理结果,原因", "成功,", "失败,户名不符"][index]}`)
    .join("\n");
  const content = iconv.encode(answer, "gb18030");
  const trial = await cashier.get(`/api/batches/${id}/trial-result?fail=2`);
  assert.match(iconv.decode(trial.bytes, "gb18030"), /成功.*\r\n.*失败,户名与账号不符/);
  const bad = await cashier.upload(
    `/api/batches/${id}/result-file`,
    {},
    { name: "r.csv", content: "a,b\n1,2" },
  );
  assert.deepEqual([bad.status, bad.json.code], [422, "result-no-heads"]);
  const loaded = await cashier.upload(`/api/batches/${id}/result-file`, {}, { name: "r.csv", content });
  assert.deepEqual([loaded.status, loaded.json?.batch?.state], [200, "partly_failed"], loaded.text);
  assert.deepEqual(loaded.json.result, { repeated: false, paid: 1, failed: 1, refunded: 0, already: 0 });
  const again = await cashier.upload(`/api/batches/${id}/result-file`, {}, { name: "r.csv", content });
  assert.equal(again.json.result.repeated, true);

  const failed = loaded.json.items.find((one: { state: string }) => one.state === "failed");
  const fields = { item: failed.id, holder: failed.beneficiaryName, bankName: "虚构银行", branch: "" };
  const typo = await aid.post(`/api/batches/${id}/actions`, act("correctItem", { ...fields, card: "12" }));
  assert.deepEqual([typo.status, typo.json.errors[0].pointer], [422, "/answers/card"]);
  const unproven = await aid.post(
    `/api/batches/${id}/actions`,
    act("correctItem", { ...fields, card: card(800_001) }),
  );
  assert.deepEqual([unproven.status, unproven.json.errors[0].pointer], [422, "/answers/proof"]);
  const strangers = await paperOf(people.vice, "bank");
  const correct = (proof: readonly string[], consent?: readonly string[]) =>
    aid.post(
      `/api/batches/${id}/actions`,
      act("correctItem", { ...fields, card: card(800_001), proof, ...(consent && { consent }) }),
    );
  assert.equal((await correct([strangers])).json.code, "paper-unknown");
  const spouse = { ...fields, holder: "工友家属" };
  const unconsented = act("correctItem", {
    ...spouse,
    card: card(800_001),
    proof: [await paperOf(people.aid, "bank")],
  });
  assert.equal(
    (await aid.post(`/api/batches/${id}/actions`, unconsented)).json.code,
    "payee-not-beneficiary",
  );
  // A consent makes nobody a member of the household: the money goes to whom the file names, or nowhere.
  const consented = async (kind = "payee-consent") =>
    aid.post(
      `/api/batches/${id}/actions`,
      act("correctItem", {
        ...spouse,
        card: card(800_001),
        proof: [await paperOf(people.aid, "bank")],
        consent: [await paperOf(people.aid, kind)],
      }),
    );
  const outsider = await consented();
  assert.deepEqual(
    [outsider.status, outsider.json.code, outsider.json.errors[0].pointer],
    [422, "payee-not-household", "/answers/holder"],
  );
  await registerHousehold(grants.find((one) => one.caseId === failed.caseId)!, spouse.holder);
  const anyPaper = await consented("bank");
  assert.deepEqual(
    [anyPaper.json.code, anyPaper.json.errors[0].pointer],
    ["paper-kind", "/answers/consent/0"],
  );
  assert.equal((await consented()).status, 200);
  const proof = await paperOf(people.aid, "bank");
  const fixed = await correct([proof]);
  assert.equal(fixed.status, 200, fixed.text);
  const hung = await t.db.systemRead((tx) =>
    tx.selectFrom("paper").where("id", "=", proof).select(["case_id", "sensitivity"]).executeTakeFirst(),
  );
  assert.deepEqual(hung, { case_id: failed.caseId, sensitivity: "officers" }, "on the case it is about");
  assert.match(fixed.json.turn.sentence, /^轮到云溪县总工会 .*出纳.*：重发已更正的/);
  assert.ok(!fixed.text.includes(card(800_001)));
  assert.equal((await cashier.post(`/api/batches/${id}/actions`, act("resend"))).status, 200);
  const second = iconv.decode((await cashier.get(`/api/batches/${id}/bank-file`)).bytes, "gb18030");
  assert.equal(second.trim().split("\r\n").length, 2);
  const rest = (await cashier.get(`/api/batches/${id}/trial-result`)).bytes;
  const settled = await cashier.upload(
    `/api/batches/${id}/result-file`,
    {},
    { name: "r2.csv", content: rest },
  );
  assert.equal(settled.json?.batch?.state, "settled", settled.text);
  const closed = await finance.post(`/api/batches/${id}/actions`, act("close"));
  assert.equal(closed.json.batch.state, "closed");
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);

  const auditor = await as(officer("经审", city, "audit"));
  const statement = await auditor.get(`/api/statements/fund/${fund}`);
  assert.deepEqual([statement.json.openingFen, statement.json.closingFen], [0, 475_600], statement.text);
  assert.deepEqual(
    statement.json.lines.map((one: { inFen: number; outFen: number }) => [one.inFen, one.outFen]),
    [
      [1_000_000, 0],
      [0, 374_400],
      [0, 150_000],
    ],
  );
  const balances = await auditor.get(`/api/statements/unit/${county.id}`);
  assert.equal(balances.json.totals.debitFen, balances.json.totals.creditFen);
  assert.deepEqual(
    balances.json.lines.map((one: { code: string; balanceFen: number }) => `${one.code} ${one.balanceFen}`),
    ["102 475600", "402 1000000", "50404 524400"],
  );
  const house = await auditor.get(`/api/statements/household/${grants[0]?.householdId}`);
  assert.deepEqual([house.json.paidFen, house.json.lines.length], [374_400, 1]);
  const vouchers = await auditor.get(`/api/vouchers?unit=${county.id}&month=2026-03`);
  assert.deepEqual(vouchers.json.items.map((one: { number: number }) => one.number).sort(), [1, 2, 3]);
  const paid = vouchers.json.items.find((one: { event: string }) => one.event === "payment");
  const voucher = await auditor.get(`/api/vouchers/${paid.id}`);
  assert.match(voucher.json.voucher.amountCapitals, /元整$/);
  const undo = await finance.post(`/api/vouchers/${paid.id}/reverse`, { id: newId(), reason: "试" });
  assert.deepEqual([undo.status, undo.json.code], [409, "voucher-not-reversible"]);
  const meddle = await auditor.post(`/api/funds/${fund}/receive`, {
    id: newId(),
    amountFen: 1,
    on: "2026-03-02",
    memo: "x",
  });
  assert.equal(meddle.status, 403);
  for (const line of t.logged) for (const grant of grants) assert.ok(!line.includes(grant.payee.card));
});

test("statements come as workbooks, with formulas made harmless", async () => {
  const finance = await as(people.finance);
  const fund = await newFund(finance, county, 0);
  const receipt = { id: newId(), amountFen: 12_345, on: "2026-03-02", memo: "=1+1" };
  assert.equal((await finance.post(`/api/funds/${fund}/receive`, receipt)).status, 200);
  const answer = await finance.get(`/api/statements/fund/${fund}?format=xlsx`);
  assert.equal(answer.status, 200);
  assert.equal(answer.bytes.subarray(0, 2).toString(), "PK");
  for (const url of [`fund/${fund}`, `unit/${county.id}`]) {
    const printed = await finance.get(`/api/statements/${url}?format=pdf`);
    assert.equal(printed.bytes.subarray(0, 5).toString(), "%PDF-", printed.text.slice(0, 200));
  }
});

test("a receipt is reversed while its money is free; a closed month takes nothing more", async () => {
  const finance = await as(people.finance);
  const fund = await newFund(finance, county, 0);
  const receipt = { id: newId(), amountFen: 5000, on: "2026-02-20", memo: "误记" };
  assert.equal((await finance.post(`/api/funds/${fund}/receive`, receipt)).json.inFen, 5000);
  const reversal = { id: newId(), reason: "记错了资金" };
  for (let time = 0; time < 2; time++) {
    const undone = await finance.post(`/api/vouchers/${receipt.id}/reverse`, reversal);
    assert.equal(undone.json?.voucher?.reverses, receipt.id, undone.text);
  }
  assert.equal((await finance.get(`/api/funds/${fund}`)).json.inFen, 0);
  assert.equal((await finance.post(`/api/books/${county.id}/close`, { month: "2026-02" })).status, 200);
  const late = await finance.post(`/api/funds/${fund}/receive`, { ...receipt, id: newId() });
  assert.deepEqual([late.status, late.json.code], [409, "month-closed"]);
  const entry = {
    id: newId(),
    unitId: county.id,
    on: "2026-03-01",
    memo: "三八节慰问品",
    transfers: [{ debit: { role: "WORKER_ACTIVITY" }, credit: { role: "BANK" }, amountFen: 3_000_000 }],
  };
  for (let time = 0; time < 2; time++) assert.equal((await finance.post("/api/vouchers", entry)).status, 201);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a city gives a county money in one operation, each side in its own books", async () => {
  const cityFinance = await as(officer("市财务", city, "finance"));
  const finance = await as(people.finance);
  const from = await newFund(cityFinance, city, 500_000, "provincial_fiscal");
  const to = await newFund(finance, county, 0, "provincial_fiscal");
  const grant = { id: newId(), amountFen: 200_000, on: "2026-03-02", memo: "拨付补助", from };
  const own = await finance.post(`/api/funds/${to}/receive`, grant);
  assert.equal(own.status, 404, "a county cannot draw on the city's fund");
  const given = await cityFinance.post(`/api/funds/${to}/receive`, grant);
  assert.equal(given.json.inFen, 200_000, given.text);
  assert.equal((await cityFinance.get(`/api/funds/${from}`)).json.balanceFen, 300_000);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("an id that stands for something in another district names nothing here, for whoever is above both", async () => {
  const maker = await as(officer("市帮扶", city, "aid"));
  const cityFinance = await as(officer("市财务", city, "finance"));
  const theirs = await newFund(await as(people.finance), county, 10_000);
  const fund = { id: theirs, unitId: city.id, source: "union_dues", name: "同名", year: 2026, purposes: [] };
  const opened = await cityFinance.post("/api/funds", fund);
  assert.deepEqual([opened.status, opened.json.code], [409, "same-id-other-content"]);
  const own = await newFund(cityFinance, city, 10_000);
  const grants = [await decided("50"), await decided("60")];
  const draft = { id: newId(), purpose: "living", title: "两地一号" };
  const make = (fundId: string, at: number) =>
    maker.post("/api/batches", { ...draft, fundId, grantIds: [grants[at]!.id] });
  const made = await Promise.all([make(theirs, 0), make(own, 1)]);
  assert.deepEqual(made.map((one) => one.status).sort(), [201, 409]);
  const entry = {
    id: newId(),
    unitId: county.id,
    on: "2026-03-01",
    memo: "慰问品",
    transfers: [{ debit: { role: "WORKER_ACTIVITY" }, credit: { role: "BANK" }, amountFen: 1000 }],
  };
  assert.equal((await cityFinance.post("/api/vouchers", entry)).status, 201);
  const more = [{ debit: { role: "WORKER_ACTIVITY" }, credit: { role: "BANK" }, amountFen: 2000 }];
  for (const other of [{ unitId: city.id }, { transfers: more }])
    assert.equal((await cityFinance.post("/api/vouchers", { ...entry, ...other })).status, 409);
  // Nor is an id told apart from a free one by breaking: what is hidden is hidden by the same words.
  const stranger = await as(officer("外县财务", elsewhere, "finance"));
  assert.equal((await stranger.post("/api/vouchers", { ...entry, unitId: elsewhere.id })).status, 409);
});

test("nothing of another county is seen or touched", async () => {
  const finance = await as(people.finance);
  const fund = await newFund(finance, county, 10_000);
  const grant = await decided("50");
  const stranger = await as(officer("外县财务", elsewhere, "finance"));
  assert.equal((await stranger.get(`/api/funds/${fund}`)).status, 404);
  assert.equal((await stranger.get("/api/funds")).json.items.length, 0);
  assert.equal((await stranger.get("/api/grants")).json.total, 0);
  assert.equal((await stranger.get(`/api/statements/fund/${fund}`)).status, 404);
  assert.equal((await stranger.get(`/api/statements/unit/${county.id}`)).status, 404);
  assert.equal((await stranger.get(`/api/statements/household/${grant.householdId}`)).status, 404);
  const theirs = await newFund(stranger, elsewhere, 10_000);
  const draft = { id: newId(), fundId: theirs, purpose: "living", title: "越界", grantIds: [grant.id] };
  const made = await stranger.post("/api/batches", draft);
  assert.deepEqual([made.status, made.json.errors[0].pointer], [404, "/grantIds/0"]);
  assert.equal((await stranger.post("/api/batches", { ...draft, id: newId(), fundId: fund })).status, 404);
});
