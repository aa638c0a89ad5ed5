import { definePolicy, type PolicySource, policyType } from "../units/policy.ts";

/** 名册导入后由本人确认 (membership.md §9.1): joining is the worker’s own will, also where a roster brings them. */

const measures: PolicySource = {
  document: { zh: "《工会会员会籍管理办法》", en: "Measures for Union Membership" },
  article: "第五条",
  tag: "K",
};
const design: PolicySource = {
  document: { zh: "系统默认，按当地文件调整", en: "System default; set as local documents say" },
  tag: "D",
};

/** Whether those whom a roster names become members only by their own word. */
export const requireConfirmation = definePolicy({
  key: "membership.require-confirmation",
  title: { zh: "名册导入后须本人确认", en: "Whom a roster names must confirm it" },
  help: {
    zh: "入会自愿。打开时，名册导入的人先列为「待本人确认」，本人在手机上确认（或工会凭本人书面确认代为登记）后才是会员，才计入会员数。名册上都是已经入会、手续齐全的老会员时，可以关闭。",
    en: "Joining is voluntary. When on, people loaded from a roster wait for their own word, on the phone or on paper, and count as members only then. It may be switched off where a roster holds members whose papers are complete.",
  },
  type: policyType.yesNo(),
  defaults: [{ value: true, source: measures }],
});

/** What becomes of an entry that its worker never answers. */
export const confirmationSilence = definePolicy<"stays" | "lapses">({
  key: "membership.confirmation-silence",
  title: { zh: "本人一直不确认的", en: "When a worker never confirms" },
  help: {
    zh: "一直等本人答复（不删除、不算会员），或到期后登记失效。不答复不等于同意。",
    en: "The entry waits as long as it takes (never deleted, never a member), or it lapses when its time is over. Silence is not consent.",
  },
  type: policyType.oneOf([
    { value: "stays", title: { zh: "一直等本人答复", en: "it waits" } },
    { value: "lapses", title: { zh: "到期失效", en: "it lapses" } },
  ] as const),
  defaults: [{ value: "stays", source: design }],
});

/** Days an entry waits for its worker where silence ends it. */
export const confirmationDays = definePolicy({
  key: "membership.confirmation-days",
  title: { zh: "等本人确认的天数", en: "Days an entry waits for its worker" },
  help: {
    zh: "只在「本人一直不确认的」定为到期失效时起作用；从列入名册的次日起算。",
    en: "Only where entries lapse; counted from the day after the roster was loaded.",
  },
  type: policyType.integer({ min: 7, max: 730, unit: { zh: "天", en: "days" } }),
  defaults: [{ value: 90, source: design }],
});
