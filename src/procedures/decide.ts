import type { Day } from "../kernel/day.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";
import type { Calendar } from "../kernel/working-days.ts";
import type { CaseLevel, Chain, ChainUnit } from "../units/chain.ts";
import { type Pins, pinned } from "../units/policy.ts";
import { clockOf, isLate, noClock, paused, resumed, started } from "./clock.ts";
import {
  type ActionDef,
  type By,
  type Effect,
  type KnownFacts,
  lateTarget,
  levelsOf,
  type OfficerBy,
  type Service,
  type View,
} from "./define.ts";
import { type Answers, type FieldContext, validate } from "./fields.ts";
import { amended } from "./fold.ts";
import type { After, CaseState, Decided, Doer, DoerPost, Due, Facts, Turn } from "./words.ts";

/** What a decision must know beside the case: today, the calendar, the tree above, and loaded facts. */
export interface DecideContext extends FieldContext {
  readonly today: Day;
  readonly calendar: Calendar;
  readonly chain: Chain;
  /** Persons of the applicant's household. */
  readonly kin: readonly string[];
  readonly known: Partial<KnownFacts>;
  /** Today's policies, where an action of the step takes them anew. */
  readonly freshPins?: Pins;
}

/** What somebody asks to be done. */
export interface Asked {
  readonly name: string;
  readonly answers: unknown;
}

/** An action as a page offers it, with the reason when it may not be done now. */
export interface Offer {
  readonly name: string;
  readonly def: ActionDef;
  readonly refusal: Refusal | null;
}

/** A case about to be opened. */
export interface Opening {
  readonly id: string;
  readonly answers: unknown;
  readonly applicant: { readonly id: string; readonly name: string };
  readonly unit: CaseState["unit"];
  readonly member: boolean;
  readonly pins: Pins;
  readonly links?: CaseState["links"];
  /** Facts handed over by the case this one follows. */
  readonly facts?: Facts;
}

/** The action every ended case offers its applicant, where the service is rated. */
const rate: ActionDef = {
  title: { zh: "评价这次服务", en: "Rate this service" },
  to: "stay",
  by: "applicant",
  kind: "primary",
  asks: {
    stars: {
      kind: "oneOf",
      label: { zh: "您满意吗", en: "How satisfied are you" },
      required: true,
      sensitive: false,
      options: [5, 4, 3, 2, 1].map((stars) => ({
        value: String(stars),
        label: { zh: `${stars} 星`, en: stars === 1 ? "1 star" : `${stars} stars` },
      })),
    },
    text: {
      kind: "longText",
      label: { zh: "想说的话", en: "Anything to add" },
      required: false,
      sensitive: false,
      maxLength: 500,
    },
  },
  noteKey: "text",
};

/**
 * What would happen if somebody did this to a case now; nothing happens here. Pure and total: the same
 * answer greys out a button, refuses a request and stands in a test. Refused in this order, for the
 * first thing wrong: what is not offered, who may not, what stands in the way, what was answered badly.
 */
export function decide(
  service: Service,
  theCase: CaseState,
  asked: Asked,
  actor: Doer,
  context: DecideContext,
): Or<Decided> {
  const def = actionOf(service, theCase, asked.name);
  if (!def) {
    const offered = offers(service, theCase, actor, context)
      .filter((one) => one.refusal === null)
      .map((one) => one.def.title);
    return theCase.state === "ended" && offered.length === 0
      ? refuse("case-ended", { offered: [] })
      : refuse("not-offered", { offered });
  }
  const seat = seatOf(service, theCase, def, actor, context);
  if (isRefusal(seat)) return seat;
  const pins = def.repins ? context.freshPins : undefined;
  const plain = viewOf(service, pins ? { ...theCase, pins } : theCase, actor, context);
  const hindered = def.needs?.(plain);
  if (hindered) return hindered;
  const answers = validate(def.asks ?? {}, asked.answers ?? {}, context);
  if (isRefusal(answers)) return answers;
  const view: View = {
    ...plain,
    asked: answers,
    answers: amended(plain.answers, answers, amendedBy(def)),
  };
  const missing = def.amends ? missingPapers(service, view.answers, context.known) : undefined;
  if (missing) return missing;
  const wrong = def.check?.(view);
  if (wrong) return wrong;
  if (asked.name === "rate") return rated(theCase, view, answers);
  const decided = moved(service, theCase, asked.name, def, seat, view);
  return pins ? { ...decided, after: { ...decided.after, pins } } : decided;
}

/** What the actor might do in this case now, each with the refusal that stands in the way. */
export function offers(service: Service, theCase: CaseState, actor: Doer, context: DecideContext): Offer[] {
  const view = viewOf(service, theCase, actor, context);
  const mine = actor.person !== null && isApplicants(service, theCase, actor);
  return actionsOf(service, theCase)
    .filter(({ def }) => !def.hidden && bysOf(service, theCase, def).some((by) => isFor(by, mine, actor)))
    .map(({ name, def }) => {
      const seat = seatOf(service, theCase, def, actor, context);
      const refusal = isRefusal(seat) ? seat : (def.needs?.(view) ?? null);
      return { name, def, refusal };
    });
}

/** Opening a case: who may, whether it is the season, what was answered, whether they qualify. */
export function decideOpening(
  service: Service,
  opening: Opening,
  actor: Doer,
  context: DecideContext,
): Or<Decided> {
  const barred = mayStart(service, opening, actor, context);
  if (barred) return barred;
  const answers = validate(service.asks, opening.answers, context);
  if (isRefusal(answers)) return answers;
  // A case that takes up a former one is opened by it; its papers are asked for when its forms are handed in.
  const missing = opening.links?.previous ? undefined : missingPapers(service, answers, context.known);
  if (missing) return missing;
  const view = openingView(service, opening, answers, actor, context);
  const unfit = service.qualifies?.(view as never);
  if (unfit) return unfit;
  const facts = { ...opening.facts, ...service.sets?.(view) };
  const first = typeof service.start === "string" ? service.start : service.start.choose({ ...view, facts });
  const arrival = arrive(service, first, { ...view, facts });
  const post = actor.posts.find((one) => opening.unit.path.startsWith(one.unitPath));
  const own = actor.person === opening.applicant.id || actor.person === null;
  return {
    name: "open",
    fromStep: null,
    toStep: arrival.step,
    answers,
    note: null,
    after: {
      facts,
      amends: [],
      ...arrival.after,
      amountFen: amountOf(service, facts, answers),
      level: null,
    },
    effects: effectsOn(service, arrival.reached, { ...view, facts }),
    by: { unitId: own ? null : (post?.unitId ?? null), role: own ? null : (post?.role ?? null) },
    reached: arrival.reached,
    moved: true,
  };
}

/** Whether this person may start this service for this applicant at all: the catalogue greys it out. */
export function mayStart(
  service: Service,
  opening: Pick<Opening, "applicant" | "unit" | "member" | "pins">,
  actor: Doer,
  context: Pick<DecideContext, "today">,
): Refusal | undefined {
  if (actor.person !== null && actor.person !== opening.applicant.id) {
    const power = service.mayStart.onBehalf;
    if (!power) return refuse("own-request-only", { service: service.title });
    const held = actor.posts.some(
      (post) => post.powers.includes(power) && within(opening.unit.path, post.unitPath),
    );
    if (!held) return refuse("not-yours");
  }
  if (service.mayStart.who === "member" && !opening.member)
    return refuse("members-only", { service: service.title });
  if (service.window) {
    const { from, to } = pinned(service.window, opening.pins);
    const now = context.today.slice(5);
    const open = from <= to ? from <= now && now <= to : now >= from || now <= to;
    if (!open) return refuse("window-closed", { from, to });
  }
  return undefined;
}

/**
 * What the clock does to a case on a day: nothing (null), an escalation to the level above, a lapse, a
 * consent, the end of a notice, or a day named at last because its year's holidays are known.
 */
export function decideClock(service: Service, theCase: CaseState, context: DecideContext): Decided | null {
  const step = service.steps[theCase.step];
  if (theCase.state === "ended" || !step) return null;
  const view = viewOf(service, theCase, programDoer, context);
  const { due } = theCase;
  if (due.unknownYear !== undefined && due.rule && due.startedOn) {
    const known = started(due.rule, due.startedOn, due.pauses ?? [], context.calendar);
    return known.unknownYear !== undefined ? null : kept(theCase, "calendar-known", { due: known });
  }
  if (!isLate(due, context.today)) return null;
  if (step.notice && (context.known.openObjections ?? 0) > 0) return null;
  const late = step.whenLate;
  if (late === undefined) return null;
  if (late === "escalate") return escalated(theCase, context);
  const name = "lapse" in late ? "lapsed" : "consent" in late ? "consented" : (late.name ?? "clock");
  return moveTo(service, theCase, name, lateTarget(late), view, { level: null, facts: {} });
}

/** What an upheld objection does to a case whose notice it was raised against. */
export function decideUpheld(
  service: Service,
  theCase: CaseState,
  actor: Doer,
  context: DecideContext,
): Decided | null {
  const notice = service.steps[theCase.step]?.notice;
  if (!notice || theCase.state === "ended") return null;
  const view = viewOf(service, theCase, actor, context);
  const post = actor.posts.find((one) => one.powers.includes("notice.decide"));
  return {
    ...moveTo(service, theCase, "objection-upheld", notice.upheld, view, { level: null, facts: {} }),
    by: { unitId: post?.unitId ?? null, role: post?.role ?? null },
  };
}

/** The view rules are shown of a case. */
export function viewOf(service: Service, theCase: CaseState, actor: Doer, context: DecideContext): View {
  return {
    service,
    caseId: theCase.id,
    answers: theCase.answers,
    asked: {},
    facts: theCase.facts,
    pins: theCase.pins,
    policy: (of) => pinned(of, theCase.pins),
    known: context.known,
    today: context.today,
    openedOn: theCase.openedOn,
    since: theCase.stepSince,
    calendar: context.calendar,
    chain: context.chain,
    applicant: theCase.applicant,
    unit: theCase.unit,
    actor,
    actions: theCase.actions,
    links: theCase.links,
  };
}

const programDoer: Doer = { person: null, name: "系统", posts: [] };

function openingView(
  service: Service,
  opening: Opening,
  answers: Answers,
  actor: Doer,
  context: DecideContext,
): View {
  return {
    service,
    caseId: opening.id,
    answers,
    asked: answers,
    facts: opening.facts ?? {},
    pins: opening.pins,
    policy: (of) => pinned(of, opening.pins),
    known: context.known,
    today: context.today,
    openedOn: context.today,
    since: context.today,
    calendar: context.calendar,
    chain: context.chain,
    applicant: opening.applicant,
    unit: opening.unit,
    actor,
    actions: [],
    links: opening.links ?? {},
  };
}

/** Papers the answers call for and nobody handed in; all of them at once. */
function missingPapers(service: Service, answers: Answers, known: Partial<KnownFacts>): Refusal | undefined {
  if (!service.papers || !known.papers) return undefined;
  const fields = Object.entries(service.asks).filter(([, asked]) => asked.kind === "papers");
  const ids = fields.flatMap(([key]) => (answers[key] as readonly string[] | undefined) ?? []);
  const held = new Set(ids.map((id) => known.papers?.[id]));
  return together(
    service.papers
      .filter((rule) => (rule.when?.(answers) ?? true) && !held.has(rule.kind))
      .map((rule) => {
        const at = fields.find(([, asked]) => asked.accept?.includes(rule.kind))?.[0] ?? fields[0]?.[0];
        return refuse(
          "paper-missing",
          { paper: rule.label, kind: rule.kind },
          {
            at: `/answers/${at ?? ""}`,
            source: rule.source,
          },
        );
      }),
  );
}

// ---- who may ------------------------------------------------------------------------------------

/** In which capacity somebody acts. */
interface Seat {
  readonly post: DoerPost | null;
  /** The level whose decision this is; null for the applicant, the program, and what is no decision. */
  readonly level: CaseLevel | null;
}

function actionsOf(
  service: Service,
  theCase: CaseState,
): { readonly name: string; readonly def: ActionDef }[] {
  if (theCase.state === "ended") {
    const rated = service.rated !== false && service.ends[theCase.outcome ?? theCase.step]?.rated !== false;
    return rated && theCase.rating === null ? [{ name: "rate", def: rate }] : [];
  }
  return Object.entries(service.steps[theCase.step]?.may ?? {}).map(([name, def]) => ({ name, def }));
}

function actionOf(service: Service, theCase: CaseState, name: string): ActionDef | undefined {
  return actionsOf(service, theCase).find((one) => one.name === name)?.def;
}

function bysOf(service: Service, theCase: CaseState, def: ActionDef): readonly By[] {
  if (def.by === undefined) return [service.steps[theCase.step]?.by ?? "applicant"];
  return Array.isArray(def.by) ? def.by : [def.by as By];
}

function isFor(by: By, mine: boolean, actor: Doer): boolean {
  if (by === "clock") return false;
  return by === "applicant" ? mine : actor.posts.length > 0;
}

function isApplicants(service: Service, theCase: CaseState, actor: Doer): boolean {
  if (actor.person === theCase.applicant.id) return true;
  if (actor.person === null || actor.person !== theCase.onBehalfBy) return false;
  const power = service.mayStart.onBehalf;
  return power !== undefined && actor.posts.some((post) => post.powers.includes(power));
}

function seatOf(
  service: Service,
  theCase: CaseState,
  def: ActionDef,
  actor: Doer,
  context: DecideContext,
): Or<Seat> {
  const refusals: Refusal[] = [];
  for (const by of bysOf(service, theCase, def)) {
    const seat = takeSeat(service, theCase, by, def, actor, context);
    if (!isRefusal(seat)) return seat;
    refusals.push(seat);
  }
  // The most telling reason: a rule about this person before “not your turn” before “not your post”.
  const telling = refusals.find((one) => one.code !== "not-yours" && one.code !== "not-your-turn");
  return telling ?? refusals.find((one) => one.code === "not-your-turn") ?? refuse("not-yours");
}

function takeSeat(
  service: Service,
  theCase: CaseState,
  by: By,
  def: ActionDef,
  actor: Doer,
  context: DecideContext,
): Or<Seat> {
  if (by === "clock") return actor.person === null ? { post: null, level: null } : refuse("not-yours");
  if (by === "applicant")
    return isApplicants(service, theCase, actor) ? { post: null, level: null } : refuse("applicant-only");
  const held = heldPost(theCase, by, actor, context.chain);
  if (isRefusal(held)) return held;
  const level = def.decides === false ? null : (levelsOf(by)[0] ?? null);
  const clash = level === null ? undefined : separation(theCase, level, actor, context);
  return clash ?? { post: held, level };
}

function heldPost(theCase: CaseState, by: OfficerBy, actor: Doer, chain: Chain): Or<DoerPost> {
  const units = unitsOf(by, chain);
  const stations = units.map((one) => one.id as string);
  // A late step may also be done one level up, where it was escalated to.
  if (theCase.escalated && theCase.turn.unitId) stations.push(theCase.turn.unitId);
  const post = actor.posts.find((one) => stations.includes(one.unitId) && one.powers.includes(by.power));
  if (post) return post;
  const turn = units[0]?.name ?? theCase.turn.unitName;
  return actor.posts.length > 0 && turn ? refuse("not-your-turn", { unit: turn }) : refuse("not-yours");
}

/** design §4: nobody decides two levels of one case, their own case, or a relative's. */
function separation(
  theCase: CaseState,
  level: CaseLevel,
  actor: Doer,
  context: DecideContext,
): Refusal | undefined {
  if (actor.person === null) return undefined;
  if (actor.person === theCase.applicant.id) return refuse("own-case");
  if (context.kin.includes(actor.person)) return refuse("relatives-case");
  const before = theCase.actions.find(
    (one) => one.byPerson === actor.person && one.after.level !== null && one.after.level !== level,
  );
  return before ? refuse("two-levels") : undefined;
}

/** The unions of the chain that stand at a step's levels, in its order. */
function unitsOf(by: OfficerBy, chain: Chain): readonly ChainUnit[] {
  return levelsOf(by).flatMap((level) => chain.levels[level] ?? []);
}

function within(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}.`);
}

// ---- what follows -------------------------------------------------------------------------------

function moved(
  service: Service,
  theCase: CaseState,
  name: string,
  def: ActionDef,
  seat: Seat,
  view: View,
): Decided {
  const facts = def.sets?.(view) ?? {};
  const after: View = { ...view, facts: { ...view.facts, ...facts } };
  const to = typeof def.to === "object" ? def.to.choose(after) : def.to;
  const note = view.asked[def.noteKey ?? "note"];
  const common = {
    answers: view.asked,
    note: typeof note === "string" ? note : null,
    by: { unitId: seat.post?.unitId ?? null, role: seat.post?.role ?? null },
  };
  const own = def.effects?.(after) ?? [];
  if (to === "stay" || (to === theCase.step && def.to !== to)) {
    const due = clockAfter(service, theCase, def, after);
    const stayed = kept(theCase, name, { due, facts, level: seat.level, amends: amendedBy(def) });
    const amountFen = amountOf(service, after.facts, after.answers);
    return { ...stayed, ...common, after: { ...stayed.after, amountFen }, effects: own };
  }
  const there = moveTo(service, theCase, name, to, after, {
    level: seat.level,
    facts,
    amends: amendedBy(def),
  });
  return { ...there, ...common, effects: [...own, ...there.effects] };
}

/** The questions of the case an action answers anew. */
function amendedBy(def: ActionDef): readonly string[] {
  return def.amends ? Object.keys(def.asks ?? {}) : [];
}

function clockAfter(service: Service, theCase: CaseState, def: ActionDef, view: View): Due {
  const step = service.steps[theCase.step];
  switch (def.clock ?? "keep") {
    case "keep":
      return theCase.due;
    case "restart":
      return step ? clockOf(step, view) : noClock;
    case "pause":
      return paused(theCase.due, view.today, view.calendar);
    case "resume":
      return resumed(theCase.due, view.today, view.calendar);
  }
}

function moveTo(
  service: Service,
  theCase: CaseState,
  name: string,
  to: string,
  view: View,
  with_: { readonly level: CaseLevel | null; readonly facts: Facts; readonly amends?: readonly string[] },
): Decided {
  const arrival = arrive(service, to, view);
  return {
    name,
    fromStep: theCase.step,
    toStep: arrival.step,
    answers: {},
    note: null,
    after: {
      facts: with_.facts,
      amends: with_.amends ?? [],
      ...arrival.after,
      amountFen: amountOf(service, view.facts, view.answers),
      level: with_.level,
    },
    effects: effectsOn(service, arrival.reached, view),
    by: { unitId: null, role: null },
    reached: arrival.reached,
    moved: true,
  };
}

type Arrival = Pick<After, "turn" | "due" | "stepSince" | "escalated" | "state" | "outcome" | "passed">;

/** Where a case lands that is sent to a step: further on, when nobody stands at that step's level. */
function arrive(
  service: Service,
  to: string,
  view: View,
): { readonly step: string; readonly reached: readonly string[]; readonly after: Arrival } {
  const passed: string[] = [];
  let name = to;
  for (;;) {
    const step = service.steps[name];
    if (!step) break;
    const unit = typeof step.by === "object" ? unitsOf(step.by, view.chain)[0] : undefined;
    if (typeof step.by === "object" && !unit && step.passTo && !passed.includes(name)) {
      passed.push(name);
      name = step.passTo;
      continue;
    }
    const turn: Turn =
      typeof step.by === "object"
        ? { who: "union", unitId: unit?.id ?? null, unitName: unit?.name ?? null, power: step.by.power }
        : { who: step.by, unitId: null, unitName: null, power: null };
    const due = clockOf(step, { ...view, since: view.today });
    const after = {
      turn,
      due,
      stepSince: view.today,
      escalated: false,
      state: "open",
      outcome: null,
      passed,
    } as const;
    return { step: name, reached: [name], after };
  }
  const turn: Turn = { who: "nobody", unitId: null, unitName: null, power: null };
  const after = {
    turn,
    due: noClock,
    stepSince: view.today,
    escalated: false,
    state: "ended",
    outcome: name,
    passed,
  } as const;
  return { step: name, reached: [name], after };
}

function effectsOn(service: Service, reached: readonly string[], view: View): readonly Effect[] {
  return reached.flatMap((name) => service.onReach?.[name]?.(view) ?? []);
}

/** The same case in the same step, with parts of what follows replaced. */
function kept(theCase: CaseState, name: string, change: Partial<After>): Decided {
  return {
    name,
    fromStep: theCase.step,
    toStep: theCase.step,
    answers: {},
    note: null,
    after: {
      facts: {},
      amends: [],
      turn: theCase.turn,
      due: theCase.due,
      stepSince: theCase.stepSince,
      escalated: theCase.escalated,
      state: theCase.state,
      outcome: theCase.outcome,
      amountFen: theCase.amountFen,
      passed: [],
      level: null,
      ...change,
    },
    effects: [],
    by: { unitId: null, role: null },
    reached: [],
    moved: false,
  };
}

function rated(theCase: CaseState, view: View, answers: Answers): Decided {
  const stayed = kept(theCase, "rate", { rating: { stars: Number(answers.stars) } });
  const text = view.asked.text;
  return { ...stayed, answers, note: typeof text === "string" ? text : null };
}

/** The levels above one another; a late step passes up this ladder. */
const ladder = [
  "own",
  "township",
  "county",
  "city",
  "province",
  "national",
] as const satisfies readonly CaseLevel[];

/** A late step goes to the next union above the one whose turn it is, with the same clock again. */
function escalated(theCase: CaseState, context: DecideContext): Decided | null {
  const above = unitAbove(theCase.turn.unitId, context.chain);
  if (!above) return theCase.escalated ? null : kept(theCase, "escalated", { escalated: true });
  const rule = theCase.due.rule;
  const due = rule ? started(rule, context.today, [], context.calendar) : noClock;
  const turn: Turn = { ...theCase.turn, unitId: above.id, unitName: above.name };
  return kept(theCase, "escalated", { escalated: true, due, turn });
}

/** The union of the chain one level above another. */
function unitAbove(unitId: string | null, chain: Chain): ChainUnit | undefined {
  const units = ladder.flatMap((level) => chain.levels[level] ?? []);
  const last = units.findLastIndex((one) => one.id === unitId);
  return units[last + 1];
}

function amountOf(service: Service, facts: Facts, answers: Answers): number | null {
  const amount = service.amount?.({ facts, answers });
  return amount === undefined || amount === null ? null : Number(amount);
}

/** What the service says happens when nobody acts in a step, or a sentence made from its clock. */
export function ifNothing(service: Service, theCase: CaseState, chain: Chain): Text | null {
  const step = service.steps[theCase.step];
  if (!step || theCase.state === "ended") return null;
  if (step.ifNothing) return step.ifNothing;
  const late = step.whenLate;
  if (late === undefined) return null;
  if (late === "escalate") {
    const above = unitAbove(theCase.turn.unitId, chain);
    return above
      ? { zh: `逾期会自动报${above.name}`, en: `if late, it goes to ${above.name} by itself` }
      : { zh: "逾期会记入本级考核", en: "if late, it counts against this level" };
  }
  const to = lateTarget(late);
  const title = service.steps[to]?.title ?? service.ends[to]?.title;
  return title ? { zh: `到期自动转为「${title.zh}」`, en: `then it becomes “${title.en}” by itself` } : null;
}
