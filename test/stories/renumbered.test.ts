import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after } from "node:test";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { type Answer, story } from "./story.ts";

/** A telephone number is what a worker signs in by: who is given another by their union hears of it at the old one. */

const sent: { phone: string; template: string; text: string }[] = [];
const gateway = createServer((request, answer) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    sent.push(JSON.parse(body));
    answer.writeHead(200).end();
  });
});
await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", done));
after(() => void gateway.close());

const heard: string[] = [];
const s = story({
  heard,
  env: { SMS_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/` },
});

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

const name = "号例一";
const identity = fictitiousIdentity("990101", day("1988-03-04"), 911);
const [first, second] = ["13907770101", "13907770102"];
const told = () => sent.filter((one) => one.template === "number-changed");

test("who is given another telephone number by a roster is told at the old one, by whom and what to do", async () => {
  const chair = await s.as("chair.grassroots");
  const { unit } = ok(await chair.get("/api/me")).posts[0];
  const load = async (phone: string, more = "") => {
    const content = `姓名,身份证号,手机号${more && ",岗位"}\r\n${name},${identity},${phone}${more}`;
    const file = { name: "名册.csv", content, type: "text/csv" };
    const made = ok(await chair.upload("/api/imports", file, { unit: unit.id, kind: "roster" }), 201);
    await s.pass(1); // over the quiet hours, and the jobs have run when it answers
    return ok(await chair.get(`/api/imports/${made.id}`));
  };
  assert.equal((await load(first)).loaded, 1);
  const worker = await s.as(first);
  const [entry] = ok(await worker.get("/api/me/confirmations")).items;
  ok(await worker.post(`/api/me/confirmations/${entry.id}`, { confirm: true }));
  assert.equal((await load(first, ",焊工")).updated, 1);
  assert.deepEqual(told(), [], "the same number again is no news");

  assert.equal((await load(second)).updated, 1);
  const [notice, ...others] = told();
  assert.deepEqual(others, []);
  assert.equal(notice!.phone, first, "the number they had, not the one that replaced it");
  assert.match(notice!.text, new RegExp(`手机号码已更改.*${unit.name}.*不是您要改的.*联系`));
  assert.doesNotMatch(notice!.text, new RegExp(`${name}|${second}|${identity}`), "nothing else of them");
  const { items } = ok(await worker.get("/api/messages"));
  const inApp = items.find((one: { template: string }) => one.template === "member.renumbered");
  assert.match(inApp.body, new RegExp(unit.name));
  assert.deepEqual(inApp.deliveries, [{ channel: "sms", state: "sent" }]);
  const log = heard.join("\n");
  for (const number of [first, second]) assert.ok(!log.includes(number), "no number in a log");
});
