import { z } from "zod";
import { zReason } from "../kernel/reason.ts";
import { zText } from "../kernel/schemas.ts";
import { type AidKind, aidKinds, type FundSource, fundSources } from "./funds.ts";

/** The JSON of the ledger's routes. */

export const zKind = z.enum(Object.keys(aidKinds) as [AidKind, ...AidKind[]]);
export const zSource = z.enum(Object.keys(fundSources) as [FundSource, ...FundSource[]]);

/** A list in an answer; handlers hand out readonly ones. */
export function many<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

export const FundLine = z.object({
  id: z.string(),
  unitId: z.string(),
  unitName: z.string(),
  source: zSource,
  sourceTitle: zText,
  name: z.string(),
  year: z.int(),
  purposes: many(zKind),
  purposeTitles: many(zText),
  state: z.string(),
  inFen: z.int(),
  committedFen: z.int(),
  spentFen: z.int(),
  balanceFen: z.int(),
});

export const BatchLine = z.object({
  kind: z.literal("batch"),
  id: z.string(),
  number: z.string(),
  title: z.string(),
  purpose: zKind,
  purposeTitle: zText,
  state: z.string(),
  stateTitle: zText,
  unitId: z.string(),
  unitName: z.string(),
  fundId: z.string(),
  totalFen: z.int(),
  paidFen: z.int(),
  items: z.int(),
  failed: z.int(),
  madeOn: z.string(),
  dueOn: z.string().nullable(),
  overdue: z.boolean(),
  /** Whether it was overdue and brought before the union above. */
  escalated: z.boolean(),
});

export const BatchPage = z.object({
  batch: BatchLine.extend({
    district: z.string(),
    fundName: z.string(),
    fundSource: zSource,
    fundSourceTitle: zText,
    fundBalanceFen: z.int(),
    decision: z.string().nullable(),
    bankFileNo: z.int(),
  }),
  /** Whose turn it is, in a sentence of the reader’s language. */
  turn: z.object({ who: z.enum(["you", "union", "nobody"]), sentence: z.string() }),
  items: many(
    z.object({
      id: z.string(),
      position: z.int(),
      payeeName: z.string(),
      beneficiaryName: z.string(),
      cardMasked: z.string(),
      bankName: z.string(),
      amountFen: z.int(),
      state: z.string(),
      stateTitle: zText,
      reason: z.string().nullable(),
      bankReference: z.string().nullable(),
      caseId: z.string(),
      caseNumber: z.string().nullable(),
      householdId: z.string().nullable(),
      paidOn: z.string().nullable(),
      voucherId: z.string().nullable(),
    }),
  ),
  timeline: many(
    z.object({
      seq: z.int(),
      name: z.string(),
      title: zText,
      byName: z.string().nullable(),
      byRole: z.string().nullable(),
      byRoleTitle: zText.nullable(),
      at: z.string(),
      onDay: z.string(),
      fromState: z.string().nullable(),
      toState: z.string(),
      answers: z.record(z.string(), z.unknown()),
    }),
  ),
  may: many(
    z.object({
      name: z.string(),
      title: zText,
      kind: z.enum(["primary", "normal", "danger"]),
      fields: many(z.looseObject({ key: z.string(), kind: z.string(), label: zText, required: z.boolean() })),
      allowed: z.boolean(),
      refusal: zReason.optional(),
    }),
  ),
  mayLoadResult: z.boolean(),
  mayGetBankFile: z.boolean(),
  totals: z.object({
    items: z.int(),
    totalFen: z.int(),
    paidFen: z.int(),
    unpaidFen: z.int(),
    refundedFen: z.int(),
    recoveredFen: z.int(),
  }),
  signed: many(z.object({ act: z.string(), title: zText })),
});

export const GrantLine = z.object({
  id: z.string(),
  caseId: z.string(),
  caseNumber: z.string().nullable(),
  householdId: z.string().nullable(),
  beneficiaryName: z.string(),
  unitId: z.string(),
  unitName: z.string(),
  kind: zKind,
  kindTitle: zText,
  fileTier: z.string().nullable(),
  amountFen: z.int(),
  state: z.string(),
  year: z.int(),
  decidedOn: z.string(),
  paidOn: z.string().nullable(),
  batchId: z.string().nullable(),
  batchNumber: z.string().nullable(),
  fundName: z.string().nullable(),
});

const AccountRef = z.object({ role: z.string(), detail: z.string(), code: z.string(), title: zText });

export const VoucherLine = z.object({
  id: z.string(),
  unitId: z.string(),
  unitName: z.string(),
  month: z.string(),
  number: z.int(),
  kind: z.string(),
  memo: z.string(),
  on: z.string(),
  amountFen: z.int(),
  reverses: z.string().nullable(),
  event: z.string(),
  batchId: z.string().nullable(),
});

export const VoucherPage = z.object({
  voucher: VoucherLine.extend({ amountCapitals: z.string(), closed: z.boolean() }),
  transfers: many(
    z.object({
      debit: AccountRef,
      credit: AccountRef,
      amountFen: z.int(),
      caseId: z.string().nullable(),
      householdId: z.string().nullable(),
    }),
  ),
});

export const FundStatement = z.object({
  fund: FundLine,
  from: z.string(),
  to: z.string(),
  openingFen: z.int(),
  closingFen: z.int(),
  lines: many(
    z.object({
      on: z.string(),
      voucherId: z.string(),
      month: z.string(),
      number: z.int(),
      memo: z.string(),
      inFen: z.int(),
      outFen: z.int(),
      balanceFen: z.int(),
    }),
  ),
});

export const HouseholdStatement = z.object({
  householdId: z.string(),
  /** Whose household it is and the number of its hardship file; null where the household lives outside the scope. */
  headName: z.string().nullable(),
  fileNumber: z.string().nullable(),
  paidFen: z.int(),
  lines: many(
    z.object({
      id: z.string(),
      caseId: z.string(),
      caseNumber: z.string().nullable(),
      kind: zKind,
      kindTitle: zText,
      beneficiaryName: z.string(),
      amountFen: z.int(),
      state: z.string(),
      stateTitle: zText,
      year: z.int(),
      decidedOn: z.string(),
      paidOn: z.string().nullable(),
      fundName: z.string().nullable(),
      batchNumber: z.string().nullable(),
    }),
  ),
  caps: many(
    z.object({ rule: z.string(), year: z.int(), usedFen: z.int(), capFen: z.int(), leftFen: z.int() }),
  ),
});

export const UnitStatement = z.object({
  unit: z.object({ id: z.string(), name: z.string() }),
  from: z.string().nullable(),
  to: z.string().nullable(),
  closedThrough: z.string().nullable(),
  lines: many(
    AccountRef.extend({
      class: z.string(),
      debitFen: z.int(),
      creditFen: z.int(),
      /** Read on the account's usual side. */
      balanceFen: z.int(),
    }),
  ),
  totals: z.object({ debitFen: z.int(), creditFen: z.int() }),
});
