import assert from "node:assert/strict";
import test from "node:test";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { newId } from "../../src/kernel/ids.ts";
import { wrongCounters } from "../../src/people/membership-store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** What a membership must bear, through the door: retained members, dissolved unions, decisions nobody but a committee takes. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}
const refusal = (answer: Answer): string => `${answer.status} ${answer.body.code}`;
const unitOf = async (who: Visitor): Promise<string> => ok(await who.get("/api/me")).posts[0].unit.id;
const change = (who: Visitor, person: string, body: object): Promise<Answer> =>
  who.post(`/api/members/${person}/status`, { id: newId(), ...body });
const members = async (who: Visitor, unit: string): Promise<number> =>
  ok(await who.get(`/api/figures?unit=${unit}&measure=members`)).value;

// Acceptance: a retained member neither votes, stands, petitions nor pays dues, is counted in no figure, and a retiree hired
// again stays retained. (What each status may do is a table of its own, in people/membership.test.ts.)
test("who retires is retained, counted no longer, and stays so when hired again", async () => {
  const [chair, worker] = [await s.as("chair.grassroots"), await s.as("wu")];
  const unit = await unitOf(chair);
  const person: string = ok(await worker.get("/api/me")).person.id;
  const before = await members(chair, unit);
  assert.equal(ok(await change(chair, person, { name: "retain", reason: "RETIRED" })).status, "RETAINED");
  assert.equal(await members(chair, unit), before - 1);
  const back = await change(chair, person, { name: "reactivate", reason: "REEMPLOYED", rehired: true });
  assert.equal(refusal(back), "409 rehired-retiree");
  const again = await change(chair, person, { name: "reactivate", reason: "REEMPLOYED" });
  assert.equal(refusal(again), "409 rehired-retiree", "also when nobody says that they were hired again");
  assert.equal(ok(await chair.get(`/api/members/${person}`)).person.status, "RETAINED");
});

// Acceptance: nobody is deemed withdrawn or expelled without the committee's decision, and an expulsion also carries the
// group's opinion and the number under which the superior union filed it. Time alone does neither.
test("who takes no part is a member until a committee decides; an expulsion keeps all it rests on", async () => {
  const [chair, worker] = [await s.as("chair.machine"), await s.as("dong")];
  const person: string = ok(await worker.get("/api/me")).person.id;
  await s.pass(20);
  const page = async () => ok(await chair.get(`/api/members/${person}`));
  assert.equal((await page()).person.status, "ACTIVE", "days go by, and nothing is done by itself");
  assert.equal(refusal(await change(chair, person, { name: "autoWithdraw" })), "422 decision-needed");
  const expulsion = {
    name: "expel",
    decision: "机厂工〔2026〕4 号",
    opinion: "小组同意",
    filing: "备 2026-1",
  };
  for (const lacking of ["decision", "opinion", "filing"] as const) {
    const answer = await change(chair, person, { ...expulsion, [lacking]: undefined });
    assert.equal(refusal(answer), "422 decision-needed");
    assert.equal(answer.body.errors[0].pointer, `/${lacking}`);
  }
  assert.equal((await page()).person.status, "ACTIVE");
  assert.equal(ok(await change(chair, person, expulsion)).status, "EXPELLED");
  const [event] = (await page()).events;
  assert.deepEqual([event.to, event.document], ["EXPELLED", "机厂工〔2026〕4 号 · 小组同意 · 备 2026-1"]);
  assert.ok(event.byName, "somebody decided it");
});

test("a member’s page offers nothing to an officer who decides on no members, not even what the member alone may", async () => {
  const [aid, worker] = [await s.as("aid.county"), await s.as("wu")];
  const person: string = ok(await worker.get("/api/me")).person.id;
  const offers: { name: string; allowed: boolean }[] = ok(await aid.get(`/api/members/${person}`)).may;
  assert.ok(offers.some((one) => one.name === "withdraw"));
  assert.deepEqual(
    offers.filter((one) => one.allowed),
    [],
  );
  const answer = await change(aid, person, { name: "withdraw", note: "本人要求" });
  assert.equal(refusal(answer), "403 not-yours");
});

// Acceptance: a union with members is not dissolved until each has another union or is retained.
test("a union comes to its end when each of its members stands elsewhere or is retained", async () => {
  const county = await s.as("chair.county");
  const [parentId, other] = [await unitOf(county), await unitOf(await s.as("chair.machine"))];
  const unit = newId();
  const made = {
    id: unit,
    parentId,
    name: "云溪例旧厂工会委员会",
    level: "GRASSROOTS",
    regionCode: "990101",
  };
  ok(await county.post("/api/units", made), 201);
  const rows = ["旧例一", "旧例二", "旧例三"].map(
    (name, n) => `${name},${fictitiousIdentity("990101", day("1970-02-03"), 871 + 2 * n)}`,
  );
  const content = ["姓名,身份证号", ...rows].join("\r\n");
  const file = { name: "名册.csv", content, type: "text/csv" };
  ok(await county.upload("/api/imports", file, { unit, kind: "roster" }), 201);
  await s.pass(1); // the jobs have run when it answers
  const { items } = ok(await county.get(`/api/members?unit=${unit}`));
  const [first, second, third] = items.map((one: { id: string }) => one.id);
  for (const one of [first, second]) ok(await change(county, one, { name: "confirm", note: "当面签字" }));
  const end = (to: string) => county.post(`/api/units/${unit}/status`, { to, reason: "企业注销" });
  ok(await end("DISSOLVING"));
  assert.equal(refusal(await end("DISSOLVED")), "409 unit-has-members");
  ok(await change(county, first, { name: "retain", reason: "UNIT_CLOSED" }));
  assert.equal(refusal(await end("DISSOLVED")), "409 unit-has-members");
  const id = newId();
  ok(
    await county.post(`/api/members/${second}/transfer`, { id, toUnitId: other, reason: "UNIT_CLOSED" }),
    201,
  );
  ok(await county.post(`/api/transfers/${id}/release`, {}));
  assert.equal(
    refusal(await end("DISSOLVED")),
    "409 unit-has-members",
    "counted here until the other accepts",
  );
  ok(await county.post(`/api/transfers/${id}/accept`, {}));
  ok(await end("DISSOLVED"));
  assert.equal(ok(await county.get(`/api/members/${first}`)).person.status, "RETAINED");
  // Whoever had yet to confirm cannot become a member of a union that is no more.
  const late = await change(county, third, { name: "confirm", note: "当面签字" });
  assert.equal(refusal(late), "422 roster-unit-closed");
  // Nor does one it retained, who works again: their relation goes to another union first.
  const back = await change(county, first, { name: "reactivate", reason: "REEMPLOYED" });
  assert.equal(refusal(back), "409 unit-closed");
  assert.deepEqual(await s.database.db.systemRead(wrongCounters), []);
});
