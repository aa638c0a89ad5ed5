import assert from "node:assert/strict";
import iconv from "iconv-lite";
import type { Tx } from "../db/index.ts";
import type { TestDatabase } from "../db/testing.ts";
import { type Day, day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { parseYuan } from "../kernel/money.ts";
import { expect, isRefusal, sentence } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { chinaCalendar } from "../kernel/working-days.ts";
import { type Actor, type Scope, scopeOfAny } from "../units/index.ts";
import { foundAt, officer, type TestUnit, unitAt } from "../units/testing.ts";
import { bankFile, loadResult } from "./bank.ts";
import { findBatch } from "./batch-store.ts";
import { getFund, openFund, placeOf, receive } from "./fund-store.ts";
import { balanceOf, type Fund } from "./funds.ts";
import { decideGrant, type GrantDraft, type GrantHook } from "./grant-store.ts";
import { itemsOf } from "./item-store.ts";
import { type ActAnswers, actOnBatch, type BatchAct, makeBatch } from "./pay.ts";
import type { Paying } from "./paying.ts";
import { verifyLedger } from "./verify.ts";

export { officer, type TestUnit } from "../units/testing.ts";

/** A small fictitious federation for the ledger's tests: a city, its county, a union in it, and their officers. */

/** Fen of an amount in yuan, as a person would type it. Throws for what is no amount. */
export const yuan = (text: string) => expect(parseYuan(text));
export const ring = parseKeyring(newKeyring());

export const city = unitAt("云溪市总工会", "PREFECTURE", "cn.99.9901", "990100");
export const county = unitAt("云溪县总工会", "COUNTY", "cn.99.9901.990101", "990101");
export const grassroots = unitAt("虚构机械厂工会", "GRASSROOTS", "cn.99.9901.990101.k1", "990101");
export const elsewhere = unitAt("望云县总工会", "COUNTY", "cn.99.9901.990103", "990103");

const foundings = new WeakMap<TestDatabase, Promise<void>>();

/** Found the units, once for each database: a file's `beforeEach`. */
export function found(t: TestDatabase): Promise<void> {
  const known = foundings.get(t) ?? foundAt(t, [city, county, grassroots, elsewhere]);
  foundings.set(t, known);
  return known;
}

/** The five people of a county's payments. */
export const people = {
  aid: officer("帮扶干事", county, "aid"),
  vice: officer("副主席", county, "vice_chair"),
  finance: officer("财务", county, "finance"),
  chair: officer("主席", county, "chair"),
  cashier: officer("出纳", county, "cashier"),
};

/** Where an officer works on batches on a day, by any power over them. Throws for one who has none. */
export function scopeFor(actor: Actor, on: Day): Scope {
  return expect(
    scopeOfAny(
      actor,
      ["batch.make", "batch.review", "batch.fund", "batch.approve", "batch.bank", "batch.read"],
      on,
    ),
  );
}

/** What payments rest on: the test's clock, China's calendar, and a hook told of every grant that changes. */
export function payingOn(t: TestDatabase, onGrantState?: GrantHook): Paying {
  return { ring, calendar: chinaCalendar, now: t.clock.now(), today: t.clock.today(), onGrantState };
}

/** A value, or a failed test that says why in words. */
export function ok<T>(value: T): Exclude<T, { refused: true }> {
  if (isRefusal(value)) throw new Error(`refused: ${value.code}: ${sentence(value, "en")}`);
  return value as Exclude<T, { refused: true }>;
}

/** A fund with money in it. */
export async function fundWith(
  tx: Tx,
  t: TestDatabase,
  amount: string,
  more: Partial<Pick<Fund, "source" | "name" | "year" | "purposes">> & { at?: TestUnit } = {},
): Promise<Fund> {
  const { at = county, source = "union_dues", name = "帮扶资金", year = 2026, purposes = [] } = more;
  const place = { district: at.district, unitId: at.id, path: at.path };
  const id = newId<"fund">();
  const fund = ok(await openFund(tx, place, { id, source, name: `${name} ${id}`, year, purposes }));
  const by = { person: people.finance.person, at: t.clock.now(), today: t.clock.today() };
  if (yuan(amount) > 0n) {
    const receipt = {
      id: newId<"voucher">(),
      amountFen: yuan(amount),
      on: t.clock.today(),
      memo: "收到帮扶资金",
    };
    ok(await receive(tx, fund, receipt, by));
  }
  return { ...fund, inFen: yuan(amount), ...placeOf(fund) };
}

/** Cards of fictitious people: a test prefix, twelve digits, a right check digit. */
export function card(number: number): string {
  const body = `622200${String(number).padStart(12, "0")}`;
  for (let digit = 0; ; digit++) {
    const sum = [...`${body}${digit}`].reverse().reduce((total, one, index) => {
      const value = Number(one) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return `${body}${digit}`;
  }
}

let serial = 0;

/** Decide a grant for a household of its own, unless told otherwise. */
export function grantDraft(amount: string, more: Partial<GrantDraft> = {}): GrantDraft {
  serial++;
  // A holder's name takes no digits.
  const holder = `工友${[...String(serial)].map((digit) => "零一二三四五六七八九"[Number(digit)]).join("")}`;
  return {
    id: newId<"grant">(),
    district: county.district,
    caseId: newId<"case">(),
    caseNumber: `2026-990101-SH-${String(serial).padStart(4, "0")}`,
    householdId: newId<"household">(),
    beneficiaryId: newId<"person">(),
    beneficiaryDistrict: county.district,
    beneficiaryName: holder,
    unitId: grassroots.id,
    path: grassroots.path,
    kind: "living",
    cause: "illness",
    fileTier: "national",
    amountFen: yuan(amount),
    year: 2026,
    period: "",
    on: day("2026-03-02"),
    caps: [],
    payee: { holder, card: card(serial), bankName: "虚构银行", branch: "云溪支行" },
    ...more,
  };
}

/** Decides such a grant in the ledger, ready to be paid; a refusal fails the test. */
export async function decided(tx: Tx, amount: string, more: Partial<GrantDraft> = {}): Promise<GrantDraft> {
  const draft = grantDraft(amount, more);
  ok(await decideGrant(tx, ring, draft));
  return draft;
}

/** A batch in a test, with what it pays. */
export interface TestBatch {
  readonly fund: Fund;
  readonly grants: readonly GrantDraft[];
  readonly id: string;
}

/** The county's payment desk: makes batches, acts on them as any officer, plays the bank. */
export function deskOf(t: TestDatabase) {
  const told: string[] = [];
  const paying = () =>
    payingOn(t, async (_tx, change) => {
      told.push(`${change.grantId} ${change.state}`);
    });

  async function prepared(amounts: readonly string[], more: Partial<GrantDraft> = {}): Promise<TestBatch> {
    return t.db.system(async (tx) => {
      const fund = await fundWith(tx, t, "10000");
      const grants: GrantDraft[] = [];
      for (const amount of amounts) grants.push(await decided(tx, amount, more));
      const draft = {
        id: newId<"batch">(),
        fundId: fund.id,
        purpose: "living" as const,
        title: "三月生活救助",
        grantIds: grants.map((one) => one.id),
      };
      ok(await makeBatch(tx, paying(), scopeFor(people.aid, t.clock.today()), fund, draft, people.aid));
      return { fund, grants, id: draft.id };
    });
  }

  function act(
    batch: Pick<TestBatch, "id">,
    actor: Actor,
    name: BatchAct["name"],
    answers: ActAnswers = {},
    id: string = newId(),
  ) {
    const scope = scopeFor(actor, t.clock.today());
    return t.db.system((tx) => actOnBatch(tx, paying(), scope, batch.id, { id, name, answers }, actor));
  }

  async function sent(batch: TestBatch): Promise<void> {
    ok(await act(batch, people.vice, "review"));
    ok(await act(batch, people.finance, "fund"));
    ok(await act(batch, people.chair, "approve", { minutesNumber: "2026-3", minutesOn: "2026-03-02" }));
    ok(await act(batch, people.cashier, "submit"));
  }

  async function fileOf(batch: TestBatch, actor = people.cashier): Promise<string> {
    const file = ok(
      await t.db.system((tx) => bankFile(tx, paying(), scopeFor(actor, t.clock.today()), batch.id, actor)),
    );
    return iconv.decode(Buffer.from(file.bytes), "gb18030");
  }

  function load(batch: TestBatch, text: string, actor = people.cashier) {
    const bytes = iconv.encode(text, "gb18030");
    return t.db.system((tx) =>
      loadResult(tx, paying(), scopeFor(actor, t.clock.today()), batch.id, bytes, actor),
    );
  }

  /** The bank's answer: its own file with two more columns. */
  function answered(file: string, outcome: (line: number) => string): string {
    const [heads, ...lines] = file.trim().split("\r\n");
    return [
      `${heads},处理结果,失败原因`,
      ...lines.map((line, index) => `${line},${outcome(index + 1)}`),
    ].join("\r\n");
  }

  async function look(batch: TestBatch) {
    return t.db.systemRead(async (tx) => {
      const row = ok(await findBatch(tx, scopeFor(people.chair, t.clock.today()), batch.id));
      const fund = await getFund(tx, batch.fund.district, batch.fund.id);
      const items = await itemsOf(tx, row);
      return {
        row,
        items,
        states: items.map((item) => item.state).join(" "),
        fund: [fund.inFen, fund.committedFen, fund.spentFen, balanceOf(fund)].map((fen) => Number(fen) / 100),
      };
    });
  }

  const tied = async () => assert.deepEqual(await t.db.systemRead(verifyLedger), []);
  return { told, paying, prepared, act, sent, fileOf, answered, load, look, tied };
}
