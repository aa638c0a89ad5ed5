import type { Text } from "../../../src/kernel/words.ts";
import type { CaseLine, LookedAt, Offer } from "../../shared/types.ts";

/** A person's page as officers get it: personal numbers are masked. */
export interface MemberAnswer {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly status?: string | null;
    readonly unitId?: string | null;
    readonly unitName?: string | null;
    readonly idNumber?: string | null;
    readonly phone?: string | null;
    readonly sex?: 1 | 2 | null;
    readonly birthDate?: string | null;
    readonly birthYear?: number | null;
    readonly memberNo?: string | null;
    readonly joinedOn?: string | null;
    readonly employerName?: string | null;
    readonly jobTitle?: string | null;
    readonly employmentGroup?: string | null;
    readonly migrant?: boolean | null;
    readonly ethnicityTitle?: Text | null;
    readonly educationTitle?: Text | null;
    readonly politicalStatusTitle?: Text | null;
    readonly toComplete: readonly Text[];
    readonly bankCard?: string | null;
    readonly address?: string | null;
    readonly employmentTypeTitle?: Text | null;
  };
  readonly events: readonly MemberEvent[];
  readonly household?: {
    readonly id?: string;
    readonly members: readonly {
      readonly id?: string;
      readonly name: string;
      readonly relation: string;
      readonly relationTitle?: Text;
      readonly birthDate?: string | null;
      readonly birthYear?: number | null;
      readonly workStatus?: string | null;
      readonly workStatusTitle?: Text | null;
    }[];
  } | null;
  readonly cases: readonly CaseLine[];
  /** Null for those who may not read who looked. */
  readonly lookedAt: readonly LookedAt[] | null;
  readonly may: readonly Offer[];
}

export interface MemberEvent {
  readonly id?: string;
  readonly from: string | null;
  readonly to: string;
  readonly fromTitle?: Text | null;
  readonly toTitle?: Text;
  readonly reason: string | null;
  readonly reasonTitle?: Text | null;
  readonly on: string;
  readonly unitName?: string | null;
  readonly byName?: string | null;
  readonly document?: string | null;
  readonly note?: string | null;
}
