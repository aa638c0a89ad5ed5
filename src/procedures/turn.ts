import type { Day } from "../kernel/day.ts";
import { formatNear } from "../kernel/day.ts";
import { isRefusal } from "../kernel/refusal.ts";
import type { Lang, Text } from "../kernel/words.ts";
import { type Calendar, remaining } from "../kernel/working-days.ts";
import type { DecideContext } from "./decide.ts";
import type { Service } from "./define.ts";
import type { LineRow } from "./lists.ts";
import { ifNothing } from "./moving.ts";
import { turnText } from "./telling.ts";
import { stepTitle } from "./titles.ts";
import type { CaseState, Doer, Due } from "./words.ts";

/**
 * How long a clock still runs, in its own unit, negative when it is past: counted once, for lists and pages alike. Null
 * without a day, or while the holidays of a year it crosses are unknown.
 */
export function remainingOf(row: Pick<LineRow, "due_on" | "clock">, today: Day, calendar: Calendar) {
  if (row.due_on === null) return null;
  const unit = (row.clock as Due).rule?.unit === "working" ? ("working" as const) : ("calendar" as const);
  const days = remaining(today, row.due_on, unit, calendar);
  return isRefusal(days) ? null : { days, unit };
}

/** Whose turn it is, until when, and what happens if they do nothing (look.md). */
export function presentTurn(
  service: Service,
  state: CaseState,
  doer: Doer,
  context: Pick<DecideContext, "today" | "calendar" | "chain">,
  lang: Lang,
) {
  const { due, turn } = state;
  const silence = ifNothing(service, state, context.chain);
  const mine =
    (turn.who === "applicant" && doer.person === state.applicant.id) ||
    (turn.who === "union" && doer.posts.some((post) => post.unitId === turn.unitId));
  return {
    who: state.state === "ended" ? ("nobody" as const) : mine ? ("you" as const) : turn.who,
    unitName: turn.unitName,
    dueOn: due.on,
    remaining: remainingOf({ due_on: due.on, clock: due }, context.today, context.calendar),
    calendarUnknown: due.unknownYear ?? null,
    paused: due.pauses?.some((one) => one.until === null) ?? false,
    escalated: state.escalated,
    ifNothing: silence,
    sentence: turnSentence(service, state, mine, doer, silence, context.today, lang),
  };
}

/** Whose turn it is, as it is said to the one who looks: an officer is not the applicant. */
function whoseTurn(state: CaseState, mine: boolean, toWorker: boolean): Text {
  if (state.turn.who === "applicant" && !toWorker) return { zh: "申请人", en: "the applicant" };
  if (state.turn.who === "union" && mine) return { zh: "您所在工会", en: "your union" };
  return turnText(state);
}

function turnSentence(
  service: Service,
  state: CaseState,
  mine: boolean,
  doer: Doer,
  silence: Text | null,
  today: Day,
  lang: Lang,
): string {
  const step = stepTitle(service, state.step)[lang];
  if (state.state === "ended")
    return lang === "zh"
      ? `已于 ${state.endedOn ? formatNear(state.endedOn, today, "zh") : ""}办结：${step}。`
      : `Ended on ${state.endedOn ? formatNear(state.endedOn, today, "en") : ""}: ${step}.`;
  const { due, turn } = state;
  const toWorker = doer.person === state.applicant.id;
  const until =
    due.on !== null
      ? lang === "zh"
        ? `${formatNear(due.on, today, "zh")}前`
        : `by ${formatNear(due.on, today, "en")}`
      : due.unknownYear
        ? lang === "zh"
          ? `待国务院公布${due.unknownYear}年放假安排后确定期限`
          : `the day will be named when the State Council publishes the holidays of ${due.unknownYear}`
        : "";
  const who = whoseTurn(state, mine, toWorker)[lang];
  const after = silence ? (lang === "zh" ? `；${silence.zh}` : `; ${silence.en}`) : "";
  if (turn.who === "clock")
    return lang === "zh"
      ? `「${step}」，${due.on ? `${formatNear(due.on, today, "zh")}到期` : until || "无固定期限"}${after}。`
      : `${step}${due.on ? `, until ${formatNear(due.on, today, "en")}` : until && `, ${until}`}${after}.`;
  const answer = toWorker && turn.who === "union" && due.on !== null;
  if (lang === "zh")
    return `轮到${who}：${step}${until ? `，${until}${answer ? "给您答复" : due.on ? "办理" : ""}` : ""}${after}。`;
  return `It is with ${who}: ${step}${until ? `, ${until}` : ""}${after}.`;
}
