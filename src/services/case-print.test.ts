import assert from "node:assert/strict";
import test, { before } from "node:test";
import { withServer } from "../http/testing.ts";
import { maySeePaper } from "../procedures/index.ts";
import {
  county,
  illnessPapers,
  need,
  officers,
  type Story,
  stood,
  storyOn,
  type TestWorker,
} from "./testing.ts";

let story: Story;
const app = withServer({
  parts: (database) => {
    story = storyOn(database);
    return { engine: story.engine, ring: story.engine.ring, maySeePaper };
  },
});
let worker: TestWorker;
let id: string;
before(async () => {
  await app.serving();
  worker = await story.worker("王例印");
  const papers = await story.papers(worker, ...illnessPapers);
  id = stood(await story.open("hardship-file", need(worker, papers), worker)).id;
});

const print = async (paper: string, caller?: Awaited<ReturnType<typeof app.as>>) =>
  (caller ?? (await app.as(worker.person, worker.unit.district, false))).get(
    `/api/cases/${id}/print?paper=${paper}`,
  );

test("the application and its acceptance are printed for whom they concern, and for nobody else", async () => {
  for (const paper of ["form", "acceptance"]) {
    const printed = await print(paper);
    assert.equal(printed.status, 200, printed.text.slice(0, 300));
    assert.equal(printed.headers["content-type"], "application/pdf");
    assert.match(String(printed.headers["content-disposition"]), /^inline; /);
    assert.equal(printed.bytes.subarray(0, 5).toString(), "%PDF-");
  }
  const other = await story.worker("赵例外", undefined, 2);
  assert.equal((await print("form", await app.as(other.person, other.unit.district, false))).status, 404);
});

test("a decision is printed once there is one, with a code that any stranger can check", async () => {
  assert.equal((await print("decision")).json.code, "not-offered");
  stood(await story.act(id, "refuse", officers.chair, { note: "收入超过标准" }));
  assert.equal((await print("decision")).status, 200);
  assert.equal((await print("decision")).status, 200);
  const codes = await app.db.systemRead((tx) =>
    tx
      .selectFrom("verify_code")
      .select("code")
      .where("kind", "=", "letter")
      .where("district", "=", county.district)
      .orderBy("code")
      .execute(),
  );
  assert.equal(
    codes.length,
    2,
    "one for the acceptance, one for the decision, however often they are printed",
  );
  for (const { code } of codes) {
    const checked = (await app.stranger.get(`/api/public/verify/${code}`)).json;
    assert.equal(checked.valid, true);
    assert.match(JSON.stringify(checked.facts), /王\*/);
    assert.doesNotMatch(JSON.stringify(checked.facts), /王例印|收入/);
  }
});
