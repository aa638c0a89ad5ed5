import type { z } from "zod";
import type {
  BatchLine,
  BatchPage,
  FundLine,
  FundStatement,
  GrantLine,
  HouseholdStatement,
  UnitStatement,
  VoucherLine,
  VoucherPage,
} from "../../../src/ledger/schemas.ts";

/** What the server says of money: its own schemas, as JSON. Amounts are integer fen. */
export type Fund = z.input<typeof FundLine>;
export type Batch = z.input<typeof BatchLine>;
export type BatchAnswer = z.input<typeof BatchPage>;
export type Grant = z.input<typeof GrantLine>;
export type Voucher = z.input<typeof VoucherLine>;
export type VoucherAnswer = z.input<typeof VoucherPage>;
export type FundSheet = z.input<typeof FundStatement>;
export type HouseholdSheet = z.input<typeof HouseholdStatement>;
export type UnitSheet = z.input<typeof UnitStatement>;
