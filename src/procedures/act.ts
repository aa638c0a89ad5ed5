import type { Tx } from "../db/index.ts";
import { violatedConstraint } from "../db/index.ts";
import { attachPapers } from "../documents/papers/index.ts";
import { type Day, yearOf } from "../kernel/day.ts";
import { canonical, hash, link } from "../kernel/hash.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import { digestOf } from "../kernel/seal.ts";
import { pinsFor } from "../units/policy-store.ts";
import type { Actor } from "../units/scope.ts";
import { type DecideContext, decide, decideClock, decideOpening, type Opening } from "./decide.ts";
import { type Effect, policiesOf, type Service } from "./define.ts";
import type { EffectSite, Engine } from "./engine.ts";
import type { Answers, Fields } from "./fields.ts";
import { fold, follow } from "./fold.ts";
import {
  asksOf,
  contextOf,
  doerOf,
  headOf,
  type Loaded,
  loadCase,
  rememberFold,
  sealAnswers,
  siteOf,
} from "./load.ts";
import { enterNotice, leaveNotice, renameNoticeEnd } from "./notices.ts";
import { papersIn } from "./papers.ts";
import {
  type CaseMoved,
  deleteDraft,
  findApplicant,
  findHomeUnit,
  insertAction,
  insertCase,
  lockCase,
  nextSerial,
  pathOfUnit,
  updateCase,
} from "./store.ts";
import { tellOfMove } from "./telling.ts";
import { type ActionRecord, type CaseState, type Decided, type Doer, type Facts, program } from "./words.ts";

/** The outcome of opening or acting. `repeated`: this very request had been done before; nothing changed. */
export interface Done {
  readonly case: CaseState;
  readonly repeated: boolean;
}

/** A request to open a case; its id is the client's. */
export interface OpenRequest {
  readonly id: string;
  readonly service: string;
  readonly answers: unknown;
  readonly onBehalfOf?: string | undefined;
}

/** A request to do something to a case; its id is the client's. */
export interface ActRequest {
  readonly caseId: string;
  readonly id: string;
  readonly name: string;
  readonly answers?: unknown;
}

/**
 * Open a case. The same id with the same content answers as the first time; with other content it is
 * refused. Refuses what `decideOpening` refuses, `service-unknown`, `no-home-union`, `not-found` for an
 * applicant the actor may not see.
 */
export async function openCase(engine: Engine, request: OpenRequest, actor: Actor): Promise<Or<Done>> {
  const today = engine.clock.today();
  return once(engine, (tx) => openIn(tx, engine, request, doerOf(actor, today), {}));
}

/** How a case that follows another is opened. */
export interface OpenedFor {
  readonly links?: CaseState["links"];
  readonly facts?: Facts;
}

/** `openCase` inside the caller's transaction, for cases that follow from others. */
export async function openIn(
  tx: Tx,
  engine: Engine,
  request: OpenRequest,
  doer: Doer,
  opened: OpenedFor,
): Promise<Or<Done>> {
  const service = engine.catalogue.services.get(request.service);
  if (!service) return refuse("service-unknown");
  const content = contentOf(doer, "open", { ...request, id: undefined });
  const before = await lockCase(tx, request.id);
  if (before) return repeatedOpening(engine, tx, before, content);
  const today = engine.clock.today();
  const at = engine.clock.now();
  const applicant = await findApplicant(tx, request.onBehalfOf ?? doer.person ?? "");
  if (!applicant || !maySeePerson(doer, applicant)) return refuse("not-found", {}, { at: "/onBehalfOf" });
  const unit = await homeUnit(tx, service, request.answers, applicant);
  if (isRefusal(unit)) return unit;
  const opening: Opening = {
    id: request.id,
    answers: request.answers,
    applicant: { id: applicant.id, name: applicant.name },
    unit: { id: unit.id, path: unit.path, name: unit.name },
    member: ["ACTIVE", "TRANSFER_OUT", "RETAINED"].includes(applicant.member_status ?? ""),
    pins: await pinsFor(tx, policiesOf(service), unit.path as never, today),
    ...(opened.links && { links: opened.links }),
    ...(opened.facts && { facts: opened.facts }),
  };
  const asked = shapedAnswers(service.asks, plainAnswers(request.answers));
  const context = await contextOf(engine, tx, {
    engine,
    district: unit.district,
    caseId: request.id,
    unitId: unit.id,
    service,
    step: null,
    applicant: { id: applicant.id, district: applicant.district },
    answers: asked,
    asked,
    facts: {},
    actor: doer,
    today,
  });
  const decided = decideOpening(service, opening, doer, context);
  if (isRefusal(decided)) return decided;
  const serial = await nextSerial(tx, unit.district, yearOf(today), service.id);
  const number = `${yearOf(today)}-${unit.district}-${service.numberCode}-${String(serial).padStart(5, "0")}`;
  const fixed = {
    district: unit.district,
    id: request.id,
    number,
    service: service.id,
    service_version: service.version,
    unit_id: unit.id,
    path: unit.path,
    applicant_id: applicant.id,
    applicant_district: applicant.district,
    applicant_name: applicant.name,
    on_behalf_by: doer.person !== applicant.id ? doer.person : null,
    confidential: "normal",
    opened_on: today,
    opened_at: at,
    pins: opening.pins,
    parent_id: opened.links?.parent ?? null,
    previous_id: opened.links?.previous ?? null,
    follow_of: opened.links?.followOf ?? null,
  };
  const head = {
    id: fixed.id,
    district: fixed.district,
    number,
    service: service.id,
    version: service.version,
    unit: opening.unit,
    applicant: opening.applicant,
    onBehalfBy: fixed.on_behalf_by,
    subjectId: null,
    openedOn: today,
    pins: opening.pins,
    links: opening.links ?? {},
  };
  const stand = (record: ActionRecord) => fold(head, [record]);
  if (doer.person) await deleteDraft(tx, applicant.district, doer.person, service.id);
  return apply(tx, {
    engine,
    service,
    decided,
    doer,
    context,
    actionId: request.id,
    content,
    at,
    applicantDistrict: applicant.district,
    before: null,
    district: unit.district,
    caseId: request.id,
    stand,
    save: async (moved) => insertCase(tx, fixed, moved),
    previousHash: null,
    seq: 1,
  });
}

async function repeatedOpening(
  engine: Engine,
  tx: Tx,
  row: Parameters<typeof loadCase>[2],
  content: Buffer,
): Promise<Or<Done>> {
  const loaded = await loadCase(engine, tx, row);
  const first = loaded.rows[0];
  if (!first?.content_hash.equals(content)) return refuse("same-id-other-content");
  return { case: loaded.state, repeated: true };
}

async function homeUnit(
  tx: Tx,
  service: Service,
  answers: unknown,
  applicant: NonNullable<Awaited<ReturnType<typeof findApplicant>>>,
) {
  if (service.home !== undefined && service.home !== "membership") {
    const { answer } = service.home;
    const chosen = plainAnswers(answers)[answer];
    const unit =
      typeof chosen === "string" ? await findHomeUnit(tx, chosen).catch(() => undefined) : undefined;
    return unit ?? refuse(chosen ? "not-found" : "required", {}, { at: `/answers/${answer}` });
  }
  const unit = applicant.unit_id ? await findHomeUnit(tx, applicant.unit_id) : undefined;
  return unit ?? refuse("no-home-union");
}

/**
 * Do something to a case: lock it, see whether this very action was done before, decide, and write the
 * action, the case, its effects, notices, messages and jobs in one transaction. Refuses what `decide`
 * refuses, `not-found` for who may not see the case, `same-id-other-content`, `changed-meanwhile`.
 */
export async function act(engine: Engine, request: ActRequest, actor: Actor): Promise<Or<Done>> {
  const doer = doerOf(actor, engine.clock.today());
  return once(engine, async (tx) => {
    const row = await lockCase(tx, request.caseId);
    if (!row || !maySeeCase(doer, row)) return refuse("not-found");
    return actOn(tx, engine, await loadCase(engine, tx, row), request, doer);
  });
}

/** The program itself acts, inside the caller's transaction: the ledger's write-back, a follow-up. */
export async function actAsSystem(tx: Tx, engine: Engine, request: ActRequest): Promise<Or<Done>> {
  const row = await lockCase(tx, request.caseId);
  if (!row) return refuse("not-found");
  return actOn(tx, engine, await loadCase(engine, tx, row), request, program);
}

async function actOn(
  tx: Tx,
  engine: Engine,
  loaded: Loaded,
  request: ActRequest,
  doer: Doer,
): Promise<Or<Done>> {
  const { row, state } = loaded;
  const content = contentOf(doer, request.name, request.answers ?? {});
  const same = loaded.rows.find((one) => one.id === request.id);
  if (same) {
    const alike = same.content_hash.equals(content);
    return alike ? { case: state, repeated: true } : refuse("same-id-other-content");
  }
  const service = serviceOf(engine, row.service);
  const today = engine.clock.today();
  const asks = service.steps[state.step]?.may[request.name]?.asks ?? {};
  const asked = shapedAnswers({ ...service.asks, ...asks }, plainAnswers(request.answers));
  const site = siteOf(engine, service, loaded, asked, doer, today);
  const context = await contextOf(engine, tx, site);
  const decided = decide(
    service,
    state,
    { name: request.name, answers: request.answers ?? {} },
    doer,
    context,
  );
  if (isRefusal(decided)) return decided;
  return advance(tx, engine, loaded, decided, { actionId: request.id, content, doer, context });
}

/** The clock's turn: what `decideClock` says for a day, written down. Null when nothing is due. */
export async function tick(engine: Engine, caseId: string, day: Day): Promise<Done | null> {
  return engine.db.system(async (tx) => {
    const row = await lockCase(tx, caseId);
    if (row?.state !== "open") return null;
    const loaded = await loadCase(engine, tx, row);
    return tickIn(tx, engine, loaded, day);
  });
}

/** `tick` inside the caller's transaction, for a case already loaded and locked. */
export async function tickIn(tx: Tx, engine: Engine, loaded: Loaded, day: Day): Promise<Done | null> {
  const service = serviceOf(engine, loaded.row.service);
  const site = siteOf(engine, service, loaded, {}, program, day);
  const context = await contextOf(engine, tx, site);
  const decided = decideClock(service, loaded.state, context);
  if (!decided) return null;
  const actionId = clockActionId(loaded.row.id, loaded.state.seq + 1);
  const content = contentOf(program, decided.name, {});
  const done = await advance(tx, engine, loaded, decided, { actionId, content, doer: program, context });
  if (isRefusal(done)) throw new Error(`the clock was refused in case ${loaded.row.id}: ${done.code}`);
  return done;
}

function clockActionId(caseId: string, seq: number): string {
  const digits = hash(`clock/${caseId}/${seq}`);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** Write a decision about a case that stands. */
export async function advance(
  tx: Tx,
  engine: Engine,
  loaded: Loaded,
  decided: Decided,
  how: {
    readonly actionId: string;
    readonly content: Buffer;
    readonly doer: Doer;
    readonly context: DecideContext;
  },
): Promise<Or<Done>> {
  const { row, state } = loaded;
  return apply(tx, {
    engine,
    service: serviceOf(engine, row.service),
    decided,
    doer: how.doer,
    context: how.context,
    actionId: how.actionId,
    content: how.content,
    at: engine.clock.now(),
    applicantDistrict: row.applicant_district,
    before: loaded,
    district: row.district,
    caseId: row.id,
    stand: (record) => follow({ ...state, ...headOf(row) }, record),
    save: async (moved) => updateCase(tx, { district: row.district, id: row.id, seq: row.seq }, moved),
    previousHash: row.head_hash,
    seq: row.seq + 1,
  });
}

interface Application {
  readonly engine: Engine;
  readonly service: Service;
  readonly decided: Decided;
  readonly doer: Doer;
  readonly context: DecideContext;
  readonly actionId: string;
  readonly content: Buffer;
  readonly at: Date;
  readonly applicantDistrict: string;
  readonly before: Loaded | null;
  readonly district: string;
  readonly caseId: string;
  readonly stand: (record: ActionRecord) => CaseState;
  readonly save: (moved: CaseMoved) => Promise<boolean>;
  readonly previousHash: Buffer | null;
  readonly seq: number;
}

async function apply(tx: Tx, what: Application): Promise<Or<Done>> {
  const { engine, decided, doer, at } = what;
  const day = what.context.today;
  const first = recordFor(what, day, decided.after.facts);
  const site = (state: CaseState, index: number): EffectSite => ({
    engine,
    case: state,
    service: what.service,
    applicantDistrict: what.applicantDistrict,
    actionId: what.actionId,
    index,
    actor: doer,
    at,
    day,
  });
  const papers = papersIn(asksOf(what.service, decided.name, decided.fromStep), decided.answers);
  if (papers.length > 0) {
    const hung = await attachPapers(tx, engine.ring, papers as readonly Id<"paper">[], {
      district: what.district,
      caseId: what.caseId as Id<"case">,
      path: what.stand(first).unit.path,
      owner: what.stand(first).applicant.id as Id<"person">,
      byPerson: (doer.person ?? what.stand(first).applicant.id) as Id<"person">,
      sensitivity: decided.by.unitId !== null && decided.fromStep !== null ? "officers" : "normal",
      at: "/answers/papers",
    });
    if (isRefusal(hung)) return hung;
  }
  const run = await runEffects(tx, engine, decided.effects, (facts, index) =>
    site(
      what.stand({ ...first, after: { ...first.after, facts: { ...first.after.facts, ...facts } } }),
      index,
    ),
  );
  if (isRefusal(run)) return run;
  const record = { ...first, after: { ...first.after, facts: { ...first.after.facts, ...run.facts } } };
  const state = what.stand(record);
  const asks = asksOf(what.service, decided.name, decided.fromStep);
  const { plain, sealed } = sealAnswers(
    engine,
    { district: what.district, caseId: what.caseId, actionId: what.actionId },
    asks,
    decided.answers,
  );
  const subjectId = run.subjectId ?? what.before?.row.subject_id ?? null;
  const written = {
    district: what.district,
    case_id: what.caseId,
    seq: what.seq,
    id: what.actionId,
    name: decided.name,
    by_person: doer.person,
    by_name: doer.name,
    by_unit_id: decided.by.unitId,
    by_role: decided.by.role,
    at,
    on_day: day,
    from_step: decided.fromStep,
    to_step: decided.toStep,
    due_on: state.due.on,
    note: decided.note,
    answers: plain,
    sealed,
    effects: decided.effects.map((one) => one.do),
    after: record.after,
    content_hash: what.content,
  };
  const hashed = Buffer.from(actionHash(engine, what.previousHash, written), "hex");
  const saved = await what.save(await movedColumns(tx, what, state, subjectId, hashed));
  if (!saved) return refuse(what.before ? "changed-meanwhile" : "same-id-other-content");
  await insertAction(tx, { ...written, hash: hashed });
  const rows = [...(what.before?.rows ?? []), { ...written, after: plainOf(written.after), hash: hashed }];
  rememberFold(what.caseId, hashed, rows, what.stand(plainRecord(record)));
  if (decided.name === "calendar-known") await renameNoticeEnd(tx, state);
  if (decided.moved) {
    if (what.before) await leaveNotice(tx, what.before, what.service, decided, at);
    await enterNotice(tx, what.service, state, what.context);
  }
  // What the ledger moved it tells of itself.
  const quiet = what.service.steps[decided.fromStep ?? ""]?.may[decided.name]?.hidden ?? false;
  await tellOfMove(tx, what.service, state, decided, {
    quiet,
    applicantDistrict: what.applicantDistrict,
    at,
    chain: what.context.chain,
    doer,
  });
  return { case: state, repeated: false };
}

/** The record as it reads back from its row: what JSON does not keep is gone. */
function plainRecord(record: ActionRecord): ActionRecord {
  return { ...record, answers: plainOf(record.answers), after: plainOf(record.after) };
}

function plainOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function recordFor(what: Application, day: Day, facts: Facts): ActionRecord {
  const { decided, doer } = what;
  return {
    seq: what.seq,
    id: what.actionId,
    name: decided.name,
    byPerson: doer.person,
    byName: doer.name,
    byUnitId: decided.by.unitId,
    byRole: decided.by.role,
    at: what.at,
    onDay: day,
    fromStep: decided.fromStep,
    toStep: decided.toStep,
    note: decided.note,
    answers: decided.answers,
    after: { ...decided.after, facts },
  };
}

async function runEffects(
  tx: Tx,
  engine: Engine,
  effects: readonly Effect[],
  site: (facts: Facts, index: number) => EffectSite,
): Promise<Or<{ readonly facts: Facts; readonly subjectId?: string }>> {
  let facts: Facts = {};
  let subjectId: string | undefined;
  for (const [index, effect] of effects.entries()) {
    const handler = engine.catalogue.effects[effect.do] as (
      tx: Tx,
      effect: Effect,
      site: EffectSite,
    ) => Promise<Or<{ readonly facts?: Facts; readonly subjectId?: string } | undefined>>;
    const result = await handler(tx, effect, site(facts, index));
    if (isRefusal(result)) return result;
    facts = { ...facts, ...result?.facts };
    subjectId = result?.subjectId ?? subjectId;
  }
  return { facts, ...(subjectId !== undefined && { subjectId }) };
}

async function movedColumns(
  tx: Tx,
  what: Application,
  state: CaseState,
  subjectId: string | null,
  head: Buffer,
): Promise<CaseMoved> {
  const { turn } = state;
  const plain = Object.fromEntries(
    Object.entries(state.answers).filter(([key]) => !sensitiveKeys(what.service).has(key)),
  );
  const sameTurn = what.before?.row.turn_unit_id === turn.unitId;
  const turnPath = sameTurn
    ? (what.before?.row.turn_path ?? null)
    : turn.unitId
      ? await pathOfUnit(tx, turn.unitId)
      : null;
  return {
    subject_id: subjectId,
    step: state.step,
    state: state.state,
    outcome: state.outcome,
    turn: turn.who,
    turn_unit_id: turn.unitId,
    turn_path: turnPath,
    turn_power: turn.power,
    step_since: state.stepSince,
    due_on: state.due.on,
    clock: state.due,
    escalated: state.escalated,
    answers: plain,
    facts: state.facts,
    amount_fen: state.amountFen === null ? null : BigInt(state.amountFen),
    ended_on: state.endedOn,
    rating: state.rating,
    rated_on: state.ratedOn,
    seq: state.seq,
    head_hash: head,
  };
}

const sensitive = new WeakMap<Service, ReadonlySet<string>>();

/** The questions of a service whose answers never stand in a plain column. */
export function sensitiveKeys(service: Service): ReadonlySet<string> {
  const known = sensitive.get(service);
  if (known) return known;
  const keys = new Set(
    Object.entries(service.asks)
      .filter(
        ([, asked]) =>
          asked.sensitive || Object.values(asked.fields ?? {}).some((column) => column.sensitive),
      )
      .map(([key]) => key),
  );
  sensitive.set(service, keys);
  return keys;
}

/**
 * The hash of an action over the one before it. It covers everything that was written, the sealed blob as it
 * lies, and no path: a union that moves takes its records along.
 */
export function actionHash(
  engine: Pick<Engine, "ring">,
  previous: Buffer | null,
  action: Readonly<Record<string, unknown>>,
): string {
  const before = previous ? (previous.toString("hex") as Parameters<typeof link>[0]) : null;
  return link(before, action, digestOf(engine.ring.suite));
}

function contentOf(doer: Doer, name: string, answers: unknown): Buffer {
  return Buffer.from(hash(canonical({ person: doer.person, name, answers: jsonOf(answers) })), "hex");
}

/** What came as JSON, as JSON; anything else is no content. */
function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function plainAnswers(answers: unknown): Answers {
  return typeof answers === "object" && answers !== null && !Array.isArray(answers)
    ? (answers as Answers)
    : {};
}

/** What is looked up before the answers are judged: those of another form than their question are left out of it. */
function shapedAnswers(asks: Fields, answers: Answers): Answers {
  const isRow = (value: unknown): value is Answers =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(answers).flatMap(([key, value]) => {
      const asked = Object.hasOwn(asks, key) ? asks[key] : undefined;
      switch (asked?.kind) {
        case undefined:
          return [];
        case "list":
          if (!Array.isArray(value)) return [];
          return [[key, value.filter(isRow).map((row) => shapedAnswers(asked.fields ?? {}, row))]];
        case "papers":
        case "manyOf":
        case "officers":
          return Array.isArray(value) ? [[key, value.filter((one) => typeof one === "string")]] : [];
        default:
          return typeof value === "object" ? [] : [[key, value]];
      }
    }),
  );
}

function serviceOf(engine: Engine, id: string): Service {
  const service = engine.catalogue.services.get(id);
  if (!service) throw new Error(`a case of a service that is not declared: ${id}`);
  return service;
}

function maySeePerson(doer: Doer, person: { readonly id: string; readonly path: string }): boolean {
  return doer.person === null || doer.person === person.id || covers(doer, person.path);
}

/** Whether somebody may know that a case exists: the applicant, and officers who read cases where it lies. */
export function maySeeCase(
  doer: Doer,
  row: {
    readonly applicant_id: string;
    readonly on_behalf_by: string | null;
    readonly path: string;
    readonly turn_path: string | null;
  },
): boolean {
  if (doer.person === null || doer.person === row.applicant_id) return true;
  return readsAt(doer, row.path) || (row.turn_path !== null && readsAt(doer, row.turn_path));
}

/** A post alone shows no case: an employer's representative or a cashier stands above the union and reads none. */
function readsAt(doer: Doer, path: string): boolean {
  return doer.posts.some((post) => post.powers.includes("case.read") && isBelow(path, post.unitPath));
}

function covers(doer: Doer, path: string): boolean {
  return doer.posts.some((post) => isBelow(path, post.unitPath));
}

/** Whether a place is a union or lies below it. */
export function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}.`);
}

/** One transaction; two requests with one id at once end as one done and one repeated or refused. */
async function once(engine: Engine, work: (tx: Tx) => Promise<Or<Done>>): Promise<Or<Done>> {
  try {
    const done = await engine.db.system(work);
    // Two of one id may pass each other before either is written; asked again, the first is seen.
    return isRefusal(done) && done.code === "same-id-other-content" ? await engine.db.system(work) : done;
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === null || !idConstraints.has(constraint)) throw error;
    // Somebody's commit with the same id came first: what stands now is the answer.
    const again: Or<Done> | Refusal = await engine.db.system(work).catch((second: unknown) => {
      if (idConstraints.has(violatedConstraint(second) ?? "")) return refuse("same-id-other-content");
      throw second;
    });
    return again;
  }
}

const idConstraints: ReadonlySet<string> = new Set([
  "case_action_district_id_key",
  "case_action_pkey",
  "case_lookup_pkey",
  "case_file_pkey",
]);
