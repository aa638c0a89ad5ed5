import type { Text } from "../../src/kernel/words.ts";
import type {
  Answers,
  CaseLine,
  Field,
  Offer,
  Paper,
  Progress,
  TimelineEntry,
  Turn,
} from "../shared/types.ts";

/** What the desk reads beyond what all faces share. */

export interface InboxCase extends CaseLine {
  readonly kind: "case";
  /** What may be taken for this case and others like it, chosen in the list. */
  readonly together?: Pick<Offer, "name" | "title" | "confirm">;
}

export interface InboxBatch {
  readonly kind: "batch";
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly state: string;
  readonly stateTitle: Text;
  readonly dueOn: string | null;
  readonly overdue?: boolean;
  readonly totalFen: number;
  readonly items: number;
  readonly unitName?: string;
}

/** Decided aid of one kind that waits to be put into a payment batch. */
export interface InboxGrants {
  readonly kind: "grants";
  readonly id: string;
  readonly unitId: string;
  readonly unitName: string;
  readonly purpose: string;
  readonly purposeTitle: Text;
  readonly grants: number;
  readonly totalFen: number;
  readonly since: string;
  readonly dueOn: null;
}

export interface InboxObjection {
  readonly kind: "objection";
  readonly id: string;
  readonly noticeId: string;
  readonly caseId: string;
  readonly number: string;
  readonly applicantName: string;
  readonly title: Text;
  readonly unitName: string;
  readonly raisedOn: string;
  readonly dueOn: string | null;
  readonly remaining?: { readonly days: number; readonly unit: string } | null;
  readonly overdue: boolean;
}

export interface InboxTransfer {
  readonly kind: "transfer";
  readonly id: string;
  readonly personName: string;
  readonly statusTitle: Text;
  readonly fromUnitName: string;
  readonly toUnitName: string;
  readonly claim: boolean;
  readonly escalated: boolean;
  readonly dueOn: string | null;
  readonly overdue: boolean;
}

export type InboxItem = InboxCase | InboxBatch | InboxGrants | InboxObjection | InboxTransfer;
export type Group = "overdue" | "today" | "week" | "later";
export interface InboxMore {
  readonly groups: Readonly<Record<Group, number>>;
}

export interface DeskTimelineEntry extends TimelineEntry {
  readonly byRoleTitle?: Text | null;
  readonly toStepTitle?: Text;
  readonly fields?: readonly Field[];
  readonly passed?: readonly Text[];
  /** Questions of the case that this action answered anew. */
  readonly amended?: readonly string[];
}

export interface DeskNotice {
  readonly id: string;
  readonly title: Text;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly state: string;
  readonly shown?: readonly NoticeRow[];
  readonly objections: readonly DeskObjection[];
}

export interface NoticeRow {
  readonly label: Text;
  readonly value: string | Text;
}

export interface DeskObjection {
  readonly id: string;
  readonly raisedOn: string;
  readonly text?: string | null;
  readonly finding: string | null;
  readonly note?: string | null;
}

export interface Pin {
  readonly key: string;
  readonly title: Text;
  readonly kind: string;
  readonly value: unknown;
  readonly source: unknown;
}

export interface CaseMoney {
  readonly id?: string;
  readonly kind?: string;
  readonly amountFen: number;
  readonly state: string;
  readonly decidedOn?: string | null;
  readonly paidOn: string | null;
  readonly fundName?: string | null;
  readonly batchNumber?: string | null;
  readonly batchId?: string | null;
}

/** The case page as an officer gets it. */
export interface DeskCase {
  readonly case: CaseLine & {
    readonly district: string;
    readonly unitId: string;
    readonly applicantId: string;
    readonly onBehalf: boolean;
    readonly outcome: string | null;
    readonly endedOn: string | null;
    readonly seq: number;
    readonly answers: Answers;
    readonly fields: readonly Field[];
    readonly pages: readonly {
      readonly id: string;
      readonly title: Text;
      readonly fields: readonly string[];
    }[];
    readonly facts: Answers;
    readonly calculation: unknown;
    readonly pins: readonly Pin[];
    readonly files: readonly DeskPaper[];
  };
  readonly timeline: readonly DeskTimelineEntry[];
  readonly turn: Turn & { readonly paused?: boolean; readonly calendarUnknown?: string | null };
  readonly may: readonly Offer[];
  readonly notice: DeskNotice | null;
  readonly progress: readonly Progress[];
  readonly links: readonly { readonly kind: string; readonly id: string; readonly number: string }[];
  readonly money: readonly CaseMoney[];
  readonly rating: number | null;
}

export type DeskPaper = Omit<Paper, "fileName"> & {
  readonly fileName?: string;
  readonly at?: string;
  readonly kindTitle?: Text;
};

export interface MemberLine {
  readonly id: string;
  readonly name: string;
  readonly sex: 1 | 2 | null;
  readonly birthYear: number | null;
  readonly unitId: string | null;
  readonly unitName: string | null;
  readonly status: string | null;
  readonly memberNo: string | null;
  readonly joinedOn: string | null;
  readonly employmentGroup: string | null;
  readonly toComplete: readonly string[];
  readonly hardship: boolean;
}

export interface NoticeOfDesk {
  readonly id: string;
  readonly unitName: string;
  readonly kind: string;
  readonly kindTitle: Text;
  readonly title: Text;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly remainingDays: number | null;
  readonly dayType: "working" | "calendar" | "month";
  readonly state: string;
  readonly scope: string;
  readonly caseId: string | null;
  readonly caseNumber: string | null;
  readonly shown: readonly NoticeRow[];
  readonly fields: readonly NoticeRow[];
  readonly objections: readonly DeskObjection[];
}

interface Told {
  readonly value: number | null;
  readonly hidden: boolean;
  readonly listUrl: string | null;
}

export interface FigurePart extends Told {
  readonly key: string;
  readonly label: Text;
}

export interface FigurePoint extends Told {
  readonly period: string;
}

export interface Figure {
  readonly measure: string;
  readonly title: Text;
  readonly help: Text;
  readonly unit: { readonly id: string; readonly name: string };
  readonly unitOfMeasure: "people" | "unions" | "cases" | "fen" | "days" | "score" | "bp";
  readonly kind: "stock" | "flow";
  readonly from: string;
  readonly to: string;
  readonly asOf: string;
  readonly value: number | null;
  /** Too small to be told here. */
  readonly hidden: boolean;
  readonly by: readonly FigurePart[];
  readonly series: readonly FigurePoint[];
  readonly split: string | null;
  readonly splits: readonly string[];
  readonly splitTitles: Readonly<Record<string, Text>>;
  readonly listUrl: string;
  readonly counted: boolean;
}

export interface Look {
  readonly id: string;
  readonly at: string;
  readonly byName: string;
  readonly byUnit: string | null;
  readonly byRoleTitle: Text | null;
  readonly personId: string;
  readonly personName: string;
  readonly seen: Text;
  readonly purpose: Text;
  readonly caseNumber: string | null;
}
