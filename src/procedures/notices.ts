import type { Tx } from "../db/index.ts";
import { derivedId } from "../kernel/ids.ts";
import type { ClockRule } from "../kernel/working-days.ts";
import { type DecideContext, viewOf } from "./decide.ts";
import { isPolicy, type Service } from "./define.ts";
import type { Loaded } from "./load.ts";
import { closeNotices, insertNotice, nameNoticeEnd } from "./notices-store.ts";
import { type CaseState, type Decided, program } from "./words.ts";

/** Puts up the notice of the step a case has come to, if it has one. */
export async function enterNotice(
  tx: Tx,
  service: Service,
  state: CaseState,
  context: DecideContext,
): Promise<void> {
  const notice = service.steps[state.step]?.notice;
  if (!notice || state.state === "ended") return;
  const view = viewOf(service, state, program, { ...context, today: state.stepSince });
  const rule = view.policy(notice.days) as ClockRule;
  const shown = notice.shown(view);
  const scope = (isPolicy(notice.scope) ? view.policy(notice.scope) : notice.scope) as "unit" | "public";
  await insertNotice(tx, {
    district: state.district,
    id: derivedId<"notice">("notice", state.id, String(state.seq)),
    case_id: state.id,
    unit_id: state.unit.id,
    path: state.unit.path,
    kind: notice.kind,
    kind_title: notice.kindTitle,
    scope,
    title: notice.title(view),
    shown: shown.map(({ label, value }) => ({ label, value })),
    shown_public: shown.flatMap(({ label, inPublic }) =>
      inPublic === undefined ? [] : [{ label, value: inPublic }],
    ),
    starts_on: state.stepSince,
    ends_on: state.due.on,
    days: rule.unit === "month" ? rule.months : rule.days,
    day_type: rule.unit,
  });
}

/** Takes down the notice of the step a case leaves: over when it has run, withdrawn otherwise. */
export async function leaveNotice(
  tx: Tx,
  before: Loaded,
  service: Service,
  decided: Decided,
  at: Date,
): Promise<void> {
  if (!service.steps[before.state.step]?.notice) return;
  const ran = decided.by.unitId === null && decided.name !== "objection-upheld";
  await closeNotices(
    tx,
    { district: before.row.district, caseId: before.row.id },
    ran ? "over" : "withdrawn",
    at,
  );
}

/** Gives a notice its last day once the calendar knows it. */
export async function renameNoticeEnd(tx: Tx, state: CaseState): Promise<void> {
  if (state.due.on) await nameNoticeEnd(tx, { district: state.district, caseId: state.id }, state.due.on);
}
