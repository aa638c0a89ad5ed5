import type { Tx } from "../db/index.ts";
import { violatedConstraint } from "../db/index.ts";
import { type Day, yearOf } from "../kernel/day.ts";
import { canonical, hash } from "../kernel/hash.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import { getPerson, unsealPerson } from "../people/index.ts";
import { pinsFor } from "../units/policy-store.ts";
import type { Actor } from "../units/scope.ts";
import { type DecideContext, decide, decideClock, decideOpening, type Opening } from "./decide.ts";
import { policiesOf, type Service } from "./define.ts";
import { type DraftPlace, openDraft } from "./drafts.ts";
import type { Engine } from "./engine.ts";
import type { Answers, Fields } from "./fields.ts";
import { fold, follow } from "./fold.ts";
import { contextOf, doerOf, headOf, type Loaded, loadCase, siteOf } from "./load.ts";
import { hasMarks, marksDraft, withoutMarks } from "./marks.ts";
import { apply, type Done } from "./record.ts";
import { maySeeCase, maySeePerson } from "./sight.ts";
import {
  deleteDraft,
  findApplicant,
  findHomeUnit,
  insertCase,
  lockCase,
  nextSerial,
  updateCase,
} from "./store.ts";
import { type ActionRecord, type CaseState, type Decided, type Doer, type Facts, program } from "./words.ts";

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
  if (service.round && !opened.facts?.["round"]) return refuse("round-needed", { service: service.title });
  const content = contentOf(doer, "open", { ...request, id: undefined });
  const before = await lockCase(tx, request.id);
  if (before) return repeatedOpening(engine, tx, before, content);
  const today = engine.clock.today();
  const at = engine.clock.now();
  const applicant = request.onBehalfOf
    ? await findApplicant(tx, request.onBehalfOf)
    : await findApplicant(tx, doer.person ?? "", doer.district);
  if (!applicant || !maySeePerson(doer, applicant)) return refuse("not-found", {}, { at: "/onBehalfOf" });
  const unit = await homeUnit(tx, service, request.answers, applicant);
  if (isRefusal(unit)) return unit;
  const draft = { district: applicant.district, person: doer.person ?? "", service: service.id };
  const answers = await unmarked(tx, engine, service.asks, request.answers, applicant, {}, draft);
  const opening: Opening = {
    id: request.id,
    answers,
    applicant: { id: applicant.id, name: applicant.name },
    unit: { id: unit.id, path: unit.path, name: unit.name },
    member: ["ACTIVE", "TRANSFER_OUT", "RETAINED"].includes(applicant.member_status ?? ""),
    pins: await pinsFor(tx, policiesOf(service), unit.path as never, today),
    ...(opened.links && { links: opened.links }),
    ...(opened.facts && { facts: opened.facts }),
  };
  const asked = shapedAnswers(service.asks, plainAnswers(answers));
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
  const applicant = { id: row.applicant_id, district: row.applicant_district };
  const answers = await unmarked(tx, engine, asks, request.answers ?? {}, applicant, state.answers);
  const asked = shapedAnswers({ ...service.asks, ...asks }, plainAnswers(answers));
  const site = siteOf(engine, service, loaded, asked, doer, today);
  const context = await contextOf(engine, tx, site);
  const decided = decide(service, state, { name: request.name, answers }, doer, context);
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
    save: async (moved) => updateCase(tx, row, moved),
    previousHash: row.head_hash,
    seq: row.seq + 1,
  });
}

function contentOf(doer: Doer, name: string, answers: unknown): Buffer {
  return Buffer.from(hash(canonical({ person: doer.person, name, answers: jsonOf(answers) })), "hex");
}

/** What came as JSON, as JSON; anything else is no content. */
function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/**
 * The answers with the applicant's own sealed facts, or what the case already holds, where a form left marks for them.
 * What was asked for is told apart by the marks, as they came.
 */
async function unmarked(
  tx: Tx,
  engine: Engine,
  asks: Fields,
  answers: unknown,
  applicant: { readonly id: string; readonly district: string },
  before: Answers,
  draft?: DraftPlace,
): Promise<unknown> {
  const plain = plainAnswers(answers);
  if (!hasMarks(plain)) return answers;
  const person = await getPerson(tx, applicant.id as Id<"person">, applicant.district);
  const typed = draft && marksDraft(plain) ? await openDraft(tx, engine.ring, draft) : null;
  const held = { file: { ...unsealPerson(engine.ring, person) }, before, draft: typed?.answers ?? {} };
  return withoutMarks(asks, plain, held);
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
