import assert from "node:assert/strict";
import test from "node:test";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { type Answer, story } from "./story.ts";

/** Files of other kinds than rosters are loaded by the queue as well, and tell the same of themselves. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

/** Uploads a file for the officer's own union, and gives the import's page once the queue has run. */
async function load(login: string, kind: string, name: string, lines: readonly string[]) {
  const officer = await s.as(login);
  const unit = ok(await officer.get("/api/me")).posts[0].unit.id;
  const file = { name, content: lines.join("\r\n"), type: "text/csv" };
  const made = ok(await officer.upload("/api/imports", file, { unit, kind }), 201);
  await s.pass(1); // the jobs have run when it answers
  return ok(await officer.get(`/api/imports/${made.id}`));
}

test("a list of unions is loaded, and what was wrong with a row is told", async () => {
  const chair = await s.as("chair.county");
  const here = ok(await chair.get("/api/me")).posts[0].unit.name;
  const done = await load("chair.county", "units", "工会.csv", [
    "上级工会,工会名称",
    `${here},虚构糖厂工会委员会`,
    "没有,虚构盐厂工会委员会",
  ]);
  assert.deepEqual([done.state, done.read, done.loaded, done.rejected], ["done", 2, 1, 1]);
  assert.match(JSON.stringify(done), /没有找到上级工会「没有」/);
});

test("a register of low incomes is loaded, and what was wrong with a row is told", async () => {
  const number = fictitiousIdentity("990101", day("1985-06-15"), 941);
  const done = await load("aid.county", "register", "低保.csv", [
    "身份证号码,救助类别,认定日期",
    `${number},低保,2026-01-05`,
    `${number},甲,2026-01-05`,
  ]);
  assert.deepEqual([done.state, done.read, done.loaded, done.rejected], ["done", 2, 1, 1]);
});
