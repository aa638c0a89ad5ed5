import type { RefusalTable } from "./table.ts";

/** What src/procedures may refuse. */
export const proceduresRefusals = {
  "service-unknown": { status: 404, zh: "没有这项服务。", en: "There is no such service." },
  "unknown-field": {
    status: 422,
    zh: "没有这一项：{key}。",
    en: "Nothing was asked under this name: {key}.",
  },
  "bad-answer": {
    status: 422,
    zh: "「{label}」的内容格式不对。",
    en: "This is not an answer to “{label}”.",
  },
  "choose-one": { status: 422, zh: "请选择一项。", en: "Please choose one." },
  "choose-some": { status: 422, zh: "请至少选择一项。", en: "Please choose at least one." },
  "look-up": { status: 422, zh: "请查找并选择。", en: "Please search and choose." },
  "add-one": { status: 422, zh: "请至少添加一项。", en: "Please add at least one." },
  "hand-in": { status: 422, zh: "请上传材料。", en: "Please hand in the papers." },
  "number-below": { status: 422, zh: "不能小于 {limit}。", en: "It cannot be below {limit}." },
  "number-above": { status: 422, zh: "不能大于 {limit}。", en: "It cannot be above {limit}." },
  "amount-below": {
    status: 422,
    zh: "金额不能少于 {limit} 元。",
    en: "The amount cannot be below ¥{limit}.",
  },
  "amount-above": {
    status: 422,
    zh: "金额不能超过 {limit} 元。",
    en: "The amount cannot be above ¥{limit}.",
  },
  "not-an-option": {
    status: 422,
    zh: "「{label}」请从所列选项中选。",
    en: "For “{label}”, choose one of the options.",
  },
  "not-on-file": {
    status: 422,
    zh: "档案里没有「{label}」，或者刚才改过。请核对后重新填写。",
    en: "The file holds no “{label}”, or it has just been changed. Please check and fill it in again.",
  },
  "consent-needed": {
    status: 422,
    zh: "需要您同意「{label}」才能继续。",
    en: "Your consent is needed to go on: {label}.",
  },
  "too-few": { status: 422, zh: "至少 {min} 项。", en: "At least {min}." },
  "too-many-items": { status: 422, zh: "最多 {max} 项。", en: "At most {max}." },
  "case-ended": {
    status: 409,
    zh: "这件事已经办结，不能再操作。目前可以：{offered}。",
    en: "This case has ended; nothing more is done to it. What is offered: {offered}.",
  },
  "own-request-only": {
    status: 403,
    zh: "「{service}」只能由本人申请。",
    en: "“{service}” can be asked for only by the person it is about.",
  },
  "members-only": {
    status: 422,
    zh: "「{service}」面向工会会员。您还不是会员，可以先申请入会。",
    en: "“{service}” is for members. You are not one yet; you can ask to join first.",
  },
  "no-home-union": {
    status: 422,
    zh: "还查不到您所在的工会，请先申请入会或联系就近工会。",
    en: "No union of yours is known yet. Ask to join first, or turn to the nearest union.",
  },
  "window-closed": {
    status: 422,
    zh: "现在不在申报期内，申报期为每年 {from} 至 {to}。",
    en: "This is not the season; applications are taken from {from} to {to} each year.",
  },
  "paper-missing": {
    status: 422,
    zh: "还缺材料：{paper}。",
    en: "A paper is missing: {paper}.",
  },
  "applicant-only": { status: 403, zh: "这一步由申请人本人办理。", en: "This step is the applicant’s own." },
  "not-your-turn": { status: 403, zh: "这一步由{unit}办理。", en: "This step is for {unit}." },
  "own-case": {
    status: 403,
    zh: "不能办理自己的申请，请由其他同志办理。",
    en: "Nobody decides their own case. A colleague has to.",
  },
  "relatives-case": {
    status: 403,
    zh: "申请人是您的家庭成员，请回避，由其他同志办理。",
    en: "The applicant is of your household. Please step aside for a colleague.",
  },
  "two-levels": {
    status: 403,
    zh: "您已在另一级办理过这件事，同一人不能办理两级，请由其他同志办理。",
    en: "You decided this case at another level. One person does not decide two levels of a case.",
  },
  "no-officer": {
    status: 422,
    zh: "所填的人现在不是在任工会干部，请从名单中选择。",
    en: "Whoever is named holds no post in a union now. Choose from the list.",
  },
  "same-officer-twice": {
    status: 422,
    zh: "需要不同的人共同办理，不能只填一人。",
    en: "Different people have to do this together.",
  },
  "notice-over": {
    status: 409,
    zh: "公示已经结束，不能再提异议。可以向上一级工会反映。",
    en: "The notice has ended; objections are no longer taken. You can turn to the union above.",
  },
  "notice-blocked": {
    status: 409,
    zh: "公示有 {count} 条异议尚未处理，处理完才能继续。",
    en: "{count} objections to the notice have no finding yet; the case waits for them.",
  },
  "objection-found": {
    status: 409,
    zh: "这条异议已经有处理结论。",
    en: "There is already a finding on this objection.",
  },
  "draft-too-large": { status: 413, zh: "草稿太大，请删减后再保存。", en: "The draft is too large to keep." },
  "not-rated-now": {
    status: 409,
    zh: "办结后才能评价，每件事评价一次。",
    en: "A case is rated once, after it has ended.",
  },
  "finding-needed": {
    status: 422,
    zh: "请选择「异议成立」或「异议不成立」。",
    en: "Say whether the objection is upheld or dismissed.",
  },
  "round-needed": {
    status: 422,
    zh: "「{service}」按场次领取，请到「限量领取」里领取。",
    en: "“{service}” is claimed in rounds. Claim a place while one is open.",
  },
  "round-service": {
    status: 422,
    zh: "这项服务不按场次领取。",
    en: "This service is not claimed in rounds.",
  },
  "round-times": {
    status: 422,
    zh: "结束时间要晚于开始时间，并且不能已经过去。",
    en: "The end has to lie after the beginning, and ahead.",
  },
  "round-budget": {
    status: 422,
    zh: "{places} 个名额的总额超过了预算。",
    en: "{places} places come to more than the budget.",
  },
  "round-shares": {
    status: 422,
    zh: "各区县名额之和要等于总名额，且区县要在本工会范围内。",
    en: "The districts’ places have to sum to all places, each district within the union.",
  },
  "round-ended": { status: 409, zh: "这个场次已经结束。", en: "This round has already ended." },
  "round-not-open": {
    status: 409,
    zh: "还没有开始，开始时间：{opens}。",
    en: "It has not opened yet; it opens at {opens}.",
  },
  "round-over": { status: 409, zh: "这个场次已经结束。", en: "This round is over." },
  "round-full": { status: 409, zh: "名额已经领完。", en: "All places are taken." },
  "round-claimed": {
    status: 409,
    zh: "您已经领过，序号 {number}，不用再领。",
    en: "You have already claimed: your number is {number}.",
  },
  "round-not-claimed": {
    status: 409,
    zh: "您在这个场次没有可以退回的名额。",
    en: "You have nothing to give back in this round.",
  },
  "round-members-only": {
    status: 422,
    zh: "这个场次面向工会会员。您还不是会员，可以先申请入会。",
    en: "This round is for members. You are not one yet; you can ask to join first.",
  },
  "round-not-for-you": {
    status: 422,
    zh: "这个场次面向特定职业的会员，您的登记信息不在其中；如有误请联系本单位工会更正。",
    en: "This round is for members of certain trades, and your record names another. If it is wrong, ask your union to correct it.",
  },
  "round-no-share": {
    status: 422,
    zh: "这个场次没有分给您所在区县的名额。",
    en: "This round has no places for your district.",
  },
} satisfies RefusalTable;
