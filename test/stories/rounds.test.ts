import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { foundedUnits } from "../../src/demo/federation.ts";
import { derivedId, newId } from "../../src/kernel/ids.ts";
import { type Answer, story } from "./story.ts";

/** A round as people meet it: a county opens one, workers claim, one gives back, the next has the place. */

const told = story();
const unitOf = (key: string) => derivedId<"unit">("demo", key);
const inHours = (hours: number) => new Date(told.clock.now().getTime() + hours * 3_600_000).toISOString();

function plan(change: Readonly<Record<string, unknown>> = {}) {
  return {
    id: newId(),
    service: "cool-gift",
    unitId: unitOf("county"),
    title: "夏送清凉第一场",
    opensAt: inHours(-1),
    closesAt: inHours(48),
    quota: 1,
    waiting: 1,
    eachFen: 5000,
    budgetFen: 5000,
    ...change,
  };
}

const code = ({ status, body }: Answer) => `${status} ${body.code ?? body.state ?? ""}`;

test("a county opens a round; one worker has the place, the next waits and moves up", async () => {
  assert.ok(foundedUnits.some((one) => one.key === "county"));
  const aid = await told.as("aid.county");
  const worker = await told.as("organiser.grassroots");
  const second = await told.as("chair.grassroots");
  const third = await told.as("organiser.machine");
  assert.equal(code(await aid.post("/api/rounds", plan({ budgetFen: 4999 }))), "422 round-budget");
  assert.equal(code(await aid.post("/api/rounds", plan({ service: "join" }))), "422 round-service");
  assert.equal(code(await aid.post("/api/rounds", plan({ unitId: unitOf("lake") }))), "404 not-found");
  assert.equal(code(await worker.post("/api/rounds", plan())), "403 not-yours");

  const first = plan();
  const opened = await aid.post("/api/rounds", first);
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  assert.equal((await aid.post("/api/rounds", first)).status, 201, "the same again");
  assert.equal(code(await aid.post("/api/rounds", { ...first, quota: 2 })), "409 same-id-other-content");

  const mine = async (who: typeof worker) =>
    (await who.get("/api/me/rounds")).body.items.find((one: { id: string }) => one.id === first.id);
  assert.deepEqual(
    { left: (await mine(worker)).left, phase: (await mine(worker)).phase },
    { left: 1, phase: "open" },
  );
  const at = `/api/rounds/${first.id}/claims`;
  const id = newId();
  assert.equal(code(await worker.post(at, { id })), "201 held");
  assert.equal(code(await worker.post(at, { id })), "201 held");
  assert.equal(code(await worker.post(at, { id: newId() })), "409 round-claimed");
  const queued = newId();
  assert.equal(code(await second.post(at, { id: queued })), "201 waiting");
  assert.equal(code(await third.post(at, { id: newId() })), "409 round-full");
  assert.equal(code(await (await told.as("organiser.port")).post(at, { id: newId() })), "404 not-found");
  assert.equal((await mine(second)).mine.state, "waiting");

  assert.equal((await worker.post(`/api/rounds/${first.id}/give-back`, { id: newId() })).status, 200);
  assert.equal((await mine(second)).mine.state, "held", "at once");
  await told.pass(1);
  const theCase = await second.get(`/api/cases/${queued}`);
  assert.equal(theCase.body.case.step, "to_collect");
  assert.equal(theCase.body.case.amountFen, 5000);

  // A claim under the id of another case can have no case of its own: its place goes back, and waits for the next.
  const other = plan();
  await aid.post("/api/rounds", other);
  const there = `/api/rounds/${other.id}`;
  const joining = newId();
  const newcomer = await told.as("newcomer");
  const known = (await newcomer.get("/api/me/known")).body.items;
  const value = (key: string) => known.find((one: { key: string }) => one.key === key)?.value;
  const answers = {
    situation: "unit_has_union",
    unit: unitOf("textile"),
    idNumber: value("idNumber"),
    phone: value("phone"),
    constitution: true,
    dataConsent: true,
    signature: (await newcomer.get("/api/me")).body.person.name,
  };
  assert.equal((await newcomer.post("/api/cases", { id: joining, service: "join", answers })).status, 201);
  assert.equal(code(await worker.post(`${there}/claims`, { id: joining })), "201 held");
  await told.pass(1);
  assert.equal(code(await worker.post(`${there}/give-back`, { id: newId() })), "409 round-not-claimed");
  assert.equal(code(await second.post(`${there}/claims`, { id: newId() })), "201 held");
  const claims = await aid.get(at);
  assert.deepEqual(
    claims.body.items.map((one: { number: number; state: string }) => `${one.number} ${one.state}`),
    ["1 returned", "2 held"],
  );
  assert.equal((await aid.post(`/api/rounds/${first.id}/end`)).body.phase, "over");
  assert.equal(code(await aid.post(`/api/rounds/${first.id}/end`)), "409 round-ended");
  assert.equal(code(await third.post(at, { id: newId() })), "409 round-over");
});

test("a city’s round is split over its counties, each with its own places", async () => {
  const aid = await told.as("aid.city");
  const ahead = plan({ unitId: unitOf("city"), quota: 10, budgetFen: null, opensAt: inHours(2) });
  const opened = await aid.post("/api/rounds", ahead);
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const page = (await aid.get(`/api/rounds/${ahead.id}`)).body;
  assert.equal(
    page.districts.reduce((sum: number, one: { quota: number }) => sum + one.quota, 0),
    10,
  );
  assert.ok(page.districts.length > 1);
  const worker = await told.as("organiser.grassroots");
  assert.equal(
    code(await worker.post(`/api/rounds/${ahead.id}/claims`, { id: newId() })),
    "409 round-not-open",
  );
  const wrong = plan({ unitId: unitOf("city"), shares: [{ district: "999001", quota: 1 }] });
  assert.equal(code(await aid.post("/api/rounds", wrong)), "422 round-shares");
});

test("whoever moves to another district keeps the claim made before, takes no second, and may give it back", async () => {
  const [aid, oldChair, newChair] = [
    await told.as("aid.city"),
    await told.as("chair.grassroots"),
    await told.as("chair.software"),
  ];
  const worker = await told.as("wu");
  const round = plan({ unitId: unitOf("city"), quota: 40, waiting: 0, budgetFen: null });
  assert.equal((await aid.post("/api/rounds", round)).status, 201);
  const at = `/api/rounds/${round.id}`;
  const mine = async () =>
    (await worker.get("/api/me/rounds")).body.items.find((one: { id: string }) => one.id === round.id);
  const id = newId();
  assert.equal(code(await worker.post(`${at}/claims`, { id })), "201 held");
  const before = await mine();
  const me = (await worker.get("/api/me")).body.person.id;

  const transfer = newId();
  const toUnitId = (await newChair.get("/api/me")).body.posts[0].unit.id;
  assert.equal((await oldChair.post(`/api/members/${me}/transfer`, { id: transfer, toUnitId })).status, 201);
  assert.equal((await oldChair.post(`/api/transfers/${transfer}/release`)).status, 200);
  assert.equal((await newChair.post(`/api/transfers/${transfer}/accept`)).status, 200);

  await pause(600); // a session is believed for half a second
  const after = await mine();
  assert.notEqual(after.quota, before.quota, "the places of the new district");
  assert.deepEqual([after.mine.claimId, after.mine.state], [id, "held"]);
  assert.equal(code(await worker.post(`${at}/claims`, { id: newId() })), "409 round-claimed");
  assert.equal((await worker.post(`${at}/give-back`, { id: newId() })).status, 200);
  assert.equal((await mine()).mine.state, "returned");
  assert.equal(code(await worker.post(`${at}/claims`, { id: newId() })), "201 held");
});
