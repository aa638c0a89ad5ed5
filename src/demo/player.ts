import { sql } from "kysely";
import type { Db, Tx } from "../db/index.ts";
import { storePaper } from "../documents/papers/index.ts";
import { addDays, type Day, startOf } from "../kernel/day.ts";
import { derivedId } from "../kernel/ids.ts";
import { plainYuan } from "../kernel/money.ts";
import { expect } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import type { Calendar } from "../kernel/working-days.ts";
import { itemReference } from "../ledger/bank-file.ts";
import {
  type ActAnswers,
  actOnBatch,
  type GrantHook,
  getFund,
  itemsOf,
  loadResult,
  makeBatch,
  type Paying,
} from "../ledger/index.ts";
import type { Person } from "../people/index.ts";
import { type PersonSealed, unsealPerson } from "../people/sealed.ts";
import { act, openCase, tick } from "../procedures/act.ts";
import type { Engine } from "../procedures/engine.ts";
import { catalogue, grantHook } from "../services/index.ts";
import { type Actor, loadActor, scopeOfAny } from "../units/index.ts";
import type { Founded } from "./federation.ts";

/** What playing lives needs of the program around it. */
export interface Stage {
  readonly ring: Keyring;
  readonly calendar: Calendar;
  /** The day of founding: lives lead up to it. */
  readonly today: Day;
}

/** Plays what workers and officers did, each on its day, through the same functions their requests call. */
export class Player {
  readonly #tx: Tx;
  readonly #stage: Stage;
  readonly #founded: Founded;
  /** Cases that are open, and the day up to which their clocks have run. */
  readonly #clocks = new Map<string, Day>();

  constructor(tx: Tx, stage: Stage, founded: Founded) {
    this.#tx = tx;
    this.#stage = stage;
    this.#founded = founded;
  }

  /** A number of days before founding. */
  ago(days: number): Day {
    return addDays(this.#stage.today, -days);
  }

  worker(key: string): Person {
    return this.#founded.workers.get(key)!;
  }

  officer(login: string): Person {
    return this.#founded.officers.get(login)!;
  }

  /** What is sealed of a person: their number, phone and card. */
  sealed(person: Person): PersonSealed {
    return unsealPerson(this.#stage.ring, person);
  }

  unit(key: string) {
    return this.#founded.units.get(key)!;
  }

  async open(
    key: string,
    on: Day,
    service: string,
    answers: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const id = derivedId<"case">("demo", service, key);
    const actor = await this.#actor(this.worker(key), on);
    expect(await openCase(this.#engine(on), { id, service, answers }, actor));
    this.#clocks.set(id, on);
    return id;
  }

  /** An action by an officer (login) or the worker (key), after the case's clock has run up to its day. */
  async act(
    caseId: string,
    on: Day,
    who: string,
    name: string,
    answers: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.runClock(caseId, on);
    const person = this.#founded.officers.get(who) ?? this.worker(who);
    const request = { caseId, id: derivedId<"action">("demo", caseId, name, on, who), name, answers };
    expect(await act(this.#engine(on), request, await this.#actor(person, on)));
  }

  /** Lets the days of a case pass: notices end, missed clocks escalate. Days on which nothing falls due are skipped. */
  async runClock(caseId: string, until: Day): Promise<void> {
    let day = this.#clocks.get(caseId) ?? until;
    while (day < until) {
      const due = await this.#dueOn(caseId);
      if (due === null || due >= until) break;
      day = addDays(due > day ? due : day, 1);
      await tick(this.#engine(day), caseId, day);
    }
    this.#clocks.set(caseId, until);
  }

  async #dueOn(caseId: string): Promise<Day | null> {
    const row = await this.#tx
      .selectFrom("case_file")
      .where("id", "=", caseId)
      .where("state", "=", "open")
      .select("due_on")
      .executeTakeFirst();
    return (row?.due_on ?? null) as Day | null;
  }

  /** Runs every open case's clock up to the day of founding. */
  async runClocks(): Promise<void> {
    for (const caseId of this.#clocks.keys()) await this.runClock(caseId, this.#stage.today);
  }

  /** Papers of these kinds, uploaded by a worker: one page each that says it is an example. */
  async papers(key: string, on: Day, kinds: readonly string[]): Promise<string[]> {
    const owner = this.worker(key);
    const ids: string[] = [];
    for (const kind of kinds) {
      const line = await storePaper(this.#tx, this.#stage.ring, {
        id: derivedId<"paper">("demo", key, kind, on),
        district: owner.district,
        path: owner.path,
        owner: owner.id,
        kind,
        fileName: `示例材料-${kind}.pdf`,
        content: examplePage,
        byPerson: owner.id,
        now: this.#instant(on),
      });
      ids.push(expect(line).id);
    }
    return ids;
  }

  async makeBatch(
    key: string,
    on: Day,
    login: string,
    fundId: string,
    title: string,
    caseIds: readonly string[],
  ): Promise<string> {
    const id = derivedId<"batch">("demo", key);
    const actor = await this.#actor(this.officer(login), on);
    const { rows } = await sql<{
      id: string;
    }>`select id from aid_grant where case_id = any(${caseIds}) order by decided_on, id`.execute(this.#tx);
    const fund = await getFund(this.#tx, this.unit("county").district, fundId);
    const scope = expect(scopeOfAny(actor, ["batch.make"], on));
    expect(
      await makeBatch(
        this.#tx,
        this.#paying(on),
        scope,
        fund,
        { id, fundId, purpose: "living", title, grantIds: rows.map((row) => row.id) },
        actor,
      ),
    );
    return id;
  }

  async actOnBatch(
    batchId: string,
    on: Day,
    login: string,
    name: Parameters<typeof actOnBatch>[4]["name"],
    answers: ActAnswers = {},
  ): Promise<void> {
    const actor = await this.#actor(this.officer(login), on);
    const scope = expect(scopeOfAny(actor, ["batch.read"], on));
    const id = derivedId<"batch-action">("demo", batchId, name, on);
    expect(await actOnBatch(this.#tx, this.#paying(on), scope, batchId, { id, name, answers }, actor));
  }

  /** The bank's answer: every item of the batch paid. */
  async bankPaid(batchId: string, on: Day, login: string): Promise<void> {
    const actor = await this.#actor(this.officer(login), on);
    const scope = expect(scopeOfAny(actor, ["batch.bank"], on));
    const { rows } = await sql<{
      district: string;
      number: string;
    }>`select district, number from batch where id = ${batchId}`.execute(this.#tx);
    const batch = rows[0]!;
    const items = await itemsOf(this.#tx, { district: batch.district, id: batchId });
    const lines = items.map(
      (item) => `${itemReference(batch.number, item.position, 1)},${plainYuan(item.amountFen)},成功,,${on}`,
    );
    const file = new TextEncoder().encode(
      ["业务参考号,金额,处理结果,失败原因,交易日期", ...lines].join("\r\n"),
    );
    expect(await loadResult(this.#tx, this.#paying(on), scope, batchId, file, actor));
  }

  async #actor(person: Person, on: Day): Promise<Actor> {
    return loadActor(this.#tx, person.id, on);
  }

  #instant(on: Day): Date {
    return new Date(startOf(on).getTime() + 10 * 3600_000);
  }

  #paying(on: Day): Paying {
    return {
      ring: this.#stage.ring,
      calendar: this.#stage.calendar,
      now: this.#instant(on),
      today: on,
      onGrantState: this.#grantHook(on),
    };
  }

  #grantHook(on: Day): GrantHook {
    return grantHook(() => this.#engine(on));
  }

  /** The engine as it was on a day, inside the founding transaction. */
  #engine(on: Day): Engine {
    const inside = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => work(this.#tx);
    const db = {
      read: (_viewer: unknown, work: (tx: Tx) => Promise<unknown>) => inside(work),
      write: (_viewer: unknown, work: (tx: Tx) => Promise<unknown>) => inside(work),
      system: inside,
      systemRead: inside,
    } as unknown as Db;
    const at = this.#instant(on);
    const clock = { now: () => at, today: () => on, isTrial: true } as Engine["clock"];
    return {
      db,
      clock,
      ring: this.#stage.ring,
      shelf: null,
      fictitious: true,
      catalogue,
      calendar: () => this.#stage.calendar,
    };
  }
}

/** A one-page PDF that says it is an example. */
const examplePage = Buffer.from(
  [
    "%PDF-1.4",
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj",
    "4 0 obj<</Length 62>>stream",
    "BT /F 28 Tf 120 600 Td (Example paper, fictitious federation) Tj ET",
    "endstream endobj",
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
    "trailer<</Root 1 0 R>>",
    "%%EOF",
  ].join("\n"),
);
