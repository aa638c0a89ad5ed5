/** The engine, as other folders may use it. Declarations import `define.ts` and `fields.ts` directly. */
export {
  type ActRequest,
  act,
  actAsSystem,
  type Done,
  maySeeCase,
  type OpenRequest,
  openCase,
  openIn,
} from "./act.ts";
export { holidayPolicy, openCalendar } from "./calendar.ts";
export { closeDay, hashesOf, rootsOf, rootText } from "./closing.ts";
export { runDeadlines } from "./deadlines.ts";
export { type DecideContext, decide, decideClock, decideOpening, type Offer, offers } from "./decide.ts";
export type { Effect, EffectKinds, KnownFacts, Service, View } from "./define.ts";
export {
  type Catalogue,
  createEngine,
  type EffectHandlers,
  type EffectSite,
  type Engine,
  type KnownLoaders,
} from "./engine.ts";
export { fold } from "./fold.ts";
export { type CaseFilter, casesByClock, casesOfPerson, countCases, type LineRow } from "./lists.ts";
export { doerOf } from "./load.ts";
export { maySeePaper } from "./paper-access.ts";
export { presentLine } from "./present.ts";
export { type Broken, type Verified, verifyCases, verifyCounters } from "./verify.ts";
export type { ActionRecord, CaseState, Doer } from "./words.ts";
