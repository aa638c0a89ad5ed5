import type { Text } from "../../kernel/words.ts";
import { action } from "../../procedures/define.ts";
import { longText } from "../../procedures/fields.ts";
import { payWithin } from "./policies.ts";

/** From decided to paid: the ledger moves the case, nobody else acts (aid.md §8). */

const opinion = longText({ label: { zh: "意见", en: "Opinion" }, required: false, maxLength: 500 });

/** What the ledger does to a case as its payment goes on. */
function byLedger<const To extends string>(to: To, title: Text) {
  return action({ title, to, hidden: true, asks: { note: opinion } });
}

const unbatch = byLedger("decided", { zh: "移出批次，重新待发", en: "Taken out of the batch" });
const pay = byLedger("paid", { zh: "已到账", en: "Paid" });
const cancel = byLedger("cancelled", { zh: "救助撤销", en: "Grant cancelled" });

export const payingSteps = {
  decided: {
    title: { zh: "待发放", en: "Ready to pay" },
    by: "clock",
    within: payWithin,
    ifNothing: { zh: "财务正在编制发放批次", en: "the finance desk is preparing a payment batch" },
    may: {
      batch: byLedger("paying", { zh: "列入发放批次", en: "Put in a payment batch" }),
      cancel,
    },
  },
  paying: {
    title: { zh: "发放中", en: "Being paid" },
    by: "clock",
    within: payWithin,
    ifNothing: { zh: "银行处理后自动更新", en: "it is updated when the bank has answered" },
    may: {
      unbatch,
      fail: byLedger("payment_failed", { zh: "银行退回，待更正", en: "Sent back by the bank" }),
      pay,
      cancel,
    },
  },
  payment_failed: {
    title: { zh: "付款退回，更正中", en: "Payment sent back" },
    by: "clock",
    within: payWithin,
    ifNothing: {
      zh: "工会会联系您核对银行卡，更正后重新发放",
      en: "your union will check the card with you and pay again",
    },
    aside: true,
    may: {
      retry: byLedger("paying", { zh: "更正后重新发放", en: "Corrected and sent again" }),
      unbatch,
      pay,
      cancel,
    },
  },
} as const;
