import type { Text } from "../kernel/words.ts";
import type { CaseLevel, Chain, ChainUnit } from "../units/chain.ts";
import { clockOf, noClock, paused, resumed, started } from "./clock.ts";
import { type ActionDef, type Effect, lateTarget, type Service, type View } from "./define.ts";
import type { Answers } from "./fields.ts";
import { type Seat, unitsOf } from "./seats.ts";
import type { After, CaseState, Decided, Due, Facts, Turn } from "./words.ts";

/** What an action that was allowed leads to: the step, the facts, the clock and the effects. */
export function moved(
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
export function amendedBy(def: ActionDef): readonly string[] {
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

/** A case on its way to a step or an end. */
export function moveTo(
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
export function arrive(
  service: Service,
  to: string,
  view: View,
): { readonly step: string; readonly reached: readonly string[]; readonly after: Arrival } {
  const passed: string[] = [];
  let name = to;
  for (;;) {
    const step = service.steps[name];
    if (!step) break;
    const chain = (step.atDestination ? view.known.destination?.chain : undefined) ?? view.chain;
    const unit = typeof step.by === "object" ? unitsOf(step.by, chain)[0] : undefined;
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

/** What reaching these steps brings about. */
export function effectsOn(service: Service, reached: readonly string[], view: View): readonly Effect[] {
  return reached.flatMap((name) => service.onReach?.[name]?.(view) ?? []);
}

/** The same case in the same step, with parts of what follows replaced. */
export function kept(theCase: CaseState, name: string, change: Partial<After>): Decided {
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

/** A rating, which ends nothing and moves nothing. */
export function rated(theCase: CaseState, view: View, answers: Answers): Decided {
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
export function escalated(
  theCase: CaseState,
  context: Pick<View, "today" | "chain" | "calendar">,
): Decided | null {
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

/** The amount a case is about, in fen, when its service has one. */
export function amountOf(service: Service, facts: Facts, answers: Answers): number | null {
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
