/** Books, funds, caps, payment batches and statements, as other folders may use them. */
export { loadResult } from "./bank.ts";
export { capUsed, followCap, latestUse, linkCaps } from "./cap-store.ts";
export { holdsMoney } from "./close-guard.ts";
export {
  getFund,
  openFund,
  placeOf,
  receive,
} from "./fund-store.ts";
export { grantsOfHousehold, moneyOfCase } from "./grant-lists.ts";
export { cancelGrant, decideGrant, type GrantHook } from "./grant-store.ts";
export { grantsWaiting } from "./grants-waiting.ts";
export { itemsOf } from "./item-store.ts";
export {
  type ActAnswers,
  actOnBatch,
  makeBatch,
} from "./pay.ts";
export type { Paying } from "./paying.ts";
export { livingMonths } from "./policies.ts";
export { verifyLedger } from "./verify.ts";
export { batchesWaiting } from "./waiting.ts";
