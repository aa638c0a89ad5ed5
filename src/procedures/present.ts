import type { papersOf } from "../documents/papers/index.ts";
import type { Day } from "../kernel/day.ts";
import { reasonOf } from "../kernel/reason.ts";
import { sourceText } from "../kernel/refusal.ts";
import type { Lang, Text } from "../kernel/words.ts";
import type { Calendar } from "../kernel/working-days.ts";
import { type DecideContext, offers } from "./decide.ts";
import { policiesOf, type Service } from "./define.ts";
import type { Catalogue, Engine } from "./engine.ts";
import type { Answers, Fields } from "./fields.ts";
import { showFields } from "./fields-shown.ts";
import type { LineRow } from "./lists.ts";
import { fillAnswers, maskAnswers, type Reader } from "./masking.ts";
import type { BoardRow, NoticeRow, ObjectionRow, ShownField } from "./notices-store.ts";
import { papersReplaced } from "./papers.ts";
import { presentTimeline, showAnswered } from "./timeline.ts";
import { stepTitle } from "./titles.ts";
import { presentTurn, remainingOf } from "./turn.ts";
import type { CaseState, Doer } from "./words.ts";

/** A case in a list (API.md, `CaseLine`). */
export function presentLine(catalogue: Catalogue, row: LineRow, today: Day, calendar: Calendar) {
  const service = catalogue.services.get(row.service);
  return {
    kind: "case" as const,
    id: row.id,
    number: row.number,
    service: row.service,
    serviceTitle: service?.title ?? { zh: row.service, en: row.service },
    applicantName: row.applicant_name,
    unitName: row.unit_name,
    step: row.step,
    stepTitle: stepTitle(service, row.step),
    state: row.state,
    turn: row.turn,
    turnUnitName: row.turn_unit_name,
    dueOn: row.due_on,
    remaining: row.state === "open" ? remainingOf(row, today, calendar) : null,
    overdue: row.state === "open" && row.due_on !== null && row.due_on < today,
    openedOn: row.opened_on,
    amountFen: row.amount_fen === null ? null : Number(row.amount_fen),
    escalated: row.escalated,
    rating: row.rating,
  };
}

/** A case that waits in an inbox, with the action its step lets officers take for several at once, if any. */
export function presentWaiting(catalogue: Catalogue, row: LineRow, today: Day, calendar: Calendar) {
  const line = presentLine(catalogue, row, today, calendar);
  const may = Object.entries(catalogue.services.get(row.service)?.steps[row.step]?.may ?? {});
  const [together] = may.filter(([, def]) => def.together);
  if (!together) return line;
  const [name, { title, confirm }] = together;
  return { ...line, together: { name, title, ...(confirm && { confirm }) } };
}

type PaperOfCase = Awaited<ReturnType<typeof papersOf>>[number];

/** What a case page needs beside the case itself. */
export interface PageParts {
  readonly files: readonly PaperOfCase[];
  readonly notices: readonly NoticeRow[];
  readonly objections: readonly { readonly row: ObjectionRow; readonly text: string | null }[];
  readonly links: readonly { readonly kind: string; readonly id: string; readonly number: string }[];
  readonly money: readonly unknown[];
  readonly unitNames: ReadonlyMap<string, string>;
}

/** The case page (API.md): facts, timeline, whose turn, what may be done, with the reason when not. */
export function presentCase(
  engine: Engine,
  service: Service,
  state: CaseState,
  row: LineRow,
  reader: Reader,
  doer: Doer,
  context: DecideContext,
  lang: Lang,
  parts: PageParts,
) {
  const latest = parts.notices[0];
  const answers = maskAnswers(service.asks, state.answers, reader);
  return {
    case: {
      ...presentLine(engine.catalogue, row, context.today, context.calendar),
      district: state.district,
      unitId: state.unit.id,
      applicantId: state.applicant.id,
      onBehalf: state.onBehalfBy !== null,
      outcome: state.outcome,
      endedOn: state.endedOn,
      seq: state.seq,
      answers,
      fields: showAnswered(service.asks, answers),
      pages: service.pages,
      facts: state.facts,
      calculation: state.facts.calculation ?? null,
      pins: policiesOf(service).flatMap((policy) => {
        const pin = state.pins[policy.key];
        return pin
          ? [
              {
                key: policy.key,
                title: policy.title,
                kind: policy.type.kind,
                value: pin.value,
                source: sourceText(pin.source, lang),
              },
            ]
          : [];
      }),
      files: presentPapers(service, state, parts.files),
    },
    timeline: presentTimeline(service, state, reader, parts.unitNames),
    turn: presentTurn(service, state, doer, context, lang),
    may: offers(service, state, doer, context).map(({ name, def, refusal }) => ({
      name,
      title: def.title,
      kind: def.kind ?? "normal",
      ...(def.confirm && { confirm: def.confirm }),
      ...(def.together && { together: true as const }),
      fields: showFields(def.asks ?? {}),
      // An amendment starts from what was answered; nobody fills the form in a second time.
      ...(def.amends && reader !== "reader" && { answers: standing(def.asks ?? {}, state, reader) }),
      allowed: refusal === null,
      ...(refusal && { refusal: reasonOf(refusal, lang) }),
    })),
    notice: latest ? presentOwnNotice(latest, parts, reader) : null,
    progress: presentProgress(service, state),
    links: parts.links,
    money: parts.money,
    rating: state.rating,
  };
}

/** The papers of a case: those that count now, then those that a later hand-in replaced, each with the day it did. */
function presentPapers(service: Service, state: CaseState, files: readonly PaperOfCase[]) {
  const replaced = papersReplaced(service.asks, state.actions);
  const shown = files.map((file) => ({ ...file, replacedOn: replaced.get(file.id) ?? null }));
  const counting = shown.filter((file) => file.replacedOn === null);
  return [...counting, ...shown.filter((file) => file.replacedOn !== null)];
}

/** What the case holds of the questions that an amendment puts again. */
function standing(asks: Fields, state: CaseState, reader: Reader): Answers {
  const own = Object.entries(state.answers).filter(([key]) => Object.hasOwn(asks, key));
  return fillAnswers(asks, Object.fromEntries(own), reader);
}

/** The way of a case: what is done, where it stands, what comes. */
function presentProgress(service: Service, state: CaseState) {
  const seen = new Map<string, Day>();
  const passed = new Set<string>();
  for (const one of state.actions) {
    for (const name of one.after.passed) passed.add(name);
    if (one.toStep !== one.fromStep) seen.set(one.toStep, one.onDay);
  }
  const main = Object.entries(service.steps).filter(([name, step]) => !step.aside || name === state.step);
  const now = main.findIndex(([name]) => name === state.step);
  const steps = main.map(([name, step], index) => ({
    step: name,
    title: step.title,
    state:
      name === state.step && state.state === "open"
        ? ("now" as const)
        : passed.has(name) && !seen.has(name)
          ? ("skipped" as const)
          : seen.has(name) && (state.state === "ended" || now < 0 || index < now)
            ? ("done" as const)
            : state.state === "ended"
              ? ("skipped" as const)
              : ("next" as const),
    on: seen.get(name) ?? null,
  }));
  if (state.state === "open") return steps;
  const end = stepTitle(service, state.outcome ?? state.step);
  return [
    ...steps.filter((one) => one.state === "done" || passed.has(one.step)),
    { step: state.outcome ?? state.step, title: end, state: "done" as const, on: state.endedOn },
  ];
}

function presentOwnNotice(notice: NoticeRow, parts: PageParts, reader: Reader) {
  return {
    id: notice.id,
    kind: notice.kind,
    title: notice.title,
    startsOn: notice.starts_on,
    endsOn: notice.ends_on,
    state: notice.state,
    scope: notice.scope,
    shown: notice.shown,
    shownPublic: notice.shown_public,
    objections: parts.objections
      .filter(({ row }) => row.notice_id === notice.id)
      .map(({ row, text }) => ({
        id: row.id,
        raisedOn: row.raised_on,
        ...(reader !== "applicant" && text !== null && { text }),
        finding: row.finding,
        note: row.finding_note,
      })),
  };
}

/** What of a notice everybody reads alike. */
function presentNotice(row: NoticeRow, today: Day, left: number | null) {
  return {
    id: row.id,
    unitName: row.unit_name,
    kind: row.kind,
    kindTitle: row.kind_title as Text,
    title: row.title as Text,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    remainingDays: left,
    dayType: row.day_type as "working" | "calendar" | "month",
    takesObjections: row.ends_on === null || row.ends_on >= today,
  };
}

/** A notice anybody may read: masked, no name beyond its first character. */
export function presentPublicNotice(row: NoticeRow, today: Day, left: number | null) {
  return { ...presentNotice(row, today, left), fields: row.shown_public as Shown };
}

/** A notice on the board of the reader's union: the name in full, and nothing else that the public does not see. */
export function presentBoardNotice(row: BoardRow, today: Day, left: number | null) {
  return {
    ...presentNotice(row, today, left),
    scope: row.scope as "unit" | "public",
    caseId: row.own_case_id,
    fields: row.shown as Shown,
  };
}

type Shown = readonly ShownField[];
