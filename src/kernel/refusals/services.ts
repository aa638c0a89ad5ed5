import type { RefusalTable } from "./table.ts";

/** What src/services may refuse. */
export const servicesRefusals = {
  "day-in-future": { status: 422, zh: "日期不能晚于今天。", en: "The day cannot be after today." },
  "household-self": {
    status: 422,
    zh: "家庭成员里要有且只有一位「本人」。",
    en: "The household holds yourself, exactly once.",
  },
  "household-self-name": {
    status: 422,
    zh: "「本人」的姓名要与申请人一致。",
    en: "“The applicant” must bear the applicant’s name.",
  },
  "household-twice": {
    status: 422,
    zh: "同一证件号出现了两次。",
    en: "One identity number stands in the household twice.",
  },
  "household-self-id": {
    status: 422,
    zh: "「本人」的身份证号与会员档案不一致，请核对；如档案有误，请联系本单位工会更正。",
    en: "Your identity number differs from your membership record. Please check it, or ask your union to correct the record.",
  },
  "household-on-file": {
    status: 409,
    zh: "家庭成员中有人已在另一份在办或在档的困难档案里，一户只能建一份档。",
    en: "A member of this household already stands in another open hardship file. One household has one file.",
  },
  "income-of-nobody": {
    status: 422,
    zh: "这笔收入填的人不在家庭成员里。",
    en: "This income belongs to nobody in the household.",
  },
  "reimbursed-too-much": {
    status: 422,
    zh: "报销或赔偿不能超过总额。",
    en: "What was reimbursed cannot be above the cost.",
  },
  "register-kind": {
    status: 422,
    zh: "看不出「{word}」是哪类登记（低保、低保边缘、特困、机动车、房产、市场主体、收入等）。",
    en: "“{word}” is no kind of register known here (minimum living, edge of it, vehicles, homes, businesses, income…).",
  },
  "register-no-heads": {
    status: 422,
    zh: "没有找到「身份证号」这一列，请确认表头。",
    en: "No column of identity numbers was found. Please check the heads.",
  },
  "check-explained": {
    status: 409,
    zh: "申请人已作说明，请认可说明或不予认定。",
    en: "The applicant has explained; accept the explanation or refuse.",
  },
  "nothing-explained": {
    status: 409,
    zh: "还没有需要认可的说明，请先核对。",
    en: "There is no explanation yet. Check the registers first.",
  },
  "check-unauthorised": {
    status: 422,
    zh: "核对授权书须由家庭成员当面签字，未签字不能核对。可退回补正，或不予认定。",
    en: "The means check needs the authorisation signed in the family’s presence. Return the case or refuse it.",
  },
  "exclusion-elsewhere": {
    status: 422,
    zh: "这一情形不在本地的不予认定清单里。",
    en: "This is not among the facts that bar a household here.",
  },
  "recheck-needs-forms": {
    status: 409,
    zh: "年度复核要先更新家庭情况和材料，再测算。",
    en: "The yearly check needs the household’s fresh forms and papers before it is reckoned.",
  },
  "exit-unproven": {
    status: 422,
    zh: "还没有复核，或最近一次复核的收入仍在困难标准以内，不能以脱困退出；请先复核，或选择其他原因。",
    en: "No check has yet found the household above the standard. Check again first, or give another reason.",
  },
  "exit-too-soon": {
    status: 422,
    zh: "致困原因消除要满 {months} 个月，{on}起才可以评议脱困。",
    en: "The causes must have been gone for {months} months: the family may leave from {on} on.",
  },
  "no-longer-in-need": {
    status: 422,
    zh: "按现行标准测算已不符合困难条件，请提议退出。",
    en: "By today’s standard the household is no longer in need. Propose that it leaves the file.",
  },
  "follow-up-unvisited": {
    status: 422,
    zh: "退出后还没有走访过这户家庭，先登记走访再结案。",
    en: "Nobody has visited the family since it left. Record a visit before closing.",
  },
  "file-needed": {
    status: 422,
    zh: "先建档、后帮扶。您还没有在档的困难职工档案，可以先申请建档；遇急难可申请临时救助。",
    en: "File first, then aid. You have no hardship file in force yet: ask for one first; in an emergency ask for emergency aid.",
  },
  "aid-cap": {
    status: 422,
    zh: "本年度生活救助上限 {cap} 元，已用 {used} 元，最多还可救助 {left} 元。",
    en: "Living aid this year is capped at ¥{cap}; ¥{used} is used, so at most ¥{left} is left.",
  },
  "payee-not-household": {
    status: 422,
    zh: "收款人必须是本人或登记的家庭成员。",
    en: "The payee must be the beneficiary or a registered member of the household.",
  },
  "too-young-to-join": {
    status: 422,
    zh: "年满 16 周岁才能入会。",
    en: "One joins from the age of sixteen.",
  },
  "signature-not-name": {
    status: 422,
    zh: "签名要与您的姓名一致。",
    en: "The signature must be your own name.",
  },
  "roster-entry-first": {
    status: 409,
    zh: "{unit}已把您列入会员名册，等您确认。请先在首页确认，或说明情况不符，再申请。",
    en: "{unit} has put you on its roster and waits for your word. Confirm it on the first page, or say that it is not so, before you apply.",
  },
  "already-member-here": {
    status: 409,
    zh: "您已经是{unit}的会员，不需要再入会。",
    en: "You are already a member of {unit}; there is nothing to join.",
  },
  "file-there-already": {
    status: 409,
    zh: "这份档案已经由{unit}管理。",
    en: "{unit} keeps this file already.",
  },
  "file-other-district": {
    status: 409,
    zh: "{unit}在别的区县，档案不能单独移交。请为本人办理会籍接转，对方接收后档案随人一起迁过去。",
    en: "{unit} is in another district, where a file cannot go alone. Transfer the worker’s membership: once accepted there, the file goes along.",
  },
  "unit-keeps-no-files": {
    status: 422,
    zh: "{unit}不直接管理困难职工档案，请选择基层工会、街道社区工会或县级工会。",
    en: "{unit} keeps no hardship files. Choose a grassroots, community, street or county union.",
  },
  "unit-takes-no-members": {
    status: 422,
    zh: "{unit}不直接接收会员，请选择您所在的基层工会或街道、社区工会。",
    en: "{unit} takes no members directly. Choose your grassroots, street or community union.",
  },
  "amount-not-yet": { status: 409, zh: "还没有核定金额。", en: "No amount has been set yet." },
} satisfies RefusalTable;
