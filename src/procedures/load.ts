import { behindWall, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { keepWithin } from "../kernel/memo.ts";
import type { UnitPath } from "../kernel/path.ts";
import { sealJson, unsealJson } from "../kernel/seal.ts";
import { chainOf } from "../units/chain.ts";
import type { Pins } from "../units/policy.ts";
import { pinsFor } from "../units/policy-store.ts";
import { type Power, powersOf } from "../units/powers.ts";
import type { Actor } from "../units/scope.ts";
import type { DecideContext } from "./decide.ts";
import { type KnownFacts, policiesOf, type Service } from "./define.ts";
import type { Engine, KnownSite } from "./engine.ts";
import { type Answers, partSensitive } from "./fields.ts";
import { type CaseHead, fold } from "./fold.ts";
import { type ActionRow, actionsOf, type CaseRow, kinOf, pathOfUnit } from "./store.ts";
import type { ActionRecord, After, CaseState, Doer } from "./words.ts";

/** A case with the row it was read from. */
export interface Loaded {
  readonly row: CaseRow;
  readonly rows: readonly ActionRow[];
  readonly state: CaseState;
}

/**
 * Actions that were read or written lately, by case, as they lie in the database: what is sensitive stays sealed, and is
 * opened for one request at a time. They hold for one head of the chain: the row's `head_hash` says whether it is still the
 * case's, whoever wrote meanwhile, so nothing is ever invalidated and a rolled-back action never shows. Reading them costs
 * some ten times what opening and folding them does. Kept by how many actions they are in all, some kilobytes each: a case
 * has nine in the middle, and one with hundreds is read anew each time.
 */
const kept = keepWithin<{ readonly head: string; readonly rows: readonly ActionRow[] }>({
  most: 4000,
  each: 300,
});

/** Keeps a case's actions for the next who asks. */
export function rememberActions(caseId: string, head: Buffer, rows: readonly ActionRow[]): void {
  kept.set(caseId, { head: head.toString("hex"), rows }, rows.length);
}

/** The case as the fold of its actions, sensitive answers unsealed. Whoever saw its row may know what was done to it. */
export async function loadCase(engine: Engine, tx: Tx, row: CaseRow): Promise<Loaded> {
  const known = kept.get(row.id);
  const fresh = known?.head === row.head_hash.toString("hex");
  const rows = fresh ? known.rows : await behindWall(tx, () => actionsOf(tx, row.district, row.id));
  const state = fold(
    headOf(row),
    rows.map((one) => recordOf(engine, one)),
  );
  if (rows.at(-1)?.hash.equals(row.head_hash)) rememberActions(row.id, row.head_hash, rows);
  return { row, rows, state };
}

/** What was fixed about a case when it opened, and which records it is about. */
export function headOf(row: CaseRow): CaseHead {
  return {
    id: row.id,
    district: row.district,
    number: row.number,
    service: row.service,
    version: row.service_version,
    unit: { id: row.unit_id, path: row.path, name: row.unit_name },
    applicant: { id: row.applicant_id, name: row.applicant_name },
    onBehalfBy: row.on_behalf_by,
    subjectId: row.subject_id,
    openedOn: row.opened_on,
    pins: row.pins as Pins,
    links: {
      ...(row.previous_id && { previous: row.previous_id }),
      ...(row.parent_id && { parent: row.parent_id }),
      ...(row.follow_of && { followOf: row.follow_of }),
    },
  };
}

/** An action as the rules see it. */
export function recordOf(engine: Engine, row: ActionRow): ActionRecord {
  const plain = row.answers as Answers;
  const answers = row.sealed
    ? { ...plain, ...unsealJson<Answers>(engine.ring, sealOf(row.district, row.case_id, row.id), row.sealed) }
    : plain;
  return {
    seq: row.seq,
    id: row.id,
    name: row.name,
    byPerson: row.by_person,
    byName: row.by_name,
    byUnitId: row.by_unit_id,
    byRole: row.by_role,
    at: row.at,
    onDay: row.on_day,
    fromStep: row.from_step,
    toStep: row.to_step,
    note: row.note,
    answers,
    after: row.after as After,
  };
}

/** An action's answers, apart and sealed. */
export function sealAnswers(
  engine: Engine,
  at: { readonly district: string; readonly caseId: string; readonly actionId: string },
  asks: Parameters<typeof partSensitive>[0],
  answers: Answers,
): { readonly plain: Answers; readonly sealed: Buffer | null } {
  const { plain, sealed } = partSensitive(asks, answers);
  if (Object.keys(sealed).length === 0) return { plain, sealed: null };
  const blob = sealJson(engine.ring, sealOf(at.district, at.caseId, at.actionId), sealed);
  return { plain, sealed: Buffer.from(blob) };
}

function sealOf(district: string, caseId: string, actionId: string) {
  return { compartment: district, about: `case/${caseId}/${actionId}` };
}

/** The questions an action's answers belong to. */
export function asksOf(service: Service, name: string, step: string | null): Service["asks"] {
  if (step === null) return service.asks;
  return service.steps[step]?.may[name]?.asks ?? {};
}

/** A person who acts, with the powers of the posts held that day. */
export function doerOf(actor: Actor, on: Day): Doer {
  const posts = actor.posts
    .filter((post) => post.from <= on && (post.until === null || on < post.until))
    .map((post) => ({
      unitId: post.unitId,
      unitPath: post.unitPath,
      unitName: post.unitName,
      role: post.role,
      powers: powersOf[post.role] as readonly Power[],
    }));
  return { person: actor.person, name: actor.name, posts, district: actor.district };
}

/** What a decision must know beside the case itself. */
export async function contextOf(
  engine: Engine,
  tx: Tx,
  site: KnownSite & { readonly unitId: string },
): Promise<DecideContext> {
  const step = site.step === null ? undefined : site.service.steps[site.step];
  const repins = Object.values(step?.may ?? {}).some((one) => one.repins);
  const [known, pins, chain, kin] = await Promise.all([
    knownFacts(engine, tx, site),
    repins ? freshPins(tx, site) : undefined,
    chainOf(tx, site.unitId as Id<"unit">),
    kinOf(tx, site.applicant),
  ]);
  return {
    ...(pins && { freshPins: pins }),
    today: site.today,
    fictitious: engine.fictitious,
    calendar: engine.calendar(),
    chain: (step?.atDestination && known.destination?.chain) || chain,
    kin,
    known,
  };
}

async function freshPins(tx: Tx, site: KnownSite & { readonly unitId: string }): Promise<Pins> {
  const path = await pathOfUnit(tx, site.unitId);
  return pinsFor(tx, policiesOf(site.service), path as UnitPath, site.today);
}

async function knownFacts(engine: Engine, tx: Tx, site: KnownSite): Promise<Partial<KnownFacts>> {
  const names = new Set<keyof KnownFacts>(site.service.knows ?? []);
  if (asksForPapers(site)) names.add("papers");
  if (site.step !== null && site.service.steps[site.step]?.notice) names.add("openObjections");
  const loaded = [...names].map(
    async (name) => [name, await engine.catalogue.known[name](tx, site)] as const,
  );
  return Object.fromEntries(await Promise.all(loaded)) as Partial<KnownFacts>;
}

function asksForPapers(site: KnownSite): boolean {
  return site.service.papers !== undefined && site.service.papers.length > 0;
}

/** Where facts are loaded for a case that stands. */
export function siteOf(
  engine: Engine,
  service: Service,
  loaded: Loaded,
  asked: Answers,
  actor: Doer,
  today: Day,
) {
  const { row, state } = loaded;
  return {
    engine,
    district: row.district,
    caseId: row.id,
    unitId: row.unit_id,
    service,
    step: state.state === "open" ? state.step : null,
    applicant: { id: row.applicant_id, district: row.applicant_district },
    answers: state.answers,
    asked,
    facts: state.facts,
    actor,
    today,
  };
}
