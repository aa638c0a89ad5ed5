/** Books, funds, caps, payment batches and statements, as other folders may use them. */
export { type BankFile, bankFile, loadResult, type ResultLoaded } from "./bank.ts";
export { findBatch, itemsOf, listBatches } from "./batch-store.ts";
export { holdsMoney } from "./close-guard.ts";
export { fundReceived } from "./entries.ts";
export {
  type FundDraft,
  findFund,
  getFund,
  listFunds,
  type MoneyActor,
  openFund,
  placeOf,
  type Receipt,
  receive,
  type SubsidyDraft,
  settleSubsidy,
  subsidise,
} from "./fund-store.ts";
export {
  type AidKind,
  aidKinds,
  type CapClaim,
  type FileTier,
  type Fund,
  type FundSource,
  fundSources,
  livingCap,
  mostNext,
  warmthCap,
} from "./funds.ts";
export {
  cancelGrant,
  capLeft,
  capUsed,
  decideGrant,
  type GrantDraft,
  type GrantHook,
  type GrantState,
  giveBackCaps,
  moneyOfCase,
  type Payee,
  sealPayee,
  takeCap,
  unsealPayee,
} from "./grant-store.ts";
export {
  type ActAnswers,
  actOnBatch,
  type BatchAct,
  type BatchDraft,
  correctOwnPayment,
  makeBatch,
} from "./pay.ts";
export type { Paying } from "./paying.ts";
export {
  batchClocks,
  collectiveAbove,
  fundRules,
  livingMonths,
  livingPerPerson,
  sourceOf,
  warmthPayment,
  warmthYear,
} from "./policies.ts";
export { closeMonth, postVoucher } from "./store.ts";
export { type Finding, verifyLedger } from "./verify.ts";
export { batchesWaiting } from "./waiting.ts";
