import assert from "node:assert/strict";
import test from "node:test";
import { newId } from "../../src/kernel/ids.ts";
import { wrongCounters } from "../../src/people/membership-store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** A transfer under way and a membership that ends meanwhile: what is over is brought back by no union's acceptance. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}
const refusal = (answer: Answer): string => `${answer.status} ${answer.body.code}`;
const unitOf = async (who: Visitor): Promise<string> => ok(await who.get("/api/me")).posts[0].unit.id;

test("who was expelled while a transfer was asked for, or died while it was released, becomes a member nowhere", async () => {
  const [from, to] = [await s.as("chair.grassroots"), await s.as("chair.machine")];
  const toUnitId = await unitOf(to);
  const change = (person: string, body: object) =>
    from.post(`/api/members/${person}/status`, { id: newId(), ...body });
  const asked = async (person: string): Promise<string> => {
    const id = newId();
    ok(await from.post(`/api/members/${person}/transfer`, { id, toUnitId, note: "当面同意" }), 201);
    return id;
  };
  const step = (who: Visitor, id: string, name: string) => who.post(`/api/transfers/${id}/${name}`, {});

  const expelled: string = ok(await (await s.as("wu")).get("/api/me")).person.id;
  const first = await asked(expelled);
  const expulsion = { decision: "工〔2026〕4 号", opinion: "小组同意", filing: "备 2026-1" };
  ok(await change(expelled, { name: "expel", ...expulsion }));
  assert.equal(refusal(await step(from, first, "release")), "409 transfer-membership-over");

  const items = ok(await from.get(`/api/members?unit=${await unitOf(from)}&status=members`)).items;
  const dead: string = items.find((one: { id: string }) => one.id !== expelled).id;
  const second = await asked(dead);
  ok(await step(from, second, "release"));
  ok(await change(dead, { name: "deceased" }));
  assert.equal(refusal(await step(to, second, "accept")), "409 transfer-membership-over");
  const may: { name: string; allowed: boolean }[] = ok(await to.get(`/api/transfers/${second}`)).may;
  assert.deepEqual(
    may.map((one) => [one.name, one.allowed]),
    [
      ["release", false],
      ["accept", false],
      ["refuse", true],
    ],
    "the page says so before",
  );
  const listed = ok(await to.get("/api/transfers")).items.find((one: { id: string }) => one.id === second);
  assert.deepEqual(listed.mine, ["refuse"], "and so does the list");
  assert.equal(ok(await from.get(`/api/members/${dead}`)).person.status, "DECEASED");
  assert.equal(ok(await from.get(`/api/members/${expelled}`)).person.status, "EXPELLED");
  // What is left of it is put away by either union.
  assert.equal(ok(await step(to, second, "refuse")).status, "refused");
  assert.equal(ok(await from.get(`/api/members/${dead}`)).person.status, "DECEASED");
  assert.deepEqual(await s.database.db.systemRead(wrongCounters), []);
});
