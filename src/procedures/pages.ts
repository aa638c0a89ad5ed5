import { sql } from "kysely";
import { once, type Tx, type Viewer } from "../db/index.ts";
import { papersOf } from "../documents/papers/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { onceFor } from "../kernel/memo.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { Session } from "../kernel/route.ts";
import type { Lang } from "../kernel/words.ts";
import type { Calendar } from "../kernel/working-days.ts";
import { batchesWaiting, grantsWaiting, moneyOfCase } from "../ledger/index.ts";
import { transfersWaiting } from "../people/index.ts";
import { pinsFor } from "../units/policy-store.ts";
import type { Power } from "../units/powers.ts";
import { narrow, type Scope } from "../units/scope.ts";
import { cursorAt, placeOf } from "./cursor.ts";
import { mayStart } from "./decide.ts";
import { policiesOf, type Service } from "./define.ts";
import type { Engine } from "./engine.ts";
import {
  type CaseFilter,
  casesByClock,
  casesByOpening,
  countWaiting,
  type Desk,
  type LineRow,
  linkedCases,
  openObjectionsAt,
  waitingAt,
} from "./lists.ts";
import { contextOf, doerOf, loadCase, siteOf } from "./load.ts";
import type { Reader } from "./masking.ts";
import { noticesOfCase, objectionsOf } from "./notices-store.ts";
import { objectionText } from "./objections.ts";
import { presentCase, presentLine, presentWaiting } from "./present.ts";
import { presentService } from "./present-service.ts";
import { sensitiveKeys } from "./record.ts";
import { isBelow, maySeeCase } from "./sight.ts";
import { findApplicant, findCase } from "./store.ts";
import { countRows, totalOf } from "./totals.ts";
import { remainingOf } from "./turn.ts";
import type { Doer } from "./words.ts";

/** The case page for whoever asks. Not found for who may not see it; an officer's look is written down. */
export async function casePage(engine: Engine, id: string, session: Session, today: Day, lang: Lang) {
  const doer = doerOf(session.actor, today);
  const found = await engine.db.read(session.viewer, async (tx) => {
    const row = await findCase(tx, id);
    if (!row || !maySeeCase(doer, row)) return refuse("not-found");
    const service = engine.catalogue.services.get(row.service);
    if (!service) return refuse("service-unknown");
    return { row, service, loaded: await loadCase(engine, tx, row) };
  });
  if (isRefusal(found)) return found;
  const { row, service, loaded } = found;
  // One connection at a time: two held by one request can starve the pool. Notices hang on the case that was seen.
  const [context, notices] = await engine.db.systemRead((all) =>
    Promise.all([
      contextOf(engine, all, siteOf(engine, service, loaded, {}, doer, today)),
      noticesOfCase(all, row.district, row.id),
    ]),
  );
  const page = await engine.db.read(session.viewer, async (tx) => {
    const reader = readerOf(service, row, doer);
    const raised = notices.map((one) => one.id);
    const [objections, files, links, money, unitNames] = await Promise.all([
      objectionsOf(tx, row.district, raised),
      papersOf(tx, engine.ring, row.district, row.id as Id<"case">, reader === "applicant"),
      linksOf(tx, row),
      moneyOfCase(tx, row.district, row.id),
      namesOf(
        tx,
        loaded.state.actions.map((one) => one.byUnitId),
      ),
    ]);
    const texts = objections.map((one) => ({
      row: one,
      text: reader === "handler" ? objectionText(engine, one) : null,
    }));
    const page = presentCase(engine, service, loaded.state, lineOf(row), reader, doer, context, lang, {
      files,
      notices,
      objections: texts,
      links,
      money: money.map((one) => ({ ...one, id: one.grantId, amountFen: Number(one.amountFen) })),
      unitNames,
    });
    return { page, look: reader !== "applicant" && sensitiveKeys(service).size > 0 ? row : null };
  });
  if (page.look) await logLookOnce(engine, page.look, session, today);
  return page.page;
}

function readerOf(
  service: Service,
  row: { readonly applicant_id: string; readonly path: string; readonly turn_path: string | null },
  doer: Doer,
): Reader {
  if (doer.person === row.applicant_id) return "applicant";
  const powers = powersAsked(service);
  // What one does elsewhere opens nothing here.
  const places = row.turn_path === null ? [row.path] : [row.path, row.turn_path];
  const here = doer.posts.filter((post) => places.some((place) => isBelow(place, post.unitPath)));
  return here.some((post) => post.powers.some((power) => powers.has(power))) ? "handler" : "reader";
}

/** The powers that a service's steps and actions ask for. */
const powersAsked = onceFor(
  (service: Service): ReadonlySet<Power> =>
    new Set(
      Object.values(service.steps).flatMap((step) => [
        ...(typeof step.by === "object" ? [step.by.power] : []),
        ...Object.values(step.may).flatMap((one) =>
          [one.by ?? []].flat().flatMap((by) => (typeof by === "object" ? [by.power] : [])),
        ),
      ]),
    ),
);

function lineOf(row: NonNullable<Awaited<ReturnType<typeof findCase>>>): LineRow {
  return { ...row, due_sort: (row.due_on ?? "9999-12-31") as Day };
}

async function linksOf(
  tx: Tx,
  row: {
    readonly id: string;
    readonly district: string;
    readonly previous_id: string | null;
    readonly parent_id: string | null;
    readonly follow_of: string | null;
    readonly facts: unknown;
  },
) {
  const own = [row.previous_id, row.parent_id, row.follow_of].filter((one) => one !== null);
  const { movedTo } = row.facts as { readonly movedTo?: string };
  const rows = await linkedCases(tx, [row.district, ...(movedTo ? [movedTo] : [])], row.id, own);
  return rows.map((one) => ({
    kind:
      one.id === row.previous_id || one.previous_id === row.id
        ? one.id === row.previous_id
          ? "previous"
          : "next"
        : one.id === row.parent_id
          ? "parent"
          : one.parent_id === row.id
            ? "child"
            : one.id === row.follow_of
              ? "follows"
              : "followed-by",
    id: one.id,
    number: one.number,
  }));
}

async function namesOf(tx: Tx, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids.filter((one) => one !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await namesById(tx, wanted);
  return new Map(rows.map((row) => [row.id, row.name]));
}

const namesById = once(
  (_tx, ids: readonly string[]) =>
    sql<{ id: string; name: string }>`select id, name from unit where id = any(${ids})`,
);

/** Looks of this day that this process has written down, so that the tenth glance at a page costs no transaction. */
const looked = new Set<string>();
const lookedMost = 10_000;

async function logLookOnce(
  engine: Engine,
  row: Parameters<typeof logLook>[1],
  session: Session,
  today: Day,
): Promise<void> {
  const look = `${today} ${session.person} ${row.id}`;
  if (looked.has(look)) return;
  await logLook(engine, row, session, today);
  if (looked.size >= lookedMost) looked.clear();
  looked.add(look);
}

/** Who looked at whose case, when and as what; the applicant reads it in plain words. Once a day and officer. */
async function logLook(
  engine: Engine,
  row: {
    readonly id: string;
    readonly district: string;
    readonly applicant_id: string;
    readonly applicant_district: string;
  },
  session: Session,
  today: Day,
): Promise<void> {
  const post = session.actor.posts[0];
  await engine.db.system(async (tx) => {
    await sql`insert into look (district, id, person_id, by_person, by_name, by_unit, by_role, what, fields, purpose, case_id, at, on_day)
      select ${row.applicant_district}, ${newId<"look">()}::uuid, ${row.applicant_id}::uuid, ${session.person}::uuid, ${session.actor.name},
        ${post?.unitName ?? null}, ${post?.role ?? null}, 'case', '{}'::text[], 'case', ${row.id}::uuid, ${engine.clock.now()}::timestamptz, ${today}::date
      where not exists (select 1 from look where district = ${row.applicant_district} and person_id = ${row.applicant_id}::uuid
        and by_person = ${session.person}::uuid and case_id = ${row.id}::uuid and on_day = ${today}::date and what = 'case')
      returning id`.execute(tx);
  });
}

/** What somebody may ask for, each with the reason when not. */
export async function catalogueFor(engine: Engine, session: Session, today: Day, lang: Lang) {
  const doer = doerOf(session.actor, today);
  const { services, lifeEvents } = engine.catalogue;
  return engine.db.read(session.viewer, async (tx) => {
    const me = await findApplicant(tx, session.person, session.actor.district);
    const items = [];
    for (const service of services.values()) {
      const path = (me?.unit_path ?? "cn") as UnitPath;
      const pins = await pinsFor(tx, policiesOf(service), path, today);
      const member = ["ACTIVE", "TRANSFER_OUT", "RETAINED"].includes(me?.member_status ?? "");
      const barred = mayStart(
        service,
        {
          applicant: { id: session.person, name: session.name },
          unit: { id: me?.unit_id ?? "", path, name: me?.unit_name ?? "" },
          member,
          pins,
        },
        doer,
        { today },
      );
      const homeless =
        !me?.unit_id && (service.home ?? "membership") === "membership" ? refuse("no-home-union") : null;
      items.push(presentService(service, barred ?? homeless, lang));
    }
    return { items, lifeEvents };
  });
}

/** A list of cases with its true total. */
export async function listOf(
  engine: Engine,
  scope: Scope,
  viewer: Viewer,
  query: Omit<CaseFilter, "overdueOn"> & {
    readonly unit?: string | undefined;
    readonly overdue?: boolean | undefined;
    readonly sort: "due" | "opened";
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
  today: Day,
) {
  const after = placeOf(query.cursor);
  if (isRefusal(after)) return after;
  const { unit, overdue, sort, cursor: _, limit, ...rest } = query;
  const filter: CaseFilter = { ...rest, ...(overdue && { overdueOn: today, state: "open" as const }) };
  const found = await engine.db.read(viewer, async (tx) => {
    const inside = unit ? await insideUnit(tx, scope, unit) : scope;
    if (isRefusal(inside)) return inside;
    const [rows, counting] = await Promise.all([
      sort === "due"
        ? casesByClock(tx, inside, filter, after, limit + 1)
        : casesByOpening(tx, inside, filter, after, limit + 1),
      countRows(tx, inside, filter),
    ]);
    return { rows, counting };
  });
  if (isRefusal(found)) return found;
  const { rows, counting } = found;
  const total = await totalOf(engine.db, counting);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const key = last && (sort === "due" ? last.due_sort : last.opened_on);
  return {
    items: items.map((row) => presentLine(engine.catalogue, row, today, engine.calendar())),
    next: rows.length > limit && last && key ? cursorAt({ key, id: last.id }) : null,
    total,
  };
}

async function insideUnit(tx: Tx, scope: Scope, unit: string): Promise<Or<Scope>> {
  const row = await tx.selectFrom("unit").where("id", "=", unit).select("path").executeTakeFirst();
  const inside = row ? narrow(scope, row.path as UnitPath) : refuse("not-found");
  // One outside is told as one that does not exist.
  return isRefusal(inside) ? refuse("not-found", {}, { at: "/unit" }) : inside;
}

/** The desks at which somebody has a turn: their unions with the powers they hold there. */
function desksOf(doer: Doer): readonly Desk[] {
  const desks = new Map<string, Set<string>>();
  for (const post of doer.posts) {
    const powers = desks.get(post.unitId) ?? new Set();
    for (const power of post.powers) powers.add(power);
    desks.set(post.unitId, powers);
  }
  return [...desks].map(([unitId, powers]) => ({ unitId, powers: [...powers] }));
}

/** What waits for an officer: cases, objections, batches, aid to batch and transfers by their clock, in groups, with true counts. */
export async function inboxOf(
  engine: Engine,
  session: Session,
  query: { readonly cursor?: string | undefined; readonly limit: number },
  today: Day,
  weekEnd: Day,
) {
  const after = placeOf(query.cursor);
  if (isRefusal(after)) return after;
  const doer = doerOf(session.actor, today);
  const desks = desksOf(doer);
  return engine.db.read(session.viewer, async (tx) => {
    const deciding = desks.filter((desk) => desk.powers.includes("notice.decide")).map((desk) => desk.unitId);
    // Sent together, in one round trip.
    const [rows, groups, objections, batches, grants, transfers] = await Promise.all([
      waitingAt(tx, desks, after, query.limit + 1),
      countWaiting(tx, desks, today, weekEnd),
      openObjectionsAt(tx, deciding, 200),
      batchesWaiting(tx, session.actor, today),
      grantsWaiting(tx, session.actor, today),
      transfersWaiting(tx, session.actor, today, 200),
    ]);
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    const lines = items.map((row) => presentWaiting(engine.catalogue, row, today, engine.calendar()));
    const raised = objections.map((one) => presentRaised(one, today, engine.calendar()));
    const others = byClock([...raised, ...batches, ...grants, ...transfers]);
    const total = groups.overdue + groups.today + groups.week + groups.later + others.length;
    for (const one of others) groups[groupOf(one.dueOn, today, weekEnd)]++;
    return {
      // What is not a case is short, and stands on the first page.
      items: after === null ? byClock([...others, ...lines]) : lines,
      next: rows.length > query.limit && last ? cursorAt({ key: last.due_sort, id: last.id }) : null,
      total,
      groups,
    };
  });
}

function byClock<Item extends { readonly dueOn: Day | null }>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((one, other) => {
    const [a, b] = [one.dueOn ?? "9999-12-31", other.dueOn ?? "9999-12-31"];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

function presentRaised(
  one: Awaited<ReturnType<typeof openObjectionsAt>>[number],
  today: Day,
  calendar: Calendar,
) {
  return {
    kind: "objection" as const,
    id: one.id as string,
    noticeId: one.notice_id,
    caseId: one.case_id,
    number: one.number,
    applicantName: one.applicant_name,
    title: one.title,
    unitName: one.unit_name,
    raisedOn: one.raised_on,
    dueOn: one.due_on,
    remaining: remainingOf(one, today, calendar),
    overdue: one.due_on !== null && one.due_on < today,
  };
}

function groupOf(dueOn: Day | null, today: Day, weekEnd: Day): "overdue" | "today" | "week" | "later" {
  if (dueOn === null || dueOn > weekEnd) return "later";
  if (dueOn < today) return "overdue";
  return dueOn === today ? "today" : "week";
}
