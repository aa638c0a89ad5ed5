import type { Text } from "../../src/kernel/words.ts";
import type { FieldShown } from "../../src/procedures/fields-shown.ts";

/** What travels between the server and the faces, as the faces read it. Amounts are integer fen. */

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly path?: string;
  readonly level?: string;
}

export interface Post {
  readonly id: string;
  readonly unit: Place;
  readonly role: string;
  readonly roleTitle: Text;
  readonly from: string;
  readonly until: string | null;
}

export interface Me {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly district: string;
    readonly unit: Place | null;
    readonly memberStatus: string | null;
    readonly memberNo: string | null;
  };
  readonly posts: readonly Post[];
  readonly powers: readonly { readonly power: string; readonly units: readonly string[] }[];
  readonly lang: "zh" | "en" | null;
  readonly largeType: boolean;
  readonly channels?: readonly string[];
  readonly quietFrom?: string | null;
  readonly quietUntil?: string | null;
  readonly mail?: string | null;
  readonly csrf: string;
  readonly installation: {
    readonly fictitious: boolean;
    readonly trial: { readonly day: string; readonly offsetDays: number } | null;
    readonly today: string;
  };
  readonly unread: number;
}

export interface Source {
  readonly document: Text | string;
  readonly article?: string;
  readonly page?: string;
}

/** A question, as its declaration has it. */
export type Field = FieldShown;

export type Answers = Readonly<Record<string, unknown>>;

export interface Service {
  readonly id: string;
  readonly version: number | string;
  readonly group: string;
  readonly title: Text;
  readonly summary: Text;
  readonly forWhom: Text;
  readonly youGet: Text;
  readonly howLong: Text;
  readonly whoSees: Text;
  readonly basis: readonly Source[];
  readonly lifeEvents: readonly string[];
  readonly papers: readonly { readonly kind: string; readonly label: Text; readonly when?: Text }[];
  readonly mayStart: { readonly allowed: boolean; readonly refusal?: Reason };
  readonly forMembers: boolean;
  /** The power that opens its rounds, for a service that is claimed and not asked for. */
  readonly round: string | null;
  readonly fields: readonly Field[];
  readonly pages: readonly {
    readonly id: string;
    readonly title: Text;
    readonly fields: readonly string[];
  }[];
  readonly steps: readonly {
    readonly id: string;
    readonly title: Text;
    readonly who: Text;
    readonly within: { readonly days: number; readonly unit: string } | null;
  }[];
  /** How it can end, and whether that is what was asked for. */
  readonly ends: readonly { readonly id: string; readonly title: Text; readonly good: boolean }[];
}

/** A round one may claim in, with what is left of one's own district's places. */
export interface MyRound {
  readonly id: string;
  readonly serviceTitle: Text;
  readonly unitName: string;
  readonly title: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly phase: "before" | "open" | "late" | "over";
  readonly quota: number;
  readonly left: number;
  readonly waitingLeft: number;
  readonly mine: {
    readonly number: number;
    readonly state: "held" | "waiting" | "returned" | "lapsed";
    readonly caseId: string | null;
  } | null;
}

/** Why something is not offered: a sentence, or a refusal with its code and source. */
export type Reason = string | { readonly code: string; readonly detail: string; readonly source?: unknown };

export interface LifeEvent {
  readonly code: string;
  readonly title: Text;
}

export interface ServiceList {
  readonly items: readonly Service[];
  readonly lifeEvents: readonly LifeEvent[];
}

export interface CaseLine {
  readonly id: string;
  readonly number: string;
  readonly service: string;
  readonly serviceTitle: Text;
  readonly applicantName: string;
  readonly unitName: string;
  readonly step: string;
  readonly stepTitle: Text;
  readonly state: string;
  readonly turn: string;
  readonly turnUnitName: string | null;
  readonly dueOn: string | null;
  /** What is left of its clock, in the clock's own unit. */
  readonly remaining?: { readonly days: number; readonly unit: string } | null;
  readonly overdue: boolean;
  readonly openedOn: string;
  readonly amountFen: number | null;
  readonly escalated: boolean;
  readonly rating: number | null;
}

export interface Paper {
  readonly id: string;
  readonly kind: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly kindTitle?: Text;
  /** On a case: the day of the hand-in that put another in its place; null while it counts. */
  readonly replacedOn?: string | null;
}

export interface Offer {
  readonly name: string;
  readonly title: Text;
  readonly kind: "primary" | "normal" | "danger";
  readonly confirm?: Text;
  /** It may be taken for several cases chosen in the inbox. */
  readonly together?: true;
  readonly fields: readonly Field[];
  /** What was answered before, where the action amends it: the form opens filled in with it. */
  readonly answers?: Answers;
  readonly allowed: boolean;
  readonly refusal?: { readonly code: string; readonly detail: string; readonly source?: unknown };
}

export interface TimelineEntry {
  readonly seq: number;
  readonly name: string;
  readonly title: Text;
  readonly byName: string | null;
  readonly byUnitName: string | null;
  readonly byRole: string | null;
  readonly at: string;
  readonly onDay: string;
  readonly fromStep: string | null;
  readonly toStep: string | null;
  readonly note?: string | null;
  readonly answers?: Answers;
  readonly byRoleTitle?: Text | null;
  readonly toStepTitle?: Text;
  /** Ids of the papers handed in with it. */
  readonly papers?: readonly string[];
}

export interface Progress {
  readonly step: string;
  readonly title: Text;
  readonly state: "done" | "now" | "next" | "skipped";
  readonly on: string | null;
}

export interface Turn {
  readonly who: "you" | "union" | "applicant" | "clock" | "nobody";
  readonly unitName: string | null;
  readonly dueOn: string | null;
  readonly remaining: { readonly days: number; readonly unit: string } | null;
  readonly ifNothing?: Text | null;
  readonly sentence?: string | Text | null;
}

export interface NoticeOfCase {
  readonly id: string;
  readonly startsOn: string;
  readonly endsOn: string;
  /** up, blocked (an objection is open), over, withdrawn. */
  readonly state: string;
  /** On the unit's board alone, or public. */
  readonly scope: "unit" | "public";
  /** What it shows to members of the union. */
  readonly shown: readonly { readonly label: Text; readonly value: string | Text }[];
  readonly objections?: readonly {
    readonly id: string;
    readonly raisedOn: string;
    readonly text?: string;
    readonly finding: string | null;
  }[];
}

export interface Payment {
  readonly amountFen: number;
  readonly state: string;
  readonly stateTitle?: Text;
  readonly fundName: string | null;
  readonly batchNumber: string | null;
  readonly paidOn: string | null;
}

export interface CasePage {
  readonly case: CaseLine & {
    readonly district: string;
    readonly applicantId: string;
    readonly answers: Answers;
    /** The service's questions as they were when the case opened. */
    readonly fields: readonly Field[];
    readonly pages: Service["pages"];
    readonly facts?: Answers;
    readonly pins?: readonly {
      readonly key: string;
      readonly title: Text;
      readonly value: unknown;
      readonly source: unknown;
    }[];
    readonly calculation?: unknown;
    readonly files?: readonly Paper[];
  };
  readonly timeline: readonly TimelineEntry[];
  readonly turn: Turn;
  readonly may: readonly Offer[];
  readonly notice?: NoticeOfCase | null;
  readonly progress: readonly Progress[];
  readonly links?: readonly { readonly kind: string; readonly id: string; readonly number: string }[];
  readonly money?: readonly Payment[];
  readonly rating?: number | { readonly stars: number; readonly text?: string | null } | null;
}

export interface Message {
  readonly id: string;
  readonly at: string;
  readonly title: string;
  readonly body: string;
  readonly read: boolean;
  readonly caseId?: string | null;
  readonly link?: string | null;
}

export interface LookedAt {
  readonly at: string;
  readonly byName: string;
  readonly byUnit: string;
  readonly byRole: string;
  readonly what: string;
  readonly fields: readonly string[];
  readonly purpose: string | null;
  readonly caseNumber?: string | null;
  readonly sentence: string;
}

export interface Card {
  readonly memberNo: string;
  readonly name: string;
  readonly unitName: string;
  readonly status: string;
  readonly code: string;
  readonly qr: string;
  readonly validUntil: string;
}

export interface Known {
  readonly key: string;
  readonly value: unknown;
  readonly from: string | Text;
}

export interface NoticeLine {
  readonly id: string;
  readonly unitName: string;
  readonly kind: string;
  readonly kindTitle: Text;
  readonly title: Text;
  readonly startsOn: string;
  /** Null while the holidays of the year it ends in are not published. */
  readonly endsOn: string | null;
  readonly remainingDays: number | null;
  readonly dayType: "working" | "calendar" | "month";
  readonly takesObjections: boolean;
  readonly fields: readonly { readonly label: Text; readonly value: string | Text }[];
}

/** A notice on the board of one's union. */
export interface BoardNotice extends NoticeLine {
  readonly scope: "unit" | "public";
  /** One's own case, where the notice is about oneself. */
  readonly caseId: string | null;
}

export interface Verified {
  readonly kind: "card" | "letter" | "root" | "notice";
  readonly valid: boolean;
  readonly facts: readonly { readonly label: Text; readonly value: string | Text }[];
}

export interface UnitLine {
  readonly id: string;
  readonly name: string;
  readonly shortName?: string | null;
  readonly code?: string;
  readonly level: string;
  readonly levelTitle: Text;
  readonly path: string;
  readonly parentId: string | null;
  readonly status: string;
  readonly members: number;
  readonly children: number;
  readonly regionCode: string;
  readonly district: string;
}

export interface List<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total?: number;
}
