import type { Day } from "../kernel/day.ts";
import { onceFor } from "../kernel/memo.ts";
import type { Refusal, Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";
import type { Calendar, ClockRule } from "../kernel/working-days.ts";
import type { CaseLevel, Chain } from "../units/chain.ts";
import type { AnyPolicy, Pins, Policy } from "../units/policy.ts";
import type { Power } from "../units/powers.ts";
import type { Answers, AnswersOf, Fields } from "./fields.ts";
import type { ActionRecord, Doer, Facts } from "./words.ts";

/**
 * What a service may ask to happen, by name. Each module adds the effects it can carry out:
 * `declare module "../procedures/define.ts" { interface EffectKinds { "membership.activate": {…} } }`
 * and hands their handlers to the engine. An effect without a handler does not start the program.
 */
export interface EffectKinds {
  /** A message in the app (and by mail where its template says so). */
  readonly tell: {
    readonly to: "applicant" | "officers";
    readonly template: string;
    readonly params?: Readonly<Record<string, string | number | Text>>;
  };
  /** A decision a stranger can check: its code is printed on the case and answered on the public page. */
  readonly issue: {
    readonly title: Text;
    /** Beside number, union and day: no personal numbers, no causes. */
    readonly facts?: readonly { readonly label: Text; readonly value: string }[];
  };
  /** Gives the claim of this case back: its place goes to the next. */
  readonly "round.release": object;
  /** Open a case that follows this one, for the same applicant. */
  readonly follow: {
    readonly service: string;
    readonly answers: Answers;
    readonly link: "follow" | "previous" | "parent";
    readonly facts?: Facts;
  };
}

/** An effect as data; it is carried out in the transaction of the action that caused it. */
export type Effect = {
  readonly [Name in keyof EffectKinds]: { readonly do: Name } & EffectKinds[Name];
}[keyof EffectKinds];

/**
 * Facts the server can load before a decision, by name. A module adds its own by declaration merging
 * and hands the loader to the engine. Values are plain data, so that a browser can be sent them.
 */
export interface KnownFacts {
  /** Kinds of the papers that stand on the case or were handed in with this action, by paper id. */
  readonly papers: Readonly<Record<string, string>>;
  /** Objections to the case's notice that have no finding yet. */
  readonly openObjections: number;
  /** The union an action sends the case to (its answer `toUnit`) or the case is on its way to (its fact `movingTo`). */
  readonly destination: Destination | null;
}

/** A union a case may get a new home in, with the unions above it. */
export interface Destination {
  readonly unit: { readonly id: string; readonly name: string; readonly path: string };
  readonly district: string;
  readonly chain: Chain;
}

/** What every rule of a service is shown. A value; rules only read it. */
export interface View<Asked = Answers> {
  readonly service: Service;
  readonly caseId: string;
  /** Answers of the whole case so far, those of this action included. */
  readonly answers: Answers;
  /** Answers of this action alone. */
  readonly asked: Asked;
  readonly facts: Facts;
  readonly pins: Pins;
  /** A policy's value as the case pinned it. Throws when the service does not pin it. */
  readonly policy: <Value>(of: Policy<Value>) => Value;
  readonly known: Partial<KnownFacts>;
  readonly today: Day;
  readonly openedOn: Day;
  /** The day the case came to the step it is in. */
  readonly since: Day;
  readonly calendar: Calendar;
  readonly chain: Chain;
  readonly applicant: { readonly id: string; readonly name: string };
  readonly unit: { readonly id: string; readonly path: string; readonly name: string };
  readonly actor: Doer;
  readonly actions: readonly ActionRecord[];
  readonly links: { readonly previous?: string; readonly parent?: string; readonly followOf?: string };
}

/** A rule that may stand in the way. */
export type Guard<Asked = Answers> = (view: View<Asked>) => Refusal | undefined;

/** Officers by the power they hold, at one level of the case's chain. Of several levels, the first
 *  that exists has the turn; those who hold the power at any of them may act. */
export interface OfficerBy {
  readonly power: Power;
  readonly level: CaseLevel | readonly CaseLevel[];
}

/** Whose turn a step is. */
export type By = OfficerBy | "applicant" | "clock";

/** Where an action leads: a step or an end, the same step, or one of several by the facts. */
export type Target<To extends string> =
  | To
  | "stay"
  | { readonly among: readonly To[]; readonly choose: (view: View) => To };

/** What may be done in a step. */
export interface ActionDef<To extends string = string> {
  readonly title: Text;
  readonly to: Target<To>;
  /** Who may, when it is not whose turn it is: several are allowed. */
  readonly by?: By | readonly By[];
  readonly asks?: Fields;
  readonly confirm?: Text;
  /** normal unless told. */
  readonly kind?: "primary" | "normal" | "danger";
  /** Why not now: the sentence beside the greyed-out button. Asked with empty answers when offered. */
  readonly needs?: Guard;
  /** Checks on what was answered, beyond the fields' own. */
  readonly check?: Guard;
  /** What this action establishes; merged into the case's facts. */
  readonly sets?: (view: View) => Facts;
  readonly effects?: (view: View) => readonly Effect[];
  /** What it does to the clock when the step stays: keep (default), restart, pause, resume. */
  readonly clock?: "keep" | "restart" | "pause" | "resume";
  /** Whether it weighs as a decision for the separation of duties. true for officers unless told. */
  readonly decides?: boolean;
  /** Its answers replace the case's answers to the same questions (a returned paper corrected). false. */
  readonly amends?: boolean;
  /** Makes the union the case was on its way to (`known.destination`) its home. The same district only. false. */
  readonly rehomes?: boolean;
  /** Takes the policies as they stand today in place of those the case started under (a yearly re-check). false. */
  readonly repins?: boolean;
  /** The answer that is shown on the timeline as this officer's opinion. note unless told. */
  readonly noteKey?: string;
  /** Kept off the page's list: done by the program. false. */
  readonly hidden?: boolean;
  /**
   * May be taken for several cases chosen in the inbox, each decided by itself. It asks nothing that must be answered, and
   * is the step's own turn. Not for a decision on money or on what somebody is entitled to, which is weighed one by one. false.
   */
  readonly together?: boolean;
}

/** An action, with its answers known to its own rules. */
export function action<const Asks extends Fields, const To extends string>(of: {
  readonly title: Text;
  readonly to:
    | To
    | "stay"
    | { readonly among: readonly To[]; readonly choose: (view: View<AnswersOf<Asks>>) => NoInfer<To> };
  readonly by?: By | readonly By[];
  readonly asks?: Asks;
  readonly confirm?: Text;
  readonly kind?: "primary" | "normal" | "danger";
  readonly needs?: Guard;
  readonly check?: Guard<AnswersOf<Asks>>;
  readonly sets?: (view: View<AnswersOf<Asks>>) => Facts;
  readonly effects?: (view: View<AnswersOf<Asks>>) => readonly Effect[];
  readonly clock?: "keep" | "restart" | "pause" | "resume";
  readonly decides?: boolean;
  readonly amends?: boolean;
  readonly rehomes?: boolean;
  readonly repins?: boolean;
  readonly noteKey?: string;
  readonly hidden?: boolean;
  readonly together?: boolean;
}): ActionDef<Exclude<To, "stay">> {
  return of as unknown as ActionDef<Exclude<To, "stay">>;
}

/** A step's clock: a rule, the policy that holds it, or a day reckoned from the case. */
export type Within = ClockRule | Policy<ClockRule> | ((view: View) => Day | null);

/** What a late step does. `escalate`: the level above takes it over and is told. */
export type WhenLate<To extends string> =
  | "escalate"
  /** Silence ends the matter (the applicant did not answer in time). */
  | { readonly lapse: To }
  /** Silence is consent: the case goes on as if this had been decided. */
  | { readonly consent: To }
  /** The day itself is the event (a file's year is over, a notice has run). */
  | { readonly to: To; readonly name?: string };

/** One row of what a notice shows (aid.md §6). Without `inPublic` the row stays inside the unit. */
export interface NoticeField {
  readonly label: Text;
  /** A name as it is; a known word in both languages. */
  readonly value: string | Text;
  readonly inPublic?: string | Text;
}

/** A public notice that runs while the case is in a step. */
export interface NoticeDef<To extends string> {
  readonly kind: string;
  readonly kindTitle: Text;
  readonly title: (view: View) => Text;
  readonly days: Policy<ClockRule>;
  /** Shown on the unit's board alone, or on public pages too (masked). */
  readonly scope: "unit" | "public" | Policy<"unit" | "public">;
  readonly shown: (view: View) => readonly NoticeField[];
  /** Where an upheld objection sends the case. */
  readonly upheld: To;
}

/** One station of the way. */
export interface StepDef<To extends string = string> {
  readonly title: Text;
  readonly by: By;
  /** Its levels are those above the union the case is on its way to (`known.destination`), not above its home. */
  readonly atDestination?: boolean;
  readonly within?: Within;
  readonly whenLate?: WhenLate<To>;
  /** What happens if they do nothing; made from `whenLate` unless told. */
  readonly ifNothing?: Text;
  readonly notice?: NoticeDef<To>;
  /** Where the case goes when no union of the chain has this step's level. */
  readonly passTo?: To;
  readonly may: Readonly<Record<string, ActionDef<To>>>;
  /** Left out of the progress line (a side-track such as “returned”). false. */
  readonly aside?: boolean;
}

/** How a case can end. */
export interface EndDef {
  readonly title: Text;
  /** Whether the applicant got what was asked. */
  readonly good: boolean;
  /** Whether the applicant is asked for a rating. true. */
  readonly rated?: boolean;
}

/** A paper the applicant needs, and when. */
export interface PaperRule {
  readonly kind: string;
  readonly label: Text;
  readonly when?: (answers: Answers) => boolean;
  readonly whenText?: Text;
  readonly source?: Source;
}

/** Whether these answers call for a paper. */
export function isPaperNeeded(rule: PaperRule, answers: Answers): boolean {
  return rule.when?.(answers) ?? true;
}

/** Who may start a service. */
export interface Starter {
  /** `anyone` signed in, or members whose relation counts. */
  readonly who: "anyone" | "member";
  /** The power with which an officer may start it for somebody in scope; absent: nobody may. */
  readonly onBehalf?: Power;
}

/** A page of the worker's form. */
export interface PageDef {
  readonly id: string;
  readonly title: Text;
  readonly fields: readonly string[];
}

/** Where a case begins. */
export type Start<To extends string> =
  | To
  | { readonly among: readonly To[]; readonly choose: (view: View) => To };

/** How a service whose places are few is claimed in rounds (`rounds.ts`). A claim's case has the fact `round`. */
export interface RoundDef {
  /** With this power an officer opens and ends rounds for their own union. */
  readonly power: Power;
  /** The program's action when somebody who waits gets a place; hidden. */
  readonly promote: string;
  /** The program's action when a round ends for somebody who still waits; hidden. */
  readonly lapse: string;
  /** The applicant's action that gives the claim back; has the effect `round.release`. */
  readonly giveBack: string;
}

/** What a claim's case knows of it, as its fact `round`. */
export interface RoundFact {
  readonly id: string;
  /** Where the claim lies; cases of earlier versions do not say. */
  readonly district?: string;
  readonly title: string;
  readonly number: number;
  /** What it had when the case was opened. */
  readonly state: "held" | "waiting";
  readonly eachFen: number;
}

/** The fact `round` of a claim's case. */
export function roundOf(view: Pick<View, "facts">): RoundFact | undefined {
  return view.facts["round"] as RoundFact | undefined;
}

/** A service as its file declares it. */
export interface ServiceDef<
  Step extends string = string,
  End extends string = string,
  Asks extends Fields = Fields,
> {
  /** Stable, in URLs and in the books. */
  readonly id: string;
  /** Raised with every change that old cases must not feel. */
  readonly version: number;
  /** Two capital letters in the case's number. */
  readonly numberCode: string;
  readonly group: "care" | "rights" | "organisation" | "growth" | "voice" | "money";
  readonly title: Text;
  readonly summary: Text;
  readonly forWhom: Text;
  readonly youGet: Text;
  readonly howLong: Text;
  readonly whoSees: Text;
  readonly basis: readonly Source[];
  readonly lifeEvents: readonly string[];
  readonly mayStart: Starter;
  /** When it may be started, for services with a season: {from, to} as MM-DD. */
  readonly window?: Policy<{ readonly from: string; readonly to: string }>;
  /** Claimed in rounds; nobody asks for it otherwise. */
  readonly round?: RoundDef;
  readonly pins: readonly AnyPolicy[];
  readonly knows?: readonly (keyof KnownFacts)[];
  readonly asks: Asks;
  readonly pages: readonly PageDef[];
  readonly papers?: readonly PaperRule[];
  /** The qualification rule, asked at opening. */
  readonly qualifies?: Guard<AnswersOf<Asks>>;
  /** What is established at opening. */
  readonly sets?: (view: View<AnswersOf<Asks>>) => Facts;
  /** The union that deals with it: the applicant's own, or the one an answer names. */
  readonly home?: "membership" | { readonly answer: string };
  /** The first step; or one of several steps and ends by what was answered. */
  readonly start: Start<Step | End>;
  readonly steps: { readonly [Name in Step]: StepDef<Step | End> };
  readonly ends: { readonly [Name in End]: EndDef };
  readonly onReach?: { readonly [Name in Step | End]?: (view: View) => readonly Effect[] };
  /** The amount the case is about, once known. */
  readonly amount?: (view: Pick<View, "facts" | "answers">) => bigint | null;
  readonly rated?: boolean;
  /** Figures the service is measured by, beside those every service has. */
  readonly measures?: readonly string[];
}

/** A service whose steps are not known to the type checker: what the engine works with. */
export interface Service extends Omit<ServiceDef, "qualifies" | "sets" | "onReach"> {
  readonly qualifies?: Guard;
  readonly sets?: (view: View) => Facts;
  readonly onReach?: Readonly<Record<string, ((view: View) => readonly Effect[]) | undefined>>;
}

/**
 * Declare a service. A step, end, power or policy that does not exist fails to compile; what types
 * cannot say (a page naming no question, an amount whose key lacks `Fen`, a step nobody reaches) throws
 * when the file is loaded.
 */
export function defineService<const Step extends string, const End extends string, const Asks extends Fields>(
  service: Omit<ServiceDef<Step, End, Asks>, "start" | "steps" | "onReach"> & {
    readonly start: Start<NoInfer<Step | End>>;
    readonly steps: { readonly [Name in Step]: StepDef<NoInfer<Step | End>> };
    readonly onReach?: { readonly [Name in NoInfer<Step | End>]?: (view: View) => readonly Effect[] };
  },
): Service {
  const made = service as unknown as Service;
  const fault = faultOf(made);
  if (fault) throw new Error(`service ${made.id}: ${fault}`);
  return made;
}

function faultOf(service: Service): string | undefined {
  if (!/^[A-Z]{2}$/.test(service.numberCode)) return "numberCode must be two capital letters";
  const asked = new Set(service.pages.flatMap((page) => page.fields));
  for (const key of asked) if (!service.asks[key]) return `a page names no question: ${key}`;
  for (const key of Object.keys(service.asks)) if (!asked.has(key)) return `no page asks: ${key}`;
  const money = amountFault(service.asks);
  if (money) return money;
  const reached = reachable(service);
  for (const [name, step] of Object.entries(service.steps)) {
    if (service.ends[name]) return `both a step and an end: ${name}`;
    if (!reached.has(name)) return `nobody reaches the step ${name}`;
    if (typeof step.by === "object" && levelsOf(step.by).every((level) => level !== "own") && !step.passTo)
      return `the level of ${name} may be missing: say passTo`;
    if (step.whenLate && !step.within && !step.notice) return `${name} cannot be late: it has no clock`;
    for (const [action, each] of Object.entries(step.may)) {
      const fault = amountFault(each.asks ?? {}) ?? togetherFault(action, step, each);
      if (fault) return fault;
    }
  }
  for (const name of Object.keys(service.ends))
    if (!reached.has(name)) return `nobody reaches the end ${name}`;
  const offered = new Set(Object.values(service.steps).flatMap((step) => Object.keys(step.may)));
  const { promote, lapse, giveBack } = service.round ?? {};
  for (const name of [promote, lapse, giveBack])
    if (name !== undefined && !offered.has(name)) return `no step has the round’s action ${name}`;
  return undefined;
}

/** What is taken for several at once can ask nobody anything, and is one action of the officers whose turn it is. */
function togetherFault(name: string, step: StepDef, each: ActionDef): string | undefined {
  if (!each.together) return undefined;
  if (Object.values(each.asks ?? {}).some((asked) => asked.required !== false))
    return `${name} asks what must be answered: it cannot be taken together`;
  if (typeof step.by !== "object" || each.by || each.hidden)
    return `${name} is not the turn of officers: it cannot be taken together`;
  if (Object.values(step.may).filter((other) => other.together).length > 1)
    return `two actions of one step are taken together: ${name}`;
  return undefined;
}

function amountFault(asks: Fields): string | undefined {
  for (const [key, asked] of Object.entries(asks)) {
    if ((asked.kind === "money") !== key.endsWith("Fen")) return `amounts, and only they, end in Fen: ${key}`;
    const inner = amountFault(asked.fields ?? {});
    if (inner) return inner;
  }
  return undefined;
}

function reachable(service: Service): ReadonlySet<string> {
  const { start } = service;
  const reached = new Set<string>(typeof start === "string" ? [start] : start.among);
  for (const name of reached) {
    const step = service.steps[name];
    if (step) for (const target of targetsOf(step)) reached.add(target);
  }
  return reached;
}

/** Every step and end a step can lead to. */
function targetsOf(step: StepDef): readonly string[] {
  const late = step.whenLate;
  return [
    ...Object.values(step.may).flatMap((each) =>
      each.to === "stay" ? [] : typeof each.to === "string" ? [each.to] : each.to.among,
    ),
    ...(step.passTo ? [step.passTo] : []),
    ...(step.notice ? [step.notice.upheld] : []),
    ...(typeof late === "object" ? [lateTarget(late)] : []),
  ];
}

/** Where a clock's end leads, when it leads somewhere. */
export function lateTarget(late: Exclude<WhenLate<string>, "escalate">): string {
  return "lapse" in late ? late.lapse : "consent" in late ? late.consent : late.to;
}

/** The levels an officer step names, in order of preference. */
export function levelsOf(by: OfficerBy): readonly CaseLevel[] {
  return typeof by.level === "string" ? [by.level] : by.level;
}

/** All policies a service pins: those it lists, and those its clocks and notices name. */
export const policiesOf = onceFor((service: Service): readonly AnyPolicy[] => {
  const found = new Map<string, AnyPolicy>();
  const add = (one: unknown) => {
    if (isPolicy(one)) found.set(one.key, one);
  };
  for (const one of service.pins) add(one);
  add(service.window);
  for (const step of Object.values(service.steps)) {
    add(step.within);
    add(step.notice?.days);
    add(step.notice?.scope);
  }
  return [...found.values()];
});

/** Whether a step's clock is a policy. */
export function isPolicy(value: unknown): value is AnyPolicy {
  return typeof value === "object" && value !== null && "key" in value && "defaults" in value;
}

/** A service's answer typed by its own questions, for its rules. */
export function given<const Asks extends Fields>(_asks: Asks, answers: Answers): AnswersOf<Asks> {
  return answers as AnswersOf<Asks>;
}
