import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { withDatabase } from "../db/testing.ts";
import type { Service } from "../procedures/define.ts";
import { jsonSchema } from "../procedures/fields-shown.ts";
import { catalogueOf, services } from "./index.ts";
import { officers, refused, stood, storyOn } from "./testing.ts";

const source = join(import.meta.dirname, "..");
const guide = readFileSync(join(source, "../docs/guides/add-a-service.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "zhijia-guide-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The guide's file, written down and loaded as it stands, its imports pointed at this tree. */
async function declared(): Promise<Service> {
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(guide) ?? [];
  assert.ok(code.includes("defineService"), "the guide shows a service");
  const file = join(folder, "winter-clothes.ts");
  writeFileSync(file, code.replaceAll('"../../', `"${pathToFileURL(source).href}/`));
  const module = (await import(pathToFileURL(file).href)) as { readonly winterClothes: Service };
  return module.winterClothes;
}

const invented = await declared();
const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t, catalogueOf([...services, invented]));
const { chair, countyAid } = officers;

test("the guide's invented service runs as it is written: one file, one line", async () => {
  const worker = await story.worker("冬例衣");
  assert.equal(
    refused(await story.open("winter-clothes", { size: "l", sets: 3, promise: true }, worker)),
    "number-above",
  );
  const c = stood(await story.open("winter-clothes", { size: "l", sets: 2, promise: true }, worker));
  assert.match(c.number, /^2026-990101-DY-00001$/);
  assert.equal(c.due.on, "2026-03-05");
  const agreed = stood(await story.act(c.id, "lend", chair, { note: "户外岗位" }));
  assert.equal(agreed.turn.unitName, "云溪县总工会");
  assert.equal(refused(await story.act(c.id, "confirm", chair)), "not-your-turn");
  const lent = stood(await story.act(c.id, "confirm", countyAid));
  assert.equal(lent.outcome, "lent");
  const messages = await t.db.systemRead((tx) =>
    tx.selectFrom("message").where("person_id", "=", worker.person).select("template").execute(),
  );
  assert.ok(messages.length >= 3);
});

test("its clocks run without a line of code: late it goes up, and silence above is consent", async () => {
  const worker = await story.worker("冬例钟", undefined, 3);
  const late = stood(await story.open("winter-clothes", { size: "m", sets: 1, promise: true }, worker));
  await story.days(4);
  const row = await t.db.systemRead((tx) =>
    tx
      .selectFrom("case_file")
      .where("id", "=", late.id)
      .select(["escalated", "step"])
      .executeTakeFirstOrThrow(),
  );
  assert.deepEqual(row, { escalated: true, step: "asked" });
  const other = stood(await story.open("winter-clothes", { size: "m", sets: 1, promise: true }, worker));
  stood(await story.act(other.id, "lend", chair));
  await story.days(5);
  const ended = await t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("id", "=", other.id).select("outcome").executeTakeFirstOrThrow(),
  );
  assert.equal(ended.outcome, "lent");
});

test("the catalogue tells the apps and the API all they need of every service", () => {
  for (const service of [...services, invented]) {
    const schema = jsonSchema(service.asks);
    assert.deepEqual(Object.keys(schema.properties as object), Object.keys(service.asks));
    for (const [name, step] of Object.entries(service.steps)) {
      assert.ok(step.title.zh && step.title.en, `${service.id}.${name}`);
      for (const one of Object.values(step.may)) assert.ok(one.title.zh && one.title.en);
    }
  }
});
