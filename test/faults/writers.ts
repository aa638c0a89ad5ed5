import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { foundedNewcomer } from "../../src/demo/federation.ts";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { newId } from "../../src/kernel/ids.ts";
import { parseKeyring } from "../../src/kernel/seal.ts";
import { objectionId } from "../../src/procedures/objections.ts";
import type { Answer, Site } from "./program.ts";

/** People who write to a site, each request with an id of its own, so that what became of it can be counted. */

/** One request that changes something, and how often its effect stands in the database (or that it does, for a draft). */
export interface Write {
  readonly id: string;
  readonly send: () => Promise<Answer>;
  readonly effects: (db: pg.Client) => Promise<number>;
}

/** Writes one after the other. What was sent without an answer is asked again before anything new. */
export interface Writer {
  readonly name: string;
  readonly next: () => Write | null;
  waiting: Write | null;
  readonly acknowledged: Write[];
}

function writer(name: string, next: () => Write | null): Writer {
  return { name, next, waiting: null, acknowledged: [] };
}

export async function send(one: Writer): Promise<boolean> {
  one.waiting ??= one.next();
  if (one.waiting === null) return false;
  const answer = await one.waiting.send();
  if (answer.status === 0 || answer.status >= 500) return false;
  assert.ok(answer.status < 300, `${one.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  one.acknowledged.push(one.waiting);
  one.waiting = null;
  return true;
}

const counted = (text: string) => (id: string) => async (db: pg.Client) =>
  Number((await db.query(text, [id])).rows[0].count);
const actions = counted("select count(*) from case_action where id = $1");
const openings = counted(
  `select count(*) from case_file c join case_lookup l on l.case_id = c.id join case_action a on a.id = c.id
     join membership m on m.case_id = c.id where c.id = $1`,
);
const objections = counted("select count(*) from objection where id = $1");
const receipts = counted(
  "select count(*) from voucher v join transfer t on t.voucher_id = v.id where v.id = $1",
);

/** Somebody who asks to join and withdraws, again and again. */
function newcomer(s: Site, name: string, cookie: string, unit: string, sequence: number): Writer {
  let open: string | null = null;
  return writer(name, () => {
    const id = newId();
    if (open !== null) {
      const url = `/api/cases/${open}/actions`;
      open = null;
      return {
        id,
        send: () => s.answered("POST", url, { id, name: "withdraw", answers: {} }, cookie),
        effects: actions(id),
      };
    }
    open = id;
    const body = { id, service: "join", answers: joining(name, unit, sequence) };
    return { id, send: () => s.answered("POST", "/api/cases", body, cookie), effects: openings(id) };
  });
}

function joining(name: string, unit: string, sequence: number) {
  return {
    situation: "unit_has_union",
    unit,
    idNumber: fictitiousIdentity("990101", day("1991-05-05"), sequence),
    phone: "13900000098",
    constitution: true,
    dataConsent: true,
    signature: name,
  };
}

const places = counted(
  `select count(*) from round_claim c join round_share s on s.district = c.district and s.round_id = c.round_id
     where c.id = $1 and s.held <= s.quota`,
);

/** Somebody who claims a place and gives it back, again and again. */
function claimant(s: Site, name: string, cookie: string, round: string): Writer {
  let held = false;
  return writer(name, () => {
    const id = newId();
    const url = `/api/rounds/${round}/${held ? "give-back" : "claims"}`;
    const effects = held ? actions : places;
    held = !held;
    return { id, send: () => s.answered("POST", url, { id }, cookie), effects: effects(id) };
  });
}

/** A round of the county, open now and for hours and days around. */
async function openRound(s: Site, quota: number): Promise<string> {
  const aid = await s.officer("aid.county");
  const me = await s.answered("GET", "/api/me", undefined, aid);
  const id = newId();
  const [from, to] = [-2 * 3_600_000, 2 * 86_400_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const unitId = me.body.posts[0].unit.id;
  const body = { id, service: "cool-gift", unitId, title: "断电演练", opensAt: from, closesAt: to, quota };
  const answer = await s.answered("POST", "/api/rounds", body, aid);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return id;
}

/** Everybody who writes, signed in. */
export async function cast(s: Site): Promise<readonly Writer[]> {
  const chair = await s.officer("chair.grassroots");
  const organiser = await s.officer("organiser.grassroots");
  const finance = await s.officer("finance.county");
  const worker = await s.signIn("13900000002", { code: "123456" });
  const own = (
    await s.answered("GET", "/api/me", undefined, await s.signIn("13900000001", { code: "123456" }))
  ).body.person.unit.id;
  const people = [];
  for (const [index, name] of ["卞例杀", "柯样断", "傅拟停"].entries())
    people.push({
      name,
      cookie: await s.signIn(`1390000008${index}`, { code: "123456", name, unit: own }),
      sequence: 920 + index,
    });

  const round = await openRound(s, 2);
  const standing = newId();
  const { phone, name } = foundedNewcomer;
  const asker = await s.signIn(phone, { code: "123456" });
  const opened = await s.answered(
    "POST",
    "/api/cases",
    { id: standing, service: "join", answers: joining(name, own, 930) },
    asker,
  );
  assert.equal(opened.status, 201, JSON.stringify(opened.body));

  const notices = await s.answered("GET", "/api/public/notices");
  const funds = await s.answered("GET", "/api/funds", undefined, finance);
  const fund = funds.body.items[0].id;
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
  const notice = notices.body.items[0].id;

  const ring = parseKeyring(readFileSync(join(s.folder, "data", "keys"), "utf8"));
  const opinions = (who: string, cookie: string) =>
    writer(`${who} on the one case`, () => {
      const id = newId();
      const body = { id, name: "opinion", answers: { note: `小组意见 ${id}` } };
      return {
        id,
        send: () => s.answered("POST", `/api/cases/${standing}/actions`, body, cookie),
        effects: actions(id),
      };
    });
  const drafts = writer("a draft", () => {
    const id = newId();
    const answers = { story: id };
    return {
      id,
      send: () => s.answered("PUT", "/api/drafts/hardship-file", { answers }, worker),
      effects: async () => {
        const kept = (await s.answered("GET", "/api/drafts/hardship-file", undefined, worker)).body.answers;
        const replaced = drafts.acknowledged.some(
          (one, index, all) => one.id === id && index < all.length - 1,
        );
        return replaced || kept?.story === id ? 1 : 0;
      },
    };
  });
  let raised = 0;
  const objecting = writer("objections", () => {
    if (++raised % 2 === 0) return null; // strangers may not object without end
    const id = newId();
    const body = { id, text: `与公示内容不符,请核实 ${id}` };
    return {
      id,
      send: () => s.answered("POST", `/api/public/notices/${notice}/objections`, body),
      effects: objections(objectionId(ring, id)),
    };
  });
  const money = writer("money received", () => {
    const id = newId();
    const body = { id, amountFen: 100, on: today, memo: "断电演练收款" };
    return {
      id,
      send: () => s.answered("POST", `/api/funds/${fund}/receive`, body, finance),
      effects: receipts(id),
    };
  });
  return [
    opinions("the chair", chair),
    opinions("the chair again", chair),
    opinions("the organiser", organiser),
    ...people.map((one) => newcomer(s, one.name, one.cookie, own, one.sequence)),
    claimant(s, "a claimant", await s.signIn("13900000001", { code: "123456" }), round),
    claimant(s, "a second claimant", worker, round),
    drafts,
    objecting,
    money,
  ];
}

/** Everybody writes until nobody is answered any more, or `enough` writes were. Returns how many were. */
export async function write(writers: readonly Writer[], enough = Number.POSITIVE_INFINITY): Promise<number> {
  let done = 0;
  await Promise.all(
    writers.map(async (one) => {
      while (done < enough && (await send(one))) done++;
    }),
  );
  return done;
}

/** Finds every acknowledged write exactly once, and the last of each writer unmoved by a repetition. */
export async function eachOnce(s: Site, writers: readonly Writer[], when: string): Promise<void> {
  for (const one of writers) {
    const answer = await one.acknowledged.at(-1)?.send();
    if (answer)
      assert.ok(answer.status < 300, `${one.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  await s.looking(async (db) => {
    for (const one of writers)
      for (const write of one.acknowledged)
        assert.equal(await write.effects(db), 1, `${when}: ${one.name}, ${write.id}`);
  });
}
