import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { newId } from "../../src/kernel/ids.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** What is sent twice, or by two at once, happens once. */

const s = story({ lives: true });

const unbroken = (answers: readonly Answer[]): void => {
  for (const one of answers) assert.ok(one.status < 500, JSON.stringify(one.body).slice(0, 500));
};
const good = (answers: readonly Answer[]): readonly Answer[] => answers.filter((one) => one.status < 300);

async function caseAt(who: Visitor, step: string): Promise<string> {
  const { items } = (await who.get("/api/cases?limit=100&state=open")).body;
  return items.find((one: { step: string }) => one.step === step).id;
}

async function actionsOf(id: string): Promise<number> {
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int n from case_action where case_id = ${id}`.execute(tx),
  );
  return rows[0]!.n;
}

test("one action sent ten times at once is done once, and every sender is told the same", async () => {
  const chair = await s.as("chair.couriers");
  const id = await caseAt(chair, "submitted");
  const before = await actionsOf(id);
  const body = { id: newId(), name: "return", answers: { note: "票据看不清,请重新拍照。" } };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => chair.post(`/api/cases/${id}/actions`, body)),
  );
  unbroken(answers);
  assert.equal(good(answers).length, 10, JSON.stringify(answers.find((one) => one.status >= 300)?.body));
  assert.equal(await actionsOf(id), before + 1);
});

test("one id with two contents at once is one action and one refusal", async () => {
  const vice = await s.as("vice.county");
  const id = await caseAt(vice, "county_review");
  const before = await actionsOf(id);
  const action = newId();
  const answers = await Promise.all(
    ["情况属实,同意。", "材料齐全,同意。"].map((note) =>
      vice.post(`/api/cases/${id}/actions`, { id: action, name: "approve", answers: { note } }),
    ),
  );
  unbroken(answers);
  assert.equal(good(answers).length, 1);
  assert.equal(answers.find((one) => one.status >= 300)?.body.code, "same-id-other-content");
  assert.equal(await actionsOf(id), before + 1);
});

test("two officers who decide one case at once decide it once", async () => {
  const [approver, chair] = [await s.as("approver.city"), await s.as("chair.city")];
  const id = await caseAt(approver, "city_approval");
  const before = await actionsOf(id);
  const answers = await Promise.all([
    approver.act(id, "approve", { note: "同意" }),
    chair.act(id, "return", { note: "请补充材料说明。" }),
    approver.act(id, "approve", { note: "同意" }),
    chair.act(id, "approve", { note: "同意" }),
  ]);
  unbroken(answers);
  assert.equal(good(answers).length, 1, answers.map((one) => `${one.status} ${one.body.code}`).join());
  assert.equal(await actionsOf(id), before + 1);
});

test("one grant is taken into one batch, however many make one at once", async () => {
  const aid = await s.as("aid.county");
  const unit = (await aid.get("/api/me")).body.posts[0].unit.id;
  const fund = (await aid.get(`/api/funds?unit=${unit}`)).body.items[0];
  const [grant] = (await aid.get("/api/grants?state=decided")).body.items;
  const makers = [aid, await s.as("aid2.county"), await s.as("finance.county")];
  const same = newId();
  const make = (who: Visitor, id: string) =>
    who.post("/api/batches", {
      id,
      fundId: fund.id,
      purpose: "living",
      title: "同时编制",
      grantIds: [grant.id],
    });
  const answers = await Promise.all([
    ...makers.map((who) => make(who, newId())),
    make(aid, same),
    make(aid, same),
  ]);
  unbroken(answers);
  const made = new Set(good(answers).map((one) => one.body.batch.id));
  assert.equal(made.size, 1, answers.map((one) => `${one.status} ${one.body.code}`).join());
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int n from batch_item where grant_id = ${grant.id}`.execute(tx),
  );
  assert.equal(rows[0]!.n, 1);
  const [id] = [...made];
  const review = { id: newId(), name: "review", answers: {} };
  const reviewed = await Promise.all(
    ["finance2.county", "finance2.county", "vice.county"].map(async (login) =>
      (await s.as(login)).post(
        `/api/batches/${id}/actions`,
        login === "vice.county" ? { ...review, id: newId() } : review,
      ),
    ),
  );
  unbroken(reviewed);
  const history = await s.database.owner.systemRead((tx) =>
    sql<{
      n: number;
    }>`select count(*)::int n from batch_action where batch_id = ${id} and name = 'review'`.execute(tx),
  );
  assert.equal(history.rows[0]!.n, 1);
});

test("one receipt of money sent at once twice is in the fund once", async () => {
  const finance = await s.as("finance.county");
  const unit = (await finance.get("/api/me")).body.posts[0].unit.id;
  const fund = (await finance.get(`/api/funds?unit=${unit}`)).body.items[0];
  const receipt = { id: newId(), amountFen: 12_345, on: s.clock.today(), memo: "同时记账" };
  unbroken(
    await Promise.all(
      Array.from({ length: 5 }, () => finance.post(`/api/funds/${fund.id}/receive`, receipt)),
    ),
  );
  const after = (await finance.get(`/api/funds/${fund.id}`)).body;
  assert.equal(after.inFen, fund.inFen + 12_345);
});

test("one roster brought by two at once loads nobody twice", async () => {
  const [one, two] = [await s.as("chair.grassroots"), await s.as("organiser.grassroots")];
  const unit = (await one.get("/api/me")).body.posts[0].unit.id;
  const numbers = [
    ["甄试甲", "99010119900101001"],
    ["甄试乙", "99010119900101002"],
    ["甄试丙", "99010119900101003"],
  ].map(([name, body]) => [name, withCheck(body as string)]);
  const content = `姓名,身份证号\r\n${numbers.map((row) => row.join()).join("\r\n")}\r\n`;
  const bring = (who: Visitor) =>
    who.upload("/api/imports", { name: "名册.csv", content, type: "text/csv" }, { unit, kind: "roster" });
  const answers = await Promise.all([bring(one), bring(two), bring(one)]);
  unbroken(answers);
  await s.pass(1); // the day's work has run when it answers
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ name: string; people: number; relations: number }>`
      select p.name, count(distinct p.id)::int people, count(m.id)::int relations
      from person p left join membership m on m.district = p.district and m.person_id = p.id where p.name like '甄试%' group by 1 order by 1`.execute(
      tx,
    ),
  );
  assert.deepEqual(
    rows.map((row) => [row.people, row.relations]),
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  );
  const { rows: counted } = await s.database.owner.systemRead((tx) =>
    sql<{
      members: number;
      real: number;
    }>`select u.members, count(*)::int as real from membership m join unit u on u.id = m.unit_id
      where m.unit_id = ${unit} and m.status in ('ACTIVE', 'TRANSFER_OUT') group by u.members`.execute(tx),
  );
  assert.equal(counted[0]!.members, counted[0]!.real);
});

/** The last sign of an identity number. */
function withCheck(body: string): string {
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return `${body}${"10X98765432"[sum % 11]}`;
}
