import assert from "node:assert/strict";
import type { TestDatabase } from "../db/testing.ts";
import { storePaper } from "../documents/papers/index.ts";
import { type Day, day } from "../kernel/day.ts";
import { fictitiousIdentity, parseIdentity } from "../kernel/identity-number.ts";
import { derivedId, newId } from "../kernel/ids.ts";
import { expect, isRefusal, type Or, sentence } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { chinaCalendar } from "../kernel/working-days.ts";
import { createPerson, openMembership } from "../people/index.ts";
import { act, openCase } from "../procedures/act.ts";
import { runDeadlines } from "../procedures/deadlines.ts";
import type { Catalogue, Engine } from "../procedures/engine.ts";
import type { Done } from "../procedures/record.ts";
import type { CaseState } from "../procedures/words.ts";
import type { Actor } from "../units/index.ts";
import { foundAt, officer, seat, type TestUnit, unitAt } from "../units/testing.ts";
import { paperRules } from "./care/hardship/asks.ts";
import { catalogue as everyService } from "./index.ts";

export { officer, type TestUnit } from "../units/testing.ts";

/** A small fictitious federation for stories: a city with a county, a county without a city, unions and officers. */

const province = unitAt("虚构省总工会", "PROVINCIAL", "cn.99", "990000");
export const city = unitAt("云溪市总工会", "PREFECTURE", "cn.99.9901", "990100");
export const county = unitAt("云溪县总工会", "COUNTY", "cn.99.9901.990101", "990101");
export const township = unitAt("溪口镇工会联合会", "TOWNSHIP", "cn.99.9901.990101.t1", "990101");
export const mill = unitAt("溪口例纺织厂工会", "GRASSROOTS", "cn.99.9901.990101.t1.k1", "990101");
export const couriers = unitAt("云溪县快递行业工会", "GRASSROOTS", "cn.99.9901.990101.k2", "990101");
/** A county directly under the province: nobody stands at the city's level. */
const lake = unitAt("镜湖县总工会", "COUNTY", "cn.99.999001", "999001");
export const port = unitAt("镜湖试港务工会", "GRASSROOTS", "cn.99.999001.k3", "999001");
const units = [province, city, county, township, mill, couriers, lake, port];

export const officers = {
  chair: officer("周例安", mill, "chair"),
  organiser: officer("吴样平", mill, "organiser"),
  countyAid: officer("何试慈", county, "aid"),
  countyAid2: officer("吕例惠", county, "aid"),
  countyChair: officer("尤样衡", county, "chair"),
  approver: officer("魏例公", city, "vice_chair"),
  portChair: officer("韩样海", port, "chair"),
  lakeAid: officer("华拟清", lake, "aid"),
  lakeAid2: officer("金试恒", lake, "aid"),
};

/** A worker, with the number their household states. */
export interface TestWorker extends Actor {
  readonly idNumber: string;
  readonly unit: TestUnit;
}

export interface Story {
  readonly t: TestDatabase;
  readonly engine: Engine;
  readonly worker: (name: string, at?: TestUnit, sequence?: number, member?: boolean) => Promise<TestWorker>;
  readonly papers: (owner: Actor, ...kinds: readonly string[]) => Promise<readonly string[]>;
  readonly open: (
    service: string,
    answers: unknown,
    by: Actor,
    more?: { id?: string; onBehalfOf?: string },
  ) => Promise<Or<Done>>;
  readonly act: (
    caseId: string,
    name: string,
    by: Actor,
    answers?: unknown,
    id?: string,
  ) => Promise<Or<Done>>;
  /** Moves the clock forward day by day, with each day's work. */
  readonly days: (count: number) => Promise<void>;
}

/** A story over a test database. Founds its unions once. */
export function storyOn(t: TestDatabase, catalogue: Catalogue = everyService): Story {
  const ring = parseKeyring(newKeyring());
  let founded: Promise<void> | null = null;
  const ready = () => (founded ??= foundAt(t, units));
  const engine: Engine = {
    get db() {
      return t.db;
    },
    clock: t.clock,
    ring,
    shelf: null,
    fictitious: true,
    catalogue,
    calendar: () => chinaCalendar,
  };
  return {
    t,
    engine,
    worker: async (name, at = mill, sequence = 1, member = true) => {
      await ready();
      const idNumber = fictitiousIdentity(at.district, day("1985-06-15"), sequence);
      const identity = expect(parseIdentity(idNumber, { today: t.clock.today(), fictitious: true }));
      const id = derivedId<"person">("story-worker", name, at.path);
      await t.db.system(async (tx) => {
        const person = expect(
          await createPerson(tx, ring, { id, unit: at, name, identity }, t.clock.today()),
        );
        if (!member) return;
        const by = { by: null, at: t.clock.now(), day: t.clock.today() };
        expect(await openMembership(tx, { person, unit: at, status: "ACTIVE" }, by));
      });
      return { person: id, name, district: at.district, posts: [], idNumber, unit: at };
    },
    papers: async (owner, ...kinds) => {
      const ids: string[] = [];
      await t.db.system(async (tx) => {
        for (const kind of kinds) {
          const line = expect(
            await storePaper(tx, ring, {
              district: owner.district ?? mill.district,
              path: mill.path,
              owner: owner.person,
              kind,
              fileName: `${kind}.pdf`,
              content: Buffer.from(`%PDF-1.4\n% ${kind} ${newId()}\n%%EOF\n`),
              byPerson: owner.person,
              now: t.clock.now(),
            }),
          );
          ids.push(line.id);
        }
      });
      return ids;
    },
    open: async (service, answers, by, more = {}) => {
      await ready();
      const { id = newId<"case">(), onBehalfOf } = more;
      return openCase(engine, { id, service, answers, ...(onBehalfOf && { onBehalfOf }) }, by);
    },
    act: async (caseId, name, by, answers = {}, id = newId<"action">()) => {
      await seat(t);
      return act(engine, { caseId, id, name, answers }, by);
    },
    days: async (count) => {
      for (let n = 0; n < count; n++) {
        await t.clock.advance(1);
        await runDeadlines(engine, t.clock.today());
      }
    },
  };
}

/** The state of a done request; a refusal fails the test with its sentence. */
export function stood(done: Or<Done>): CaseState {
  if (isRefusal(done)) {
    const all = [done, ...(done.also ?? [])].map(
      (one) => `${one.code} ${one.at ?? ""} ${sentence(one, "en")}`,
    );
    assert.fail(all.join("\n"));
  }
  return done.case;
}

/** The code with which something was refused; what was done fails the test. */
export function refused(done: Or<unknown>): string {
  if (!isRefusal(done)) assert.fail("it was not refused");
  return done.code;
}

/** A household in need, as a worker states it. Fits the standard of deep hardship. */
export function need(
  worker: TestWorker,
  papers: readonly string[],
  change: Readonly<Record<string, unknown>> = {},
) {
  return {
    mainCause: "self_illness",
    phone: "13900000001",
    address: "虚构省云溪县溪口镇例路 1 号",
    members: [
      {
        name: worker.name,
        relation: "self",
        idNumber: worker.idNumber,
        workStatus: "on_post",
        health: "seriously_ill",
        hasProof: true,
      },
      {
        name: "虚样儿",
        relation: "son",
        idNumber: fictitiousIdentity(
          worker.unit.district,
          day("2012-03-04"),
          (Number(worker.idNumber.slice(14, 17)) + 400) % 1000,
        ),
        workStatus: "studying",
        health: "good",
        school: "溪口例小学",
      },
    ],
    incomes: [{ who: worker.name, kind: "wage", amountFen: 3_600_000 }],
    expenses: [{ kind: "illness", grossFen: 2_400_000, reimbursedFen: 900_000 }],
    dwelling: "rented",
    homes: 0,
    hasVehicle: false,
    bankHolder: worker.name,
    bankName: "虚构银行",
    bankBranch: "云溪支行",
    bankCard: "9999000000000000017",
    papers,
    checkConsent: true,
    sensitiveConsent: true,
    statement: true,
    ...change,
  };
}

/** The kinds of paper an application for illness needs. */
export const illnessPapers: readonly string[] = paperRules
  .filter((rule) => rule.when?.({ mainCause: "self_illness" }) ?? true)
  .map((rule) => rule.kind);

/** A visit as two officers record it. */
export function visitOn(on: Day, ...visitors: readonly Actor[]) {
  return {
    visitedOn: on,
    visitors: visitors.map((one) => one.person),
    met: "本人和儿子",
    housing: "租房 48 平方米",
    findings: "病情与申请一致，家中无贵重物品",
    consentSigned: true,
  };
}
