import type { Day } from "../kernel/day.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import type { Calendar } from "../kernel/working-days.ts";
import type { Chain } from "../units/chain.ts";
import { type Pins, pinned } from "../units/policy.ts";
import { isLate, started } from "./clock.ts";
import {
  type ActionDef,
  isPaperNeeded,
  type KnownFacts,
  lateTarget,
  type Service,
  type View,
} from "./define.ts";
import type { Answers } from "./fields.ts";
import { amended } from "./fold.ts";
import { amendedBy, amountOf, arrive, effectsOn, escalated, kept, moved, moveTo, rated } from "./moving.ts";
import { actionOf, actionsOf, bysOf, isApplicants, isFor, seatOf } from "./seats.ts";
import { isBelow } from "./sight.ts";
import { type FieldContext, validate } from "./validate.ts";
import type { CaseState, Decided, Doer, Facts } from "./words.ts";

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
  return {
    ...decided,
    ...(pins && { after: { ...decided.after, pins } }),
    ...(def.rehomes && view.known.destination && { home: view.known.destination.unit }),
  };
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
      (post) => post.powers.includes(power) && isBelow(opening.unit.path, post.unitPath),
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
      .filter((rule) => isPaperNeeded(rule, answers) && !held.has(rule.kind))
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
