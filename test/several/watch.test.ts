import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { foundedOfficers, foundedWorkers } from "../../src/demo/federation.ts";
import { freePort, listen, several, signIn } from "./processes.ts";

/** What a process counts of itself, and what is drawn and alarmed from it. */

const s = several({ lives: true });
const deploy = join(import.meta.dirname, "../../deploy");

/** Names of metrics in a text that asks for them: ours, and those Node's client brings. */
function named(text: string): Set<string> {
  return new Set(text.match(/\b(?:zhijia|nodejs|process)_[a-z0-9_]+/g));
}

test("every metric that is drawn or alarmed is told, and nobody is in it", async () => {
  const web = await s.start(["--roles=web,worker"]);
  const officer = await signIn(web.url, "chair.county");
  for (const list of ["members?q=李", "cases", "inbox"]) await officer.get(`${web.url}/api/${list}`);
  await officer.get(`${web.url}/api/cases/00000000-0000-0000-0000-000000000000`);
  await officer.send("POST", `${web.url}/api/trial/clock`, { advance: "P1D" });
  const told = await (await fetch(`${web.url}/metrics`)).text();
  const names = named(told);
  for (const file of ["grafana/zhijia.json", "prometheus/alerts.yml"]) {
    const asked = named(readFileSync(join(deploy, file), "utf8"));
    assert.ok(asked.size > 5, file);
    assert.deepEqual(
      [...asked].filter((name) => !names.has(name)),
      [],
      file,
    );
  }
  const value = (name: RegExp): number =>
    Number(
      told
        .split("\n")
        .find((line) => name.test(line))
        ?.split(" ")
        .at(-1) ?? Number.NaN,
    );
  assert.ok(
    value(/^zhijia_http_request_duration_seconds_count\{.*route="\/api\/cases\/:id",status="404"/) === 1,
  );
  assert.ok(value(/^zhijia_db_statements_total\{statement="select case_file",pool="primary"/) > 0, told);
  assert.ok(value(/^zhijia_db_connections\{pool="primary",state="open"/) > 0, told);
  assert.ok(value(/^zhijia_db_wait_seconds_count\{pool="primary"/) > 0, told);
  assert.ok(value(/^zhijia_job_duration_seconds_count\{job="day.work",outcome="done"/) > 0);
  assert.ok(value(/^zhijia_jobs_waiting/) >= 0 && value(/^zhijia_cases_overdue/) >= 0);

  // Late cases are asked of every district, by those that run jobs alone; the queue is watched where no worker lives too.
  const other = await s.start(["--roles=web"]);
  const its = named(await (await fetch(`${other.url}/metrics`)).text());
  assert.ok(its.has("zhijia_jobs_waiting") && !its.has("zhijia_cases_overdue"));

  // Nobody is in it: no name, no phone, no id, no place.
  for (const { name, phone } of foundedWorkers)
    assert.ok(!told.includes(name) && !told.includes(phone), name);
  for (const { name, login } of foundedOfficers)
    assert.ok(!told.includes(name) && !told.includes(login), name);
  assert.doesNotMatch(told, /[0-9a-f]{8}-[0-9a-f]{4}|\b\d{6,}\b(?=")|[\u4e00-\u9fff]/);
});

test("how long a face was open is not counted as an answer's time, and a stream that was refused is", async () => {
  const web = await s.start(["--roles=web"]);
  const officer = await signIn(web.url, "chair.county");
  assert.equal((await fetch(`${web.url}/api/events`)).status, 401);
  const open = listen(web.url, officer.cookie);
  await open.until(/event: open/);
  // The session ends, and with the next thing to be heard the stream does: an answer that took as long as the face was open.
  assert.ok((await officer.send("DELETE", `${web.url}/api/session`)).status < 300);
  await (await signIn(web.url, "chair.county")).send("POST", `${web.url}/api/trial/clock`, {
    advance: "P1D",
  });
  await open.ended;
  await (await fetch(`${web.url}/healthz`)).text();
  const told = await (await fetch(`${web.url}/metrics`)).text();
  assert.match(told, /^zhijia_event_streams 0$/m);
  const counted = told.match(/^zhijia_http_request_duration_seconds_count\{.*"\/api\/events".*$/gm);
  assert.deepEqual(counted, [
    'zhijia_http_request_duration_seconds_count{method="GET",route="/api/events",status="401"} 1',
  ]);
});

test("with a port of their own, health and metrics are not on the public one", async () => {
  const port = String(await freePort());
  const worker = await s.start(["--roles=web,worker"], { ZHIJIA_HEALTH_PORT: port });
  assert.equal((await fetch(`${worker.url}/metrics`)).status, 404);
  const apart = `http://127.0.0.1:${port}`;
  assert.equal((await fetch(`${apart}/readyz`)).status, 200);
  assert.match(await (await fetch(`${apart}/metrics`)).text(), /^zhijia_build_info\{/m);
  assert.equal(await worker.stop(), 0, worker.said());
});
