import assert from "node:assert/strict";
import test from "node:test";
import { newId } from "../../src/kernel/ids.ts";
import { unsealPerson } from "../../src/people/index.ts";
import { getPerson } from "../../src/people/store.ts";
import { type Answer, story } from "./story.ts";

/** Agency and user unit both name a dispatched worker: neither gets a second relation, the worker chooses. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

test("a roster names a member of another union as dispatched; both unions see the claim, and the worker decides it", async () => {
  const [worker, holding, claiming] = [
    await s.as("wu"),
    await s.as("chair.grassroots"),
    await s.as("chair.machine"),
  ];
  const me = ok(await worker.get("/api/me")).person;
  const number = await s.database.db.systemRead(async (tx) =>
    unsealPerson(s.ring, await getPerson(tx, me.id)),
  );
  const [from, to] = [
    ok(await holding.get("/api/me")).posts[0].unit.id,
    ok(await claiming.get("/api/me")).posts[0].unit.id,
  ];
  assert.deepEqual(ok(await worker.get("/api/me/claims")).items, []);
  const content = `姓名,身份证号,用工形式\r\n${me.name},${number.idNumber},劳务派遣\r\n`;
  ok(
    await claiming.upload(
      "/api/imports",
      { name: "派遣工名册.csv", content, type: "text/csv" },
      { unit: to, kind: "roster" },
    ),
    201,
  );
  await s.pass(1); // the jobs have run when it answers

  const [claim] = ok(await worker.get("/api/me/claims")).items;
  const told = ok(await worker.get("/api/messages")).items.map((one: { title: string }) => one.title);
  assert.deepEqual(
    told.filter((title: string) => title === "请选择参加哪一家工会"),
    ["请选择参加哪一家工会"],
  );
  assert.deepEqual([claim.holding.id, claim.claiming.id], [from, to]);
  for (const chair of [holding, claiming]) {
    const seen = ok(await chair.get("/api/transfers")).items.find(
      (one: { id: string }) => one.id === claim.id,
    );
    assert.equal(seen.claim, true);
    assert.deepEqual(seen.mine, chair === claiming ? ["refuse"] : []);
    const waits = ok(await chair.get("/api/inbox")).items;
    assert.ok(!waits.some((one: { id: string }) => one.id === claim.id), "the worker’s turn, no union’s");
    const release = await chair.post(`/api/transfers/${claim.id}/release`);
    assert.equal(`${release.status} ${release.body.code}`, "409 worker-chooses-union");
    assert.match(release.body.source ?? JSON.stringify(release.body), /第六十四条/);
  }
  const other = await s.as("qian");
  assert.equal((await other.post(`/api/me/claims/${claim.id}`, { unitId: to })).status, 404);
  assert.equal((await worker.post(`/api/me/claims/${claim.id}`, { unitId: newId() })).status, 404);
  assert.equal(ok(await worker.post(`/api/me/claims/${claim.id}`, { unitId: to })).status, "accepted");
  assert.equal(ok(await worker.get("/api/me")).person.unit.id, to);
  assert.deepEqual(ok(await worker.get("/api/me/claims")).items, []);
  assert.equal((await holding.get(`/api/members/${me.id}`)).status, 404, "no member of the old union");
  const page = ok(await claiming.get(`/api/members/${me.id}`));
  assert.equal(
    page.memberships.filter((one: { status: string }) => one.status === "ACTIVE").length,
    1,
    "one relation",
  );
});
