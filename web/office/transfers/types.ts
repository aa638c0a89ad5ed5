import type { Text } from "../../../src/kernel/words.ts";
import type { Offer } from "../../shared/types.ts";

/** Transfers as the desk reads them. */

type Step = "release" | "accept" | "refuse";

export interface TransferLine {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly fromUnitId: string;
  readonly fromUnitName: string;
  readonly toUnitId: string;
  readonly toUnitName: string;
  readonly status: string;
  readonly statusTitle: Text;
  readonly initiatedBy: "member" | "from" | "to" | "upper";
  readonly claim: boolean;
  readonly requestedOn: string;
  readonly releasedOn: string | null;
  readonly endedOn: string | null;
  readonly dueOn: string | null;
  readonly escalated: boolean;
  readonly overdue: boolean;
  readonly waiting: boolean;
  readonly opens: boolean;
  readonly mine: readonly Step[];
}

export interface TransferAnswer extends TransferLine {
  readonly grounds: string | null;
  readonly note: string | null;
  readonly may: readonly (Pick<Offer, "allowed" | "refusal"> & { readonly name: Step })[];
}
