/** The engine, as other folders may use it. Declarations import `define.ts` and `fields.ts` directly. */

export { openCalendar } from "./calendar.ts";

export { awaitsDecision } from "./close-guard.ts";

export type { Engine } from "./engine.ts";

export { casesOfPerson } from "./lists.ts";
export { maySeePaper } from "./paper-access.ts";
export { countOverdue } from "./store.ts";

export { type Broken, verifyCases, verifyCounters } from "./verify.ts";
