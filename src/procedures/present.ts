import type { Day } from "../kernel/day.ts";
import { formatNear, instantText } from "../kernel/day.ts";
import { isRefusal, type Refusal, sentence, sourceText } from "../kernel/refusal.ts";
import type { Lang, Text } from "../kernel/words.ts";
import { type Calendar, remaining } from "../kernel/working-days.ts";
import { roleTitles } from "../units/powers.ts";
import { type DecideContext, offers } from "./decide.ts";
import { policiesOf, type Service } from "./define.ts";
import type { Catalogue, Engine } from "./engine.ts";
import { type Answers, type FieldShown, type Fields, jsonSchema, showFields } from "./fields.ts";
import type { LineRow } from "./lists.ts";
import { asksOf } from "./load.ts";
import { fillAnswers, maskAnswers, type Reader } from "./masking.ts";
import { ifNothing } from "./moving.ts";
import type { BoardRow, NoticeRow, ObjectionRow, ShownField } from "./notices-store.ts";
import { turnText } from "./telling.ts";
import type { CaseState, Doer, Due } from "./words.ts";

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

/** A case that waits in an inbox, with the action its step lets officers take for several at once, if any. */
export function presentWaiting(catalogue: Catalogue, row: LineRow, today: Day, calendar: Calendar) {
  const line = presentLine(catalogue, row, today, calendar);
  const may = Object.entries(catalogue.services.get(row.service)?.steps[row.step]?.may ?? {});
  const [together] = may.filter(([, def]) => def.together);
  if (!together) return line;
  const [name, { title, confirm }] = together;
  return { ...line, together: { name, title, ...(confirm && { confirm }) } };
}

/** A step's or an end's name. */
export function stepTitle(service: Service | undefined, name: string): Text {
  return service?.steps[name]?.title ?? service?.ends[name]?.title ?? { zh: name, en: name };
}

const systemNames: Readonly<Record<string, Text>> = {
  open: { zh: "提出申请", en: "Applied" },
  escalated: { zh: "逾期上报", en: "Escalated: overdue" },
  lapsed: { zh: "到期失效", en: "Lapsed" },
  consented: { zh: "到期视为同意", en: "Silence is consent" },
  clock: { zh: "期满", en: "Time was up" },
  "calendar-known": { zh: "已公布放假安排，确定期限", en: "Holidays published; the day is named" },
  "objection-upheld": { zh: "异议成立", en: "Objection upheld" },
  rate: { zh: "评价", en: "Rated" },
};

/** An action's name in words. */
export function actionTitle(service: Service, name: string, fromStep: string | null): Text {
  const declared = fromStep === null ? undefined : service.steps[fromStep]?.may[name]?.title;
  const late = fromStep === null ? undefined : service.steps[fromStep]?.whenLate;
  const named = typeof late === "object" && "to" in late && late.name === name;
  return (
    declared ?? systemNames[name] ?? (named ? { zh: "期满", en: "Time was up" } : { zh: name, en: name })
  );
}

/** What a case page needs beside the case itself. */
export interface PageParts {
  readonly files: readonly unknown[];
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
                source: sourceLine(pin.source, lang),
              },
            ]
          : [];
      }),
      files: parts.files,
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
      ...(refusal && { refusal: presentRefusal(refusal, lang) }),
    })),
    notice: latest ? presentOwnNotice(latest, parts, reader) : null,
    progress: presentProgress(service, state),
    links: parts.links,
    money: parts.money,
    rating: state.rating,
  };
}

/** What the case holds of the questions that an amendment puts again. */
function standing(asks: Fields, state: CaseState, reader: Reader): Answers {
  const own = Object.entries(state.answers).filter(([key]) => Object.hasOwn(asks, key));
  return fillAnswers(asks, Object.fromEntries(own), reader);
}

/** The questions behind some answers. All that a service asks stands in the catalogue, once. */
function showAnswered(asks: Fields, answers: Answers): readonly FieldShown[] {
  return showFields(asks).filter(({ key }) => Object.hasOwn(answers, key));
}

/** A refusal beside a greyed-out button. */
function presentRefusal(refusal: Refusal, lang: Lang) {
  return {
    code: refusal.code,
    detail: sentence(refusal, lang),
    source: refusal.source ? sourceText(refusal.source, lang) : null,
  };
}

function sourceLine(
  source: { readonly document: Text | string; readonly article?: string; readonly page?: string },
  lang: Lang,
) {
  return sourceText(source, lang);
}

function presentTimeline(
  service: Service,
  state: CaseState,
  reader: Reader,
  unitNames: ReadonlyMap<string, string>,
) {
  return state.actions.map((one) => {
    const asks: Fields = one.fromStep === null ? {} : asksOf(service, one.name, one.fromStep);
    const answers =
      one.fromStep === null || one.after.amends.length > 0 ? {} : maskAnswers(asks, one.answers, reader);
    return {
      seq: one.seq,
      id: one.id,
      name: one.name,
      title: actionTitle(service, one.name, one.fromStep),
      byName: one.byPerson === null ? null : one.byName,
      byUnitName: one.byUnitId ? (unitNames.get(one.byUnitId) ?? null) : null,
      byRole: one.byRole,
      byRoleTitle:
        one.byRole && one.byRole in roleTitles ? roleTitles[one.byRole as keyof typeof roleTitles] : null,
      at: instantText(one.at),
      onDay: one.onDay,
      fromStep: one.fromStep,
      toStep: one.toStep,
      toStepTitle: stepTitle(service, one.toStep),
      note: one.note,
      answers,
      fields: showAnswered(asks, answers),
      papers: Object.entries(asks)
        .filter(([, asked]) => asked.kind === "papers")
        .flatMap(([key]) => (one.answers[key] as readonly string[] | undefined) ?? []),
      passed: one.after.passed.map((name) => stepTitle(service, name)),
    };
  });
}

/** Whose turn it is, until when, and what happens if they do nothing (look.md). */
function presentTurn(
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

/** A service in the catalogue (API.md). */
export function presentService(service: Service, mayStart: Refusal | null, lang: Lang) {
  return {
    id: service.id,
    version: service.version,
    group: service.group,
    title: service.title,
    summary: service.summary,
    forWhom: service.forWhom,
    youGet: service.youGet,
    howLong: service.howLong,
    whoSees: service.whoSees,
    basis: service.basis.map((source) => ({ ...source, text: sourceText(source, lang) })),
    lifeEvents: service.lifeEvents,
    papers: (service.papers ?? []).map(({ kind, label, whenText }) => ({
      kind,
      label,
      ...(whenText && { when: whenText }),
    })),
    mayStart: { allowed: mayStart === null, ...(mayStart && { refusal: sentence(mayStart, lang) }) },
    /** Whether nobody but a member may ask for it. */
    forMembers: service.mayStart.who === "member",
    onBehalf: service.mayStart.onBehalf ?? null,
    round: service.round?.power ?? null,
    fields: showFields(service.asks),
    pages: service.pages,
    jsonSchema: jsonSchema(service.asks),
    steps: Object.entries(service.steps)
      .filter(([, step]) => !step.aside)
      .map(([id, step]) => ({ id, title: step.title, who: whoText(step), within: withinOf(service, id) })),
    ends: Object.entries(service.ends).map(([id, end]) => ({ id, title: end.title, good: end.good })),
  };
}

const levelWords: Readonly<Record<string, Text>> = {
  own: { zh: "本单位工会", en: "your own union" },
  township: { zh: "乡镇（街道）工会", en: "the township union" },
  county: { zh: "县级总工会", en: "the county federation" },
  city: { zh: "市总工会", en: "the city federation" },
  province: { zh: "省总工会", en: "the provincial federation" },
  national: { zh: "全国总工会", en: "the national federation" },
};

function whoText({ by, notice }: Service["steps"][string]): Text {
  if (by === "applicant") return { zh: "申请人", en: "the applicant" };
  // Steps that wait for a batch, a bank or the next yearly check do not go on because a time has run out.
  if (by === "clock")
    return notice
      ? { zh: "期满自动进行", en: "goes on by itself" }
      : { zh: "您不用办", en: "nothing for you to do" };
  const level = typeof by.level === "string" ? by.level : (by.level[0] ?? "own");
  return levelWords[level] ?? { zh: "工会", en: "the union" };
}

function withinOf(service: Service, id: string): { readonly days: number; readonly unit: string } | null {
  const step = service.steps[id];
  const clock = step?.notice?.days ?? step?.within;
  if (!clock || typeof clock === "function") return null;
  const rule = ("defaults" in clock ? clock.defaults[0]?.value : clock) as
    | { days?: number; months?: number; unit: string }
    | undefined;
  return rule ? { days: rule.days ?? rule.months ?? 0, unit: rule.unit } : null;
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
