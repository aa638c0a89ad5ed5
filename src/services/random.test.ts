import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { closeDay } from "../procedures/closing.ts";
import { offers } from "../procedures/decide.ts";
import type { Field, Fields } from "../procedures/fields.ts";
import { contextOf, doerOf, loadCase, siteOf } from "../procedures/load.ts";
import { raiseObjection } from "../procedures/objections.ts";
import { findCase } from "../procedures/store.ts";
import { verifyCases, verifyCounters } from "../procedures/verify.ts";
import type { Actor } from "../units/index.ts";
import {
  city,
  county,
  illnessPapers,
  need,
  officer,
  officers,
  stood,
  storyOn,
  type TestWorker,
  township,
} from "./testing.ts";

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);

/** The same draws on every machine. */
let seed = 20_260_302;
function draw(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
function pick<Item>(items: readonly Item[]): Item {
  return items[draw(items.length)] as Item;
}

const people: readonly Actor[] = [
  ...Object.values(officers),
  officer("朱试野", township, "chair"),
  officer("秦例田", township, "aid"),
  officer("陶样信", city, "chair"),
  officer("尤二样", county, "vice_chair"),
];

/** Answers to an action's questions; now and then a wrong one. */
async function answersTo(asks: Fields, worker: TestWorker): Promise<Record<string, unknown>> {
  if (asks.members) {
    const income = draw(3) * 4_000_000;
    const papers = await story.papers(worker, ...illnessPapers);
    return need(worker, papers, { incomes: [{ who: worker.name, kind: "wage", amountFen: income }] });
  }
  const answers: Record<string, unknown> = {};
  for (const [key, asked] of Object.entries(asks)) {
    if (!asked.required && draw(2) === 0) continue;
    answers[key] = draw(25) === 0 ? null : valueFor(asked);
  }
  return answers;
}

function valueFor(asked: Field): unknown {
  switch (asked.kind) {
    case "oneOf":
      return pick(asked.options ?? []).value;
    case "manyOf":
      return !asked.required && draw(8) > 0 ? [] : [pick(asked.options ?? []).value];
    case "officers":
      return [officers.chair.person, officers.organiser.person];
    case "day":
      return t.clock.today();
    case "money":
      return 100_000 + draw(1_300_000);
    case "yesNo":
      return draw(2) === 0;
    case "papers":
      return undefined;
    default:
      return `随机 ${draw(1000)}`;
  }
}

/** Everything anybody may do to a case now. */
async function offered(id: string, actors: readonly Actor[]) {
  return t.db.systemRead(async (tx) => {
    const row = await findCase(tx, id);
    assert.ok(row);
    const service = story.engine.catalogue.services.get(row.service);
    assert.ok(service);
    const loaded = await loadCase(story.engine, tx, row);
    const today = t.clock.today();
    const nobody = doerOf(officers.chair, today);
    const context = await contextOf(
      story.engine,
      tx,
      siteOf(story.engine, service, loaded, {}, nobody, today),
    );
    return actors.flatMap((actor) =>
      offers(service, loaded.state, doerOf(actor, today), context)
        .filter((one) => one.refusal === null)
        .map((one) => ({ actor, ...one })),
    );
  });
}

test("after hundreds of random actions every case is the fold of its actions, and nobody decided two levels", async () => {
  const workers: TestWorker[] = [];
  const cases: { readonly id: string; readonly worker: TestWorker }[] = [];
  for (let n = 0; n < 8; n++) {
    const worker = await story.worker(`随例${"甲乙丙丁戊己庚辛"[n]}`, undefined, 600 + n);
    workers.push(worker);
    const papers = await story.papers(worker, ...illnessPapers);
    cases.push({ id: stood(await story.open("hardship-file", need(worker, papers), worker)).id, worker });
  }
  let done = 0;
  for (let n = 0; n < 420; n++) {
    const { id, worker } = pick(cases);
    const open = await offered(id, [worker, ...people]);
    if (open.length > 0) {
      const onward = open.filter((one) => one.def.kind === "primary");
      const { name, def, actor } = pick(onward.length > 0 && draw(5) < 3 ? onward : open);
      // Ends are rare, or there would be nothing left to try.
      if (def.kind === "danger" && draw(15) > 0) continue;
      const result = await story.act(id, name, actor, await answersTo(def.asks ?? {}, worker));
      if (!isRefusal(result)) done++;
      // Of two cases of one family, each within the year's limit when it was proposed, the second to be approved may pass it.
      else if (name !== "approve" || result.code !== "cap-exceeded")
        assert.ok(result.at?.startsWith("/answers"), `what was offered was refused: ${name} ${result.code}`);
    }
    if (draw(9) === 0) {
      await story.days(1 + draw(9));
      const yesterday = await t.db.systemRead((tx) =>
        tx
          .selectFrom("case_action")
          .select("on_day")
          .orderBy("on_day", "desc")
          .limit(1)
          .executeTakeFirstOrThrow(),
      );
      if (yesterday.on_day < t.clock.today())
        await t.db.system((tx) => closeDay(tx, story.engine.ring, yesterday.on_day, t.clock.now()));
    }
    if (draw(40) === 0) {
      const notice = await t.db.systemRead((tx) =>
        tx.selectFrom("notice").where("state", "=", "up").select("id").limit(1).executeTakeFirst(),
      );
      if (notice)
        await raiseObjection(story.engine, notice.id, { id: newId(), text: "随机提出的异议" }, "board");
    }
    if (draw(15) === 0) {
      const worker = pick(workers);
      const asked = {
        need: "药费",
        payee: "self",
        bankHolder: worker.name,
        bankName: "虚构银行",
        bankCard: "9999000000000000017",
        statement: true,
      };
      const aid = await story.open("living-aid", asked, worker);
      if (!isRefusal(aid)) cases.push({ id: aid.case.id, worker });
    }
  }
  assert.ok(done > 80, `only ${done} actions were done`);
  const checked = await verifyCases(story.engine);
  assert.deepEqual(checked.broken, []);
  assert.ok(checked.roots > 3);
  for (const atOnce of [1, 2, 7, checked.cases])
    assert.deepEqual(await verifyCases(story.engine, { atOnce }), checked, `by pages of ${atOnce}`);
  assert.deepEqual(await verifyCounters(t.db), []);
  const decided = await t.db.systemRead((tx) =>
    tx
      .selectFrom("case_action")
      .where("by_person", "is not", null)
      .select(["case_id", "by_person", "after"])
      .execute(),
  );
  const levels = new Map<string, Set<string>>();
  for (const one of decided) {
    const { level } = one.after as { readonly level: string | null };
    if (level) {
      const key = `${one.case_id} ${one.by_person}`;
      levels.set(key, (levels.get(key) ?? new Set()).add(level));
    }
  }
  for (const [key, found] of levels) assert.equal(found.size, 1, key);
  const steps = await t.db.systemRead((tx) =>
    tx.selectFrom("case_action").select("to_step").distinct().execute(),
  );
  assert.ok(steps.length > 10, `only ${steps.length} steps were reached`);
});

test("a root that was tampered with, or lacks an action, is named", async () => {
  const root = await t.db.systemRead((tx) =>
    tx.selectFrom("day_root").orderBy("day").selectAll().executeTakeFirstOrThrow(),
  );
  const change = (previous: Buffer | null, bytes: Buffer) =>
    t.owner.system((tx) =>
      tx
        .updateTable("day_root")
        .set({ root: bytes, previous })
        .where("district", "=", root.district)
        .where("day", "=", root.day)
        .execute(),
    );
  await change(root.previous, Buffer.alloc(32, 7));
  const checks = new Set((await verifyCases(story.engine)).broken.map((one) => one.check));
  assert.ok(checks.has("day-root") && checks.has("day-signature") && checks.has("day-chain"));
  await change(root.previous, root.root);
  assert.deepEqual((await verifyCases(story.engine)).broken, []);
});
