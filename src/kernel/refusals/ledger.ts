import type { RefusalTable } from "./table.ts";

/** What src/ledger may refuse. */
export const ledgerRefusals = {
  "voucher-without-memo": {
    status: 422,
    zh: "请写明这张凭证的摘要。",
    en: "Say what this voucher is for.",
  },
  "voucher-empty": {
    status: 422,
    zh: "凭证里没有分录。",
    en: "The voucher has no transfer in it.",
  },
  "amount-not-positive": {
    status: 422,
    zh: "金额必须大于零。",
    en: "The amount must be above zero.",
  },
  "same-account": {
    status: 422,
    zh: "借方和贷方不能是同一个科目。",
    en: "The debit and the credit cannot be one account.",
  },
  "voucher-day-ahead": {
    status: 422,
    zh: "凭证日期 {day} 还没有到。",
    en: "The voucher’s day, {day}, has not come yet.",
  },
  "month-closed": {
    status: 409,
    zh: "{month} 已结账，不能再记入。请记在未结账的月份，或用红字凭证更正。",
    en: "{month} is closed and takes no more postings. Post in an open month, or correct by a reversal.",
  },
  "month-not-over": {
    status: 409,
    zh: "{month} 还没有过完，不能结账。",
    en: "{month} is not over and cannot be closed.",
  },
  "no-such-account": {
    status: 422,
    zh: "当日适用的会计科目表里没有「{account}」。",
    en: "The chart of accounts of that day has no “{account}”.",
  },
  "voucher-reversed": {
    status: 409,
    zh: "这张凭证已经冲销过了。",
    en: "This voucher has been reversed already.",
  },
  "voucher-not-reversible": {
    status: 409,
    zh: "这张凭证由业务流程生成，请在「{where}」里更正。",
    en: "This voucher was made by a procedure. Correct it there: {where}.",
  },

  "fund-closed": {
    status: 409,
    zh: "资金「{fund}」已关闭。",
    en: "The fund “{fund}” is closed.",
  },
  "fund-year": {
    status: 422,
    zh: "资金「{fund}」属于 {year} 年度，按规定不能在这一年使用。",
    en: "The fund “{fund}” belongs to {year} and may not pay in this year.",
  },
  "fund-purpose": {
    status: 422,
    zh: "资金「{fund}」限定用于{purposes}，不能用于{kind}。",
    en: "The fund “{fund}” was given for {purposes}; it cannot pay {kind}.",
  },
  "fund-kind": {
    status: 422,
    zh: "「{fund}」这类资金不能用于{kind}。",
    en: "Money of this kind (“{fund}”) may not pay {kind}.",
  },
  "fund-needs-file": {
    status: 422,
    zh: "先建档、后帮扶：「{fund}」只能发给在档困难职工家庭。",
    en: "File first, then aid: “{fund}” pays only households with a hardship file.",
  },
  "fund-tier": {
    status: 422,
    zh: "「{fund}」不能发给{tier}档案的家庭。",
    en: "“{fund}” does not pay households with a {tier} file.",
  },
  "fund-short": {
    status: 422,
    zh: "资金余额不足：需要 {needed}，可用 {left}。",
    en: "The fund is short: {needed} is needed, {left} is free.",
  },
  "fund-unit": {
    status: 422,
    zh: "资金不属于这个工会，不能用于这里的批次。",
    en: "This fund belongs to another union.",
  },
  "cap-payment": {
    status: 422,
    zh: "超过「{fund}」单笔上限 {cap}。",
    en: "Above what “{fund}” may pay at once, {cap}.",
  },
  "cap-exceeded": {
    status: 422,
    zh: "超过{cap}：上限 {limit}，已用 {used}，最多还能发 {left}。",
    en: "Above the {cap}: the limit is {limit}, {used} is used, {left} is the most that can still be paid.",
  },
  "grant-twice": {
    status: 409,
    zh: "同一人、同一类、同一期、同一事由的救助已经有一笔，不能重复发放。",
    en: "Aid for this person, kind, period and cause exists already and is not given twice.",
  },
  "grant-not-ready": {
    status: 409,
    zh: "有救助不在待发放状态，或已编入别的批次。请刷新列表。",
    en: "Some aid is not waiting to be paid, or is in another batch. Refresh the list.",
  },
  "grant-other-purpose": {
    status: 422,
    zh: "一个批次只发一类救助；这一笔是{kind}。",
    en: "A batch pays one kind of aid; this one is {kind}.",
  },
  "payee-not-beneficiary": {
    status: 422,
    zh: "第 {position} 笔的户名不是受助人本人，也没有家庭成员的书面同意。",
    en: "Payment {position}: the card is not the beneficiary’s and no written consent is on file.",
  },
  "payee-card": {
    status: 422,
    zh: "第 {position} 笔的银行卡号不完整或有误。",
    en: "Payment {position}: the card number is missing or wrong.",
  },

  "own-payment": {
    status: 403,
    zh: "批次里有发给您本人的款项，请由别的同事办理。",
    en: "This batch pays you. Someone else must handle it.",
  },
  "separation-of-duties": {
    status: 403,
    zh: "岗位分离：这一批由您{did}，不能再由您「{now}」。",
    en: "Separation of duties: you {did}, so “{now}” must be another person’s.",
  },
  "batch-empty": {
    status: 422,
    zh: "批次里没有要发放的款项。",
    en: "There is nothing to pay in this batch.",
  },
  "reason-missing": {
    status: 422,
    zh: "请写明原因。",
    en: "Please give the reason.",
  },
  "item-unknown": {
    status: 422,
    zh: "批次里没有这一笔。",
    en: "The batch has no such payment.",
  },
  "item-state": {
    status: 409,
    zh: "第 {position} 笔现在是「{state}」，不能这样办。",
    en: "Payment {position} is “{state}”; this cannot be done to it.",
  },
  "minutes-needed": {
    status: 422,
    zh: "总额 {total} 超过 {above}，须集体研究决定，请填写会议纪要的编号和日期。",
    en: "The total, {total}, is above {above} and needs a collective decision. Give the number and day of its minutes.",
  },
  "nothing-corrected": {
    status: 409,
    zh: "还没有已更正的款项可以重发。",
    en: "No payment has been corrected yet, so there is nothing to send again.",
  },
  "vouchers-missing": {
    status: 409,
    zh: "还有已发放的款项没有记账凭证，不能办结。",
    en: "Some paid items have no voucher yet, so the batch cannot be closed.",
  },

  "result-empty": {
    status: 422,
    zh: "回盘文件是空的。",
    en: "The result file is empty.",
  },
  "result-not-text": {
    status: 422,
    zh: "这不是文本文件。请从银行下载 CSV 格式的回盘，或在表格软件里另存为 CSV。",
    en: "This is not a text file. Download the result as CSV, or save it as CSV from the spreadsheet.",
  },
  "result-no-heads": {
    status: 422,
    zh: "没有找到表头，需要这几列：{heads}。",
    en: "No row names the columns needed: {heads}.",
  },
  "result-no-reference": {
    status: 422,
    zh: "第 {line} 行没有业务参考号。",
    en: "Line {line} has no reference.",
  },
  "result-unknown-outcome": {
    status: 422,
    zh: "第 {line} 行的处理结果「{outcome}」不认识。",
    en: "Line {line}: the outcome “{outcome}” is not known.",
  },
  "result-other-batch": {
    status: 422,
    zh: "第 {line} 行（{reference}）不是这一批的。",
    en: "Line {line} ({reference}) is not of this batch.",
  },
  "result-unknown-item": {
    status: 422,
    zh: "第 {line} 行（{reference}）在这一批里找不到。",
    en: "Line {line} ({reference}) is not in this batch.",
  },
  "result-duplicate-line": {
    status: 422,
    zh: "第 {line} 行（{reference}）重复。",
    en: "Line {line} ({reference}) is there twice.",
  },
  "result-wrong-amount": {
    status: 422,
    zh: "第 {line} 行（{reference}）的金额和批次里的不一致。",
    en: "Line {line} ({reference}): the amount is not the one sent.",
  },
  "result-not-sent": {
    status: 422,
    zh: "第 {line} 行（{reference}）没有送过银行，或已经了结。",
    en: "Line {line} ({reference}) was not at the bank, or is done with.",
  },
  "result-contradicts": {
    status: 422,
    zh: "第 {line} 行（{reference}）和已记录的结果矛盾。",
    en: "Line {line} ({reference}) contradicts what is already recorded.",
  },
  "unit-has-money": {
    status: 409,
    zh: "这个工会还有资金 {left} 或未办结的发放批次，请先结清、划转，再办理撤销或合并。",
    en: "This union still holds {left} or has a payment batch under way. Settle and hand over first.",
  },
  "subsidy-not-below": {
    status: 422,
    zh: "补助只能拨给下级工会。",
    en: "A subsidy goes to a union below.",
  },
} satisfies RefusalTable;
