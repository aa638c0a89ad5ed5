import type { Day } from "../kernel/day.ts";
import type { ClockRule, Pause } from "../kernel/working-days.ts";
import type { Pins } from "../units/policy.ts";
import type { Power } from "../units/powers.ts";
import type { Effect } from "./define.ts";
import type { Answers } from "./fields.ts";

/** What the steps of a case established. Plain JSON; nothing personal, no bigint (amounts are integer fen). */
export type Facts = Readonly<Record<string, unknown>>;

/** Somebody's post, as far as deciding goes. */
export interface DoerPost {
  readonly unitId: string;
  readonly unitPath: string;
  readonly unitName: string;
  readonly role: string;
  readonly powers: readonly Power[];
}

/** Who acts: a person with the posts held that day, or the program itself (`person` null). */
export interface Doer {
  readonly person: string | null;
  readonly name: string;
  readonly posts: readonly DoerPost[];
  /** Where their own record lives, where it is known. */
  readonly district?: string | null;
}

/** The program acting by the clock or on behalf of the ledger. */
export const program: Doer = { person: null, name: "系统", posts: [] };

/** When a step must be done. `unknownYear`: its holidays are not published yet, so no day can be named. */
export interface Due {
  readonly on: Day | null;
  readonly rule?: ClockRule;
  readonly startedOn?: Day;
  readonly pauses?: readonly Pause[];
  readonly unknownYear?: string;
}

/** Whose turn it is. */
export type TurnWho = "union" | "applicant" | "clock" | "nobody";

/** Whose turn, and with which power. */
export interface Turn {
  readonly who: TurnWho;
  readonly unitId: string | null;
  readonly unitName: string | null;
  readonly power: Power | null;
}

/** One thing done to a case; append-only. `answers` hold the sensitive ones only where they were unsealed. */
export interface ActionRecord {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly byPerson: string | null;
  readonly byName: string | null;
  readonly byUnitId: string | null;
  readonly byRole: string | null;
  readonly at: Date;
  readonly onDay: Day;
  readonly fromStep: string | null;
  readonly toStep: string;
  readonly note: string | null;
  readonly answers: Answers;
  /** What followed from the action by rule, so that folding needs no rule. */
  readonly after: After;
}

/** The part of a decision that the case's state is folded from. */
export interface After {
  readonly facts: Facts;
  /** The questions of the case whose answers this action replaces; its own answers become the case's. */
  readonly amends: readonly string[];
  readonly turn: Turn;
  readonly due: Due;
  readonly stepSince: Day;
  readonly escalated: boolean;
  readonly state: "open" | "ended";
  readonly outcome: string | null;
  readonly amountFen: number | null;
  /** Steps passed because no union of the chain has their level. */
  readonly passed: readonly string[];
  /** The level whose decision this was, for the separation of duties. */
  readonly level: string | null;
  readonly rating?: { readonly stars: number };
  /** Policies taken anew by this action. */
  readonly pins?: Pins;
}

/** A case: the fold of its actions, with what was fixed when it opened. */
export interface CaseState {
  readonly id: string;
  readonly district: string;
  readonly number: string;
  readonly service: string;
  readonly version: number;
  readonly unit: { readonly id: string; readonly path: string; readonly name: string };
  readonly applicant: { readonly id: string; readonly name: string };
  readonly onBehalfBy: string | null;
  readonly subjectId: string | null;
  readonly openedOn: Day;
  readonly pins: Pins;
  readonly links: { readonly previous?: string; readonly parent?: string; readonly followOf?: string };
  readonly step: string;
  readonly state: "open" | "ended";
  readonly outcome: string | null;
  readonly turn: Turn;
  readonly due: Due;
  readonly stepSince: Day;
  readonly escalated: boolean;
  readonly answers: Answers;
  readonly facts: Facts;
  readonly amountFen: number | null;
  readonly rating: number | null;
  readonly ratedOn: Day | null;
  readonly endedOn: Day | null;
  readonly seq: number;
  readonly actions: readonly ActionRecord[];
}

/** What `decide` says would happen. Nothing has happened yet. */
export interface Decided {
  readonly name: string;
  readonly fromStep: string | null;
  readonly toStep: string;
  readonly answers: Answers;
  readonly note: string | null;
  readonly after: After;
  readonly effects: readonly Effect[];
  readonly by: { readonly unitId: string | null; readonly role: string | null };
  /** Steps entered on the way (the last is `toStep`); whose notices start and whose effects run. */
  readonly reached: readonly string[];
  /** The case's new home, where it has one. */
  readonly home?: CaseState["unit"];
  /** Whether the case came to another step (or came back to the same one anew). */
  readonly moved: boolean;
}
