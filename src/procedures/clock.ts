import type { Day } from "../kernel/day.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { type Calendar, type ClockRule, dueAfterPauses, type Pause } from "../kernel/working-days.ts";
import { isPolicy, type StepDef, type View } from "./define.ts";
import type { Due } from "./words.ts";

/** A clock that does not run. */
export const noClock: Due = { on: null };

/** The clock of a step entered on `view.today`. */
export function clockOf(step: StepDef, view: View): Due {
  const { within, notice } = step;
  if (notice) return started(view.policy(notice.days), view.today, [], view.calendar);
  if (within === undefined) return noClock;
  if (typeof within === "function") return { on: within(view) };
  const rule = isPolicy(within) ? (view.policy(within) as ClockRule) : (within as ClockRule);
  return started(rule, view.today, [], view.calendar);
}

/**
 * A clock that runs by a rule from a day. When it would end in a year whose holidays are not yet
 * published, the case goes on all the same: `on` is null and `unknownYear` says what is awaited.
 */
export function started(rule: ClockRule, startedOn: Day, pauses: readonly Pause[], calendar: Calendar): Due {
  const due = dueAfterPauses(startedOn, rule, pauses, calendar);
  const held = { rule, startedOn, ...(pauses.length > 0 && { pauses }) };
  if (isRefusal(due)) return { on: null, ...held, unknownYear: String(due.params.year) };
  return { on: due, ...held };
}

/** The clock standing still from today. */
export function paused(due: Due, today: Day, calendar: Calendar): Due {
  if (!due.rule || !due.startedOn || isPaused(due)) return due;
  return started(due.rule, due.startedOn, [...(due.pauses ?? []), { from: today, until: null }], calendar);
}

/** The clock running again from today. */
export function resumed(due: Due, today: Day, calendar: Calendar): Due {
  if (!due.rule || !due.startedOn || !isPaused(due)) return due;
  const pauses = (due.pauses ?? []).map((one) => (one.until === null ? { ...one, until: today } : one));
  return started(due.rule, due.startedOn, pauses, calendar);
}

/** Whether a clock stands still. */
function isPaused(due: Due): boolean {
  return due.pauses?.some((one) => one.until === null) ?? false;
}

/** Whether its last day is behind us. */
export function isLate(due: Due, today: Day): boolean {
  return due.on !== null && today > due.on;
}
