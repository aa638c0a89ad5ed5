import { action, defineService, type RoundFact, roundOf } from "../../procedures/define.ts";
import { longText } from "../../procedures/fields.ts";
import { definePolicy, policyType } from "../../units/policy.ts";

/** How long a gift waits to be collected. */
const collectWithin = definePolicy({
  key: "cool-gift.collect-within",
  title: { zh: "清凉礼包领取期限", en: "Time to collect a cool-drink gift" },
  help: {
    zh: "从领到名额次日起算；逾期未领的名额收回，给候补的会员。",
    en: "Counted from the day after the place was had; a gift not collected in time goes to whoever waits.",
  },
  type: policyType.days(),
  defaults: [
    {
      value: { days: 15, unit: "calendar" },
      source: {
        document: { zh: "系统默认，待本级工会确认", en: "System default, for the union to confirm" },
        tag: "U",
      },
    },
  ],
});

const note = longText({ label: { zh: "备注", en: "Note" }, required: false, maxLength: 300 });

/** 夏送清凉礼包: gifts against the summer heat, few and claimed in rounds (aid.md §9, the sending-warmth measures). */
export const coolGift = defineService({
  id: "cool-gift",
  version: 1,
  numberCode: "QL",
  group: "care",
  title: { zh: "夏送清凉礼包", en: "Cool-drink gift" },
  summary: {
    zh: "高温天气里，工会分场次发放清凉礼包，先到先得。",
    en: "Gifts against the summer heat, given out in rounds to those who come first.",
  },
  forWhom: { zh: "开放场次的工会所属会员。", en: "Members of the union that opens a round." },
  youGet: { zh: "清凉礼包一份，到本单位工会领取。", en: "One gift, collected at your own union." },
  howLong: { zh: "领到名额后 15 天内领取。", en: "Collect it within fifteen days of having a place." },
  whoSees: {
    zh: "您所在的工会和开放场次的工会。",
    en: "Your own union and the union that opened the round.",
  },
  basis: [
    {
      document: {
        zh: "《工会送温暖资金使用管理办法（试行）》（2018）",
        en: "Measures on Sending-Warmth Funds (2018)",
      },
    },
  ],
  lifeEvents: [],
  mayStart: { who: "member" },
  round: { power: "aid.review", promote: "promote", lapse: "lapse", giveBack: "give_back" },
  pins: [collectWithin],
  asks: {},
  pages: [],
  start: {
    among: ["to_collect", "queued"],
    choose: (view) => (roundOf(view)?.state === "waiting" ? "queued" : "to_collect"),
  },
  steps: {
    queued: {
      title: { zh: "候补中", en: "Waiting for a place" },
      by: "clock",
      aside: true,
      ifNothing: {
        zh: "有人退回名额时按序号递补；场次结束仍未轮到的自动取消",
        en: "places given back go to whoever waits longest; what still waits when the round ends lapses",
      },
      may: {
        promote: action({
          title: { zh: "递补到名额", en: "Has got a place" },
          to: "to_collect",
          hidden: true,
        }),
        lapse: action({
          title: { zh: "场次结束，未轮到", en: "The round ended" },
          to: "missed",
          hidden: true,
        }),
        give_back: action({
          title: { zh: "不再候补", en: "Stop waiting" },
          to: "given_back",
          by: "applicant",
          kind: "danger",
        }),
      },
    },
    to_collect: {
      title: { zh: "待领取", en: "To be collected" },
      by: { power: "aid.check", level: ["own", "township", "county"] },
      within: collectWithin,
      whenLate: { lapse: "not_collected" },
      may: {
        hand_over: action({
          title: { zh: "已发放", en: "Handed over" },
          to: "collected",
          kind: "primary",
          asks: { note },
        }),
        give_back: action({
          title: { zh: "退回名额", en: "Give the place back" },
          to: "given_back",
          by: "applicant",
          kind: "danger",
          confirm: {
            zh: "名额会马上给下一位，退回后不能恢复。",
            en: "The place goes to the next person at once and cannot be had back.",
          },
        }),
      },
    },
  },
  ends: {
    collected: { title: { zh: "已领取", en: "Collected" }, good: true },
    given_back: { title: { zh: "已退回", en: "Given back" }, good: false, rated: false },
    not_collected: { title: { zh: "逾期未领", en: "Not collected in time" }, good: false, rated: false },
    missed: { title: { zh: "未轮到", en: "Not reached" }, good: false, rated: false },
  },
  onReach: {
    given_back: () => [{ do: "round.release" }],
    not_collected: () => [{ do: "round.release" }],
  },
  amount: ({ facts }) => BigInt((facts["round"] as RoundFact | undefined)?.eachFen ?? 0),
  rated: true,
});
