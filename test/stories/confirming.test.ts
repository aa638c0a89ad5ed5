import assert from "node:assert/strict";
import test from "node:test";
import { addDays, day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { newId } from "../../src/kernel/ids.ts";
import { wrongCounters } from "../../src/people/membership-store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** A union loads its roster; each worker confirms it or says that it is not so; the desk sees who has not answered. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

const phoneOf = (n: number) => `1390777000${n}`;
const people = ["例一", "例二", "例三", "例四"].map((name, n) => ({
  name: `确${name}`,
  id: fictitiousIdentity("990101", day("1990-05-06"), 811 + n * 2),
  phone: phoneOf(n),
}));
const content = [
  "姓名,身份证号,手机号,入会时间",
  ...people.map((one) => `${one.name},${one.id},${one.phone},2019-05-01`),
].join("\r\n");

async function load(chair: Visitor, unit: string): Promise<Answer["body"]> {
  const file = { name: "名册.csv", content, type: "text/csv" };
  const made = ok(await chair.upload("/api/imports", file, { unit, kind: "roster" }), 201);
  await s.pass(1); // the jobs have run when it answers
  return ok(await chair.get(`/api/imports/${made.id}`));
}

const figure = async (who: Visitor, unit: string): Promise<number> =>
  ok(await who.get(`/api/figures?unit=${unit}&measure=members`)).value;

const named = async (who: Visitor, query: string): Promise<string[]> =>
  ok(await who.get(`/api/members?${query}`)).items.map((one: { name: string }) => one.name);

test("those a roster names are no members until they confirm; who says no is believed, seen, and not asked again", async () => {
  const chair = await s.as("chair.grassroots");
  const unit: string = ok(await chair.get("/api/me")).posts[0].unit.id;
  const before = await figure(chair, unit);

  const loaded = await load(chair, unit);
  assert.deepEqual([loaded.read, loaded.loaded, loaded.toConfirm, loaded.rejected], [4, 4, 4, 0]);
  assert.equal(await figure(chair, unit), before, "figures do not count them");
  assert.deepEqual(ok(await chair.get(`/api/members/confirmations?unit=${unit}`)), {
    waiting: 4,
    unreminded: 4,
    disowned: 0,
  });
  // The list: everybody on the roster, those alone who have not answered, and members without them.
  const all = people.map((one) => one.name).sort();
  const byName = `q=${encodeURIComponent("确例")}`;
  assert.deepEqual((await named(chair, byName)).sort(), all);
  assert.deepEqual((await named(chair, `unit=${unit}&status=APPLIED_BY_UNION`)).sort(), all);
  assert.deepEqual(await named(chair, `${byName}&status=members`), []);
  assert.equal(ok(await chair.get(`/api/members?unit=${unit}`)).total, before + 4);
  assert.equal(ok(await chair.get(`/api/members?unit=${unit}&status=members`)).total, before);

  // The first confirms on the phone.
  const one = await s.as(phoneOf(0));
  const [entry] = ok(await one.get("/api/me/confirmations")).items;
  assert.deepEqual([entry.unit.id, entry.dueOn], [unit, null]);
  assert.equal((await one.get("/api/me/card")).body.code, "no-card", "no member, no card");
  const answers = {
    situation: "unit_has_union",
    unit,
    idNumber: people[0]!.id,
    phone: people[0]!.phone,
    constitution: true,
    dataConsent: true,
    signature: people[0]!.name,
  };
  const joining = await one.post("/api/cases", { id: newId(), service: "join", answers });
  assert.equal(`${joining.status} ${joining.body.code}`, "409 roster-entry-first");
  const stranger = await s.as("qian");
  assert.equal((await stranger.post(`/api/me/confirmations/${entry.id}`, { confirm: true })).status, 404);
  const joined = ok(await one.post(`/api/me/confirmations/${entry.id}`, { confirm: true }));
  assert.equal(joined.status, "ACTIVE");
  assert.ok(joined.memberNo);
  assert.deepEqual(ok(await one.post(`/api/me/confirmations/${entry.id}`, { confirm: true })), joined);
  assert.equal(ok(await one.get("/api/me/card")).memberNo, joined.memberNo);
  assert.deepEqual(ok(await one.get("/api/me/confirmations")).items, []);
  assert.equal(await figure(chair, unit), before + 1);

  // The second says that it is not so: with a reason, told to the desk, kept in the record.
  const two = await s.as(phoneOf(1));
  const [second] = ok(await two.get("/api/me/confirmations")).items;
  const silent = await two.post(`/api/me/confirmations/${second.id}`, { confirm: false });
  assert.equal(`${silent.status} ${silent.body.code}`, "422 reason-needed");
  const no = { confirm: false, reason: "LEFT_EMPLOYER", note: "去年已离职" };
  assert.equal(ok(await two.post(`/api/me/confirmations/${second.id}`, no)).status, "CANCELLED");
  const turned = await two.post(`/api/me/confirmations/${second.id}`, { confirm: true });
  assert.equal(`${turned.status} ${turned.body.code}`, "409 membership-not-offered");
  const heard = ok(await chair.get("/api/messages")).items.map((m: { title: string }) => m.title);
  assert.ok(heard.includes("有人说明名册与本人不符"), heard.join());
  const list = ok(await chair.get(`/api/members?unit=${unit}&status=disowned`)).items;
  assert.deepEqual(
    list.map((m: { name: string }) => m.name),
    [people[1]!.name],
  );
  const [event] = ok(await chair.get(`/api/members/${list[0].id}`)).events;
  assert.deepEqual(
    [event.to, event.reason, event.note, event.byName],
    ["CANCELLED", "LEFT_EMPLOYER", "去年已离职", people[1]!.name],
  );

  // The rest are reminded, once.
  assert.equal(ok(await chair.post("/api/members/remind", { unit }), 202).reminding, 2);
  await s.pass(1);
  const three = await s.as(phoneOf(2));
  const told = ok(await three.get("/api/messages")).items.map((m: { title: string }) => m.title);
  assert.deepEqual(told, ["请确认您的会员身份"]);
  const again = await chair.post("/api/members/remind", { unit });
  assert.equal(`${again.status} ${again.body.code}`, "409 nobody-to-remind");

  // The third signed on paper: the union says how, or it is refused.
  const thirdId = ok(await chair.get(`/api/members?q=${encodeURIComponent(people[2]!.name)}`)).items[0].id;
  const paper = (note?: string) =>
    chair.post(`/api/members/${thirdId}/status`, { id: newId(), name: "confirm", ...(note && { note }) });
  assert.equal((await paper()).body.code, "confirmation-proof-needed");
  assert.equal(ok(await paper("书面确认书 2026-3 号")).status, "ACTIVE");
  assert.equal(await figure(chair, unit), before + 2);
  assert.equal(ok(await three.get("/api/me")).person.memberNo !== null, true);

  // The same roster again: nobody is doubled, and who said no is not put on it again.
  const later = await load(chair, unit);
  assert.deepEqual([later.loaded, later.updated, later.rejected], [0, 3, 1]);
  assert.deepEqual(
    later.rows.map((row: { row: number; code: string }) => [row.row, row.code]),
    [[3, "member-disowned"]],
  );
  assert.equal(await figure(chair, unit), before + 2);
  assert.deepEqual(await s.database.db.systemRead(wrongCounters), []);
});

test("who said no to a union is not asked by it again, whatever another union asked them since", async () => {
  const [chair, machine, two] = [
    await s.as("chair.grassroots"),
    await s.as("chair.machine"),
    await s.as(phoneOf(1)),
  ];
  const unitOf = (who: Visitor) => who.get("/api/me").then((answer) => ok(answer).posts[0].unit.id as string);
  const [unit, other] = [await unitOf(chair), await unitOf(machine)];
  const elsewhere = await load(machine, other);
  assert.equal(elsewhere.toConfirm, 1, "the second: the others are members, or asked, by the first union");
  const [entry] = ok(await two.get("/api/me/confirmations")).items;
  assert.equal(entry.unit.id, other);
  ok(await two.post(`/api/me/confirmations/${entry.id}`, { confirm: false, reason: "UNWILLING" }));

  const later = await load(chair, unit);
  assert.deepEqual(
    later.rows
      .filter((row: { row: number }) => row.row === 3)
      .map((row: { row: number; level: string; code: string }) => [row.level, row.code]),
    [["error", "member-disowned"]],
  );
  assert.deepEqual(ok(await two.get("/api/me/confirmations")).items, []);
});

test("a roster takes nobody's telephone or card from them: who has signed in answers for themselves", async () => {
  const [chair, one] = [await s.as("chair.grassroots"), await s.as(phoneOf(0))];
  const unit: string = ok(await chair.get("/api/me")).posts[0].unit.id;
  const me = ok(await one.get("/api/me")).person.id;
  const listed = async (phone: string, card: string) => {
    const content = `姓名,身份证号,手机号,银行卡号\r\n${people[0]!.name},${people[0]!.id},${phone},${card}`;
    const file = { name: "名册.csv", content, type: "text/csv" };
    const made = ok(await chair.upload("/api/imports", file, { unit, kind: "roster" }), 201);
    await s.pass(1);
    return ok(await chair.get(`/api/imports/${made.id}`));
  };
  const card = async () => {
    const asked = { fields: ["bankCard"], purpose: "核对银行卡号" };
    return ok(await chair.post(`/api/members/${me}/reveal`, asked)).values.bankCard;
  };
  // Of their own union's member, the roster may.
  assert.equal((await listed(phoneOf(0), "9999000000000000017")).updated, 1);
  assert.equal(await card(), "9999000000000000017");

  ok(await chair.post(`/api/members/${me}/status`, { id: newId(), name: "withdraw", note: "本人要求" }));
  const done = await listed("13907770099", "9999000000000000025");
  assert.deepEqual([done.loaded, done.toConfirm, done.rejected], [1, 1, 0]);
  assert.deepEqual(
    done.rows.map((row: { field: string; level: string; code: string }) => [row.field, row.level, row.code]),
    [
      ["phone", "warning", "phone-kept"],
      ["bankCard", "warning", "card-kept"],
    ],
  );
  assert.equal(await card(), "9999000000000000017");
  await assert.rejects(s.as("13907770099"), /phone-unknown/, "the number on the roster opens nothing");

  // Whose membership others spoke for on paper keeps both for thirty days: nobody signs in as them by a sheet of paper.
  const confirmed = { id: newId(), name: "confirm", note: "纸质确认表" };
  ok(await chair.post(`/api/members/${me}/status`, confirmed));
  const kept = await listed("13907770099", "9999000000000000025");
  assert.deepEqual(
    kept.rows.map((row: { code: string }) => row.code),
    ["phone-kept", "card-kept"],
  );
  await assert.rejects(s.as("13907770099"), /phone-unknown/);
  await s.pass(30);
  assert.equal((await listed("13907770099", "9999000000000000025")).updated, 1);
  assert.equal(await card(), "9999000000000000025");
});

test("a number that somebody bears at another union is told without their name", async () => {
  const other = await s.as("chair.couriers");
  const { unit } = ok(await other.get("/api/me")).posts[0];
  const content = `姓名,身份证号,手机号\r\n确另名,${people[0]!.id},13907770098`;
  const file = { name: "名册.csv", content, type: "text/csv" };
  const made = ok(
    await other.upload("/api/imports", file, { unit: unit.id, kind: "roster", dryRun: "true" }),
    201,
  );
  await s.pass(1);
  const done = ok(await other.get(`/api/imports/${made.id}`));
  assert.deepEqual(
    done.rows.map((row: { code: string }) => row.code),
    ["identity-other-person"],
  );
  assert.doesNotMatch(JSON.stringify(done.rows), /确\*|例一/);
});

test("where the rule says so, silence ends an entry, and where no word is asked for any more it is a membership", async () => {
  const [chair, county] = [await s.as("chair.grassroots"), await s.as("chair.county")];
  const me = (who: Visitor) => who.get("/api/me").then((answer) => ok(answer).posts[0].unit.id as string);
  const [unit, place] = [await me(chair), await me(county)];
  const before = await figure(chair, unit);
  const set = async (key: string, value: unknown) =>
    county.put("/api/policies", {
      id: newId(),
      key: `membership.${key}`,
      unitId: place,
      value,
      from: ok(await county.get("/api/me")).installation.today,
      source: { document: "云溪县会籍办法（虚构）", tag: "U" },
    });
  ok(await set("confirmation-silence", "lapses"));
  ok(await set("confirmation-days", 10));
  const four = await s.as(phoneOf(3));
  const [entry] = ok(await four.get("/api/me/confirmations")).items;
  assert.equal(entry.dueOn, addDays(entry.since, 10), "the last day to answer is told");
  await s.pass(12);
  assert.deepEqual(ok(await four.get("/api/me/confirmations")).items, []);
  const line = async () =>
    ok(await chair.get(`/api/members?q=${encodeURIComponent(people[3]!.name)}&status=all`)).items[0];
  assert.equal((await line()).status, "CANCELLED");
  const page = ok(await chair.get(`/api/members/${(await line()).id}`));
  assert.equal(page.events[0].reason, "UNCONFIRMED");

  // Loaded again they are asked again; with the rule switched off, loading makes them a member.
  ok(await set("confirmation-silence", "stays"));
  assert.equal((await load(chair, unit)).toConfirm, 1);
  assert.equal((await line()).status, "APPLIED_BY_UNION");
  ok(await set("require-confirmation", false));
  assert.deepEqual((await load(chair, unit)).toConfirm, 0);
  assert.equal((await line()).status, "ACTIVE");
  assert.equal(await figure(chair, unit), before + 1);
  assert.deepEqual(await s.database.db.systemRead(wrongCounters), []);
});
