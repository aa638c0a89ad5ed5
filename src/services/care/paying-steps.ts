import { action } from "../../procedures/define.ts";
import { longText } from "../../procedures/fields.ts";
import { payWithin } from "./policies.ts";

/** From decided to paid: the ledger moves the case, nobody else acts (aid.md §8). */

const opinion = longText({ label: { zh: "意见", en: "Opinion" }, required: false, maxLength: 500 });

export const payingSteps = {
  decided: {
    title: { zh: "待发放", en: "Ready to pay" },
    by: "clock",
    within: payWithin,
    ifNothing: { zh: "财务正在编制发放批次", en: "the finance desk is preparing a payment batch" },
    may: {
      batch: action({
        title: { zh: "列入发放批次", en: "Put in a payment batch" },
        to: "paying",
        hidden: true,
        asks: { note: opinion },
      }),
      cancel: action({
        title: { zh: "救助撤销", en: "Grant cancelled" },
        to: "cancelled",
        hidden: true,
        asks: { note: opinion },
      }),
    },
  },
  paying: {
    title: { zh: "发放中", en: "Being paid" },
    by: "clock",
    within: payWithin,
    ifNothing: { zh: "银行处理后自动更新", en: "it is updated when the bank has answered" },
    may: {
      unbatch: action({
        title: { zh: "移出批次，重新待发", en: "Taken out of the batch" },
        to: "decided",
        hidden: true,
        asks: { note: opinion },
      }),
      fail: action({
        title: { zh: "银行退回，待更正", en: "Sent back by the bank" },
        to: "payment_failed",
        hidden: true,
        asks: { note: opinion },
      }),
      pay: action({
        title: { zh: "已到账", en: "Paid" },
        to: "paid",
        hidden: true,
        asks: { note: opinion },
      }),
      cancel: action({
        title: { zh: "救助撤销", en: "Grant cancelled" },
        to: "cancelled",
        hidden: true,
        asks: { note: opinion },
      }),
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
      retry: action({
        title: { zh: "更正后重新发放", en: "Corrected and sent again" },
        to: "paying",
        hidden: true,
        asks: { note: opinion },
      }),
      unbatch: action({
        title: { zh: "移出批次，重新待发", en: "Taken out of the batch" },
        to: "decided",
        hidden: true,
        asks: { note: opinion },
      }),
      pay: action({
        title: { zh: "已到账", en: "Paid" },
        to: "paid",
        hidden: true,
        asks: { note: opinion },
      }),
      cancel: action({
        title: { zh: "救助撤销", en: "Grant cancelled" },
        to: "cancelled",
        hidden: true,
        asks: { note: opinion },
      }),
    },
  },
} as const;
