import type { Tx } from "../db/index.ts";
import { attachPapers, rehangPapers } from "../documents/papers/index.ts";
import type { Day } from "../kernel/day.ts";
import { link } from "../kernel/hash.ts";
import type { Id } from "../kernel/ids.ts";
import { onceFor } from "../kernel/memo.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import { digestOf } from "../kernel/seal.ts";
import { inPost } from "../units/index.ts";
import type { DecideContext } from "./decide.ts";
import type { Effect, Service } from "./define.ts";
import type { EffectSite, Engine } from "./engine.ts";
import { type Answers, type Fields, isSensitive } from "./fields.ts";
import { asksOf, type Loaded, rememberActions, sealAnswers } from "./load.ts";
import { enterNotice, leaveNotice, renameNoticeEnd } from "./notices.ts";
import { papersIn } from "./papers.ts";
import { type CaseMoved, insertAction, pathOfUnit } from "./store.ts";
import { tellOfMove } from "./telling.ts";
import type { ActionRecord, CaseState, Decided, Doer, Facts } from "./words.ts";

/** The outcome of opening or acting. `repeated`: this very request had been done before; nothing changed. */
export interface Done {
  readonly case: CaseState;
  readonly repeated: boolean;
}

/** A decision with all that writing it down needs. */
export interface Application {
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

/** Write a decision down: its action, the case, what it brings about, whom it tells; all or nothing. */
export async function apply(tx: Tx, what: Application): Promise<Or<Done>> {
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
  const asks = asksOf(what.service, decided.name, decided.fromStep);
  const stranger = await notInPost(tx, asks, decided.answers, day);
  if (stranger) return stranger;
  const papers = papersIn(asks, decided.answers);
  if (papers.length > 0) {
    const hung = await attachPapers(tx, engine.ring, papers as readonly Id<"paper">[], {
      district: what.district,
      caseId: what.caseId as Id<"case">,
      path: what.stand(first).unit.path,
      owner: what.stand(first).applicant.id as Id<"person">,
      byPerson: (doer.person ?? what.stand(first).applicant.id) as Id<"person">,
      // What an officer hands in for the worker is the worker's; what they add as they handle the case is the officers'.
      sensitivity:
        decided.by.unitId !== null && decided.fromStep !== null && decided.after.amends.length === 0
          ? "officers"
          : "normal",
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
  const moved = await movedColumns(tx, what, state, subjectId, hashed);
  const saved = await what.save(moved);
  if (!saved) return refuse(what.before ? "changed-meanwhile" : "same-id-other-content");
  if (decided.home)
    await rehangPapers(tx, what.district, what.caseId as Id<"case">, decided.home.path as UnitPath);
  const path = moved.path ?? state.unit.path;
  await insertAction(tx, { ...written, path, hash: hashed });
  const asRead = { ...written, path, answers: plainOf(plain), after: plainOf(written.after), hash: hashed };
  const rows = [...(what.before?.rows ?? []), asRead];
  rememberActions(what.caseId, hashed, rows);
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
  return { case: decided.home ? { ...state, unit: decided.home } : state, repeated: false };
}

/** A value as it reads back from its row: what JSON does not keep is gone. */
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
  const { home } = what.decided;
  return {
    ...(home && { unit_id: home.id, path: home.path }),
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

/** The questions of a service whose answers never stand in a plain column. */
export const sensitiveKeys = onceFor(
  (service: Service): ReadonlySet<string> =>
    new Set(
      Object.entries(service.asks)
        .filter(([, asked]) => isSensitive(asked))
        .map(([key]) => key),
    ),
);

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
  return link(before, coveredOf(action), digestOf(engine.ring.suite));
}

/** What of an action its hash covers: all that was written, not where it is read. */
export function coveredOf(action: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { path: _, hash: __, ...covered } = action;
  return covered;
}

/** Who is named as an officer holds a post that day: two are not made of one and a made-up other. */
async function notInPost(tx: Tx, asks: Fields, answers: Answers, day: Day): Promise<Refusal | undefined> {
  for (const [key, { kind }] of Object.entries(asks)) {
    const named = answers[key];
    if (kind !== "officers" || !Array.isArray(named)) continue;
    const known = await inPost(tx, named as readonly Id<"person">[], day);
    const at = named.findIndex((one) => !known.has(one));
    if (at >= 0) return refuse("no-officer", {}, { at: `/answers/${key}/${at}` });
  }
  return undefined;
}
