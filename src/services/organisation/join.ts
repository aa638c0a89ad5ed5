import { type Day, yearsBetween } from "../../kernel/day.ts";
import { birthlessKinds, idKinds } from "../../kernel/identity-number.ts";
import { type Refusal, refuse } from "../../kernel/refusal.ts";
import type { Text } from "../../kernel/words.ts";
import { employmentGroups } from "../../people/codes.ts";
import { action, defineService, type View } from "../../procedures/define.ts";
import {
  consent,
  date,
  idNumber,
  longText,
  oneOf,
  phone,
  text,
  unit,
  yesNo,
} from "../../procedures/fields.ts";
import { definePolicy, policyType } from "../../units/policy.ts";
import { bornOf } from "../care/hardship/statement.ts";

/** How long a committee has to decide on joining. */
const joinWithin = definePolicy({
  key: "membership.join-within",
  title: { zh: "入会审批时限", en: "Time to decide on joining" },
  help: {
    zh: "基层工会委员会从收到申请次日起算。",
    en: "For the grassroots committee, counted from the day after the application.",
  },
  type: policyType.days(),
  defaults: [
    {
      value: { days: 15, unit: "working" },
      source: {
        document: { zh: "系统默认，待本级工会确认", en: "System default, for the union to confirm" },
        tag: "U",
      },
    },
  ],
});

/** How long a worker has to complete what was missing. */
const joinCorrectWithin = definePolicy({
  key: "membership.join-correct-within",
  title: { zh: "入会补正时限", en: "Time to complete an application to join" },
  help: {
    zh: "逾期未补正的申请作撤回处理，可以重新提出。",
    en: "An application not completed in time counts as withdrawn and may be made again.",
  },
  type: policyType.days(),
  defaults: [
    {
      value: { days: 30, unit: "calendar" },
      source: {
        document: { zh: "系统默认，待本级工会确认", en: "System default, for the union to confirm" },
        tag: "U",
      },
    },
  ],
});

/** Where a worker joins, by their situation (membership.md §2.1): the levels of union that take them. */
const routing = {
  unit_has_union: {
    label: { zh: "单位有工会", en: "The employer has a union" },
    levels: ["GRASSROOTS", "BRANCH", "GROUP"],
  },
  unit_no_union: {
    label: { zh: "单位没有工会", en: "The employer has no union" },
    levels: ["GRASSROOTS", "COMMUNITY", "PARK", "TOWNSHIP", "COUNTY"],
  },
  flexible: {
    label: { zh: "灵活就业、非全日制", en: "Flexible or part-time work" },
    levels: ["GRASSROOTS", "BRANCH", "GROUP", "COMMUNITY", "PARK", "TOWNSHIP", "COUNTY"],
  },
  dispatched: {
    label: { zh: "劳务派遣", en: "Dispatched by an agency" },
    levels: ["GRASSROOTS", "BRANCH", "GROUP", "COMMUNITY", "PARK", "TOWNSHIP"],
  },
  platform: {
    label: { zh: "新就业形态（骑手、司机、快递等）", en: "Platform work (riders, drivers, couriers)" },
    levels: ["GRASSROOTS", "COMMUNITY", "PARK", "TOWNSHIP", "COUNTY"],
  },
} as const satisfies Record<string, { readonly label: Text; readonly levels: readonly string[] }>;

type Situation = keyof typeof routing;

const measures = (article: string) => ({
  document: {
    zh: "《工会会员会籍管理办法》（总工办发〔2016〕34号）",
    en: "Measures for Union Membership (2016)",
  },
  article,
});

const known: Text = { zh: "登录信息", en: "the sign-in" };

/** What joining asks. */
export const joinAsks = {
  situation: oneOf({
    label: { zh: "您的就业情况", en: "Work situation" },
    options: Object.entries(routing).map(([value, { label }]) => ({ value, label })),
  }),
  unit: unit({
    label: { zh: "加入哪个工会", en: "Which union" },
    help: {
      zh: "单位有工会的选单位工会；没有的选工作所在地的街道、社区、园区或行业工会。劳务派遣的，派遣单位和用工单位的工会可以选一家。",
      en: "The employer’s union if it has one; else the street, community, park or trade union where the work is. Who is dispatched by an agency chooses between its union and the user unit’s.",
    },
  }),
  employerName: text({
    label: { zh: "工作单位或平台", en: "Employer or platform" },
    required: false,
    maxLength: 100,
  }),
  platforms: text({
    label: { zh: "平台名称（几个平台都写上）", en: "Platforms (each of them)" },
    required: false,
    maxLength: 200,
    showWhen: { key: "situation", in: ["platform"] },
  }),
  agreement: oneOf({
    label: { zh: "与平台或合作企业的关系", en: "Agreement with the platform or its partner" },
    options: [
      { value: "contract", label: { zh: "签了劳动合同", en: "A labour contract" } },
      { value: "written", label: { zh: "签了书面协议", en: "A written agreement" } },
      { value: "own", label: { zh: "自己注册接单", en: "Working independently through the platform" } },
    ],
    required: false,
    showWhen: { key: "situation", in: ["platform"] },
  }),
  group: oneOf({
    label: { zh: "职业", en: "Occupation" },
    options: Object.entries(employmentGroups).map(([value, label]) => ({ value, label })),
    showWhen: { key: "situation", in: ["platform"] },
  }),
  serviceOnly: yesNo({
    label: {
      zh: "会籍留在现在的工会，这里只接受服务",
      en: "Member elsewhere as before; services only here",
    },
    help: {
      zh: "同时为几个平台工作的，会籍只在一家工会；其他工会也可以为您服务，但不在那里选举和交会费。",
      en: "Who works for several platforms is a member of one union; others may serve them, without vote or dues.",
    },
    required: false,
    showWhen: { key: "situation", in: ["platform"] },
  }),
  idKind: oneOf({
    label: { zh: "证件类型", en: "Kind of document" },
    help: {
      zh: "不选的，按居民身份证或港澳台居民居住证核对。",
      en: "Unless chosen, the number is read as an identity card’s or a residence permit’s.",
    },
    options: Object.entries(idKinds).map(([value, label]) => ({ value, label })),
    required: false,
    known: "idKind",
    knownFrom: known,
  }),
  idNumber: idNumber({
    label: { zh: "证件号码", en: "Identity number" },
    documentKind: "idKind",
    known: "idNumber",
    knownFrom: known,
  }),
  birthDate: date({
    label: { zh: "出生日期（与证件一致）", en: "Day of birth, as in the document" },
    showWhen: { key: "idKind", in: birthlessKinds },
  }),
  sex: oneOf({
    label: { zh: "性别", en: "Sex" },
    options: [
      { value: "male", label: { zh: "男", en: "Male" } },
      { value: "female", label: { zh: "女", en: "Female" } },
    ],
    showWhen: { key: "idKind", in: birthlessKinds },
  }),
  phone: phone({ label: { zh: "手机号", en: "Mobile" }, known: "phone", knownFrom: known }),
  migrant: yesNo({ label: { zh: "是否农民工", en: "Migrant worker" }, required: false }),
  constitution: consent({
    label: {
      zh: "我承认《中国工会章程》，自愿加入工会",
      en: "I accept the Constitution of the Chinese Trade Unions and join of my own will",
    },
  }),
  dataConsent: consent({
    label: {
      zh: "我同意工会为会籍管理处理我的个人信息，包括身份证号、手机号等敏感个人信息",
      en: "I consent to the union handling my data for membership, with what is sensitive: identity number and telephone",
    },
  }),
  signature: text({
    label: { zh: "签名（输入本人姓名）", en: "Signature (the applicant’s name in full)" },
    maxLength: 50,
  }),
};

function fits(view: View): Refusal | undefined {
  const said = view.answers as {
    readonly situation?: Situation;
    readonly idNumber?: string;
    readonly birthDate?: Day;
    readonly signature?: string;
  };
  const told = bornOf(said.idNumber ?? "");
  const born = told ?? said.birthDate;
  if (born && yearsBetween(born, view.today) < 16)
    return refuse(
      "too-young-to-join",
      {},
      { at: told ? "/answers/idNumber" : "/answers/birthDate", source: measures("第四条") },
    );
  if (said.signature !== view.applicant.name)
    return refuse("signature-not-name", {}, { at: "/answers/signature" });
  const { relation, entry } = view.known;
  if (entry) return refuse("roster-entry-first", { unit: entry.unitName }, { at: "/answers/unit" });
  const here = relation?.unitId === view.unit.id;
  if (relation && here && relation.status !== "RETAINED")
    return refuse("already-member-here", { unit: relation.unitName }, { at: "/answers/unit" });
  // 返聘: a retiree hired again keeps what is retained; only work after something else wakes it.
  if (relation && here && (relation.reason === "RETIRED" || relation.reason === "EARLY_RETIRED"))
    return refuse("rehired-retiree", {}, { at: "/answers/unit", source: measures("第十七条") });
  const levels: readonly string[] = routing[said.situation ?? "unit_has_union"].levels;
  if (!levels.includes(view.chain.unit.level))
    return refuse(
      "unit-takes-no-members",
      { unit: view.unit.name },
      { at: "/answers/unit", source: measures("第六条") },
    );
  return undefined;
}

/**
 * Join once, move with work (一次入会、动态接转): a relation elsewhere makes it a transfer, active or retained, since the old
 * union lets go first; one retained here wakes.
 */
function routeOf(view: View): "join" | "transfer" | "reactivate" | "service" {
  const relation = view.known.relation;
  if (!relation) return "join";
  if (view.answers.serviceOnly === true) return "service";
  return relation.unitId === view.unit.id ? "reactivate" : "transfer";
}

const reason = longText({ label: { zh: "理由", en: "Reason" }, maxLength: 500 });

/** 入会: an application to join, decided by the grassroots committee (membership.md §2, §9.1). */
export const join = defineService({
  id: "join",
  version: 1,
  numberCode: "RH",
  group: "organisation",
  title: { zh: "加入工会", en: "Join the union" },
  summary: {
    zh: "申请加入工会，领取电子会员证。",
    en: "Apply to join and receive your electronic member card.",
  },
  forWhom: {
    zh: "年满 16 周岁、以工资为主要生活来源的劳动者，含灵活就业和新就业形态劳动者。",
    en: "Workers from sixteen who live by their wages, flexible and platform workers too.",
  },
  youGet: {
    zh: "会员资格和电子会员证，享受工会服务和保障。",
    en: "Membership, an electronic card, and what the union offers.",
  },
  howLong: { zh: "工会委员会 15 个工作日内答复。", en: "The committee answers within fifteen working days." },
  whoSees: {
    zh: "您选择的工会。每一次查看您的信息都有记录。",
    en: "The union you choose. Each look at your data is recorded.",
  },
  basis: [
    { document: { zh: "《中华人民共和国工会法》", en: "Trade Union Law" }, article: "第三条" },
    measures("第四条、第五条"),
  ],
  lifeEvents: ["new-job", "moved-here"],
  mayStart: { who: "anyone", onBehalf: "member.decide" },
  pins: [],
  knows: ["relation", "entry"],
  asks: joinAsks,
  pages: [
    {
      id: "work",
      title: { zh: "您的工作", en: "Work" },
      fields: ["situation", "group", "platforms", "agreement", "serviceOnly", "employerName", "migrant"],
    },
    { id: "union", title: { zh: "选择工会", en: "The union" }, fields: ["unit"] },
    {
      id: "you",
      title: { zh: "您的信息", en: "The applicant" },
      fields: ["idKind", "idNumber", "birthDate", "sex", "phone"],
    },
    {
      id: "sign",
      title: { zh: "签署申请", en: "Sign" },
      fields: ["constitution", "dataConsent", "signature"],
    },
  ],
  qualifies: (view) => fits(view as View),
  home: { answer: "unit" },
  sets: (view) => ({ route: routeOf(view as View) }),
  start: {
    among: ["submitted", "as_transfer"],
    choose: (view) => (view.facts.route === "transfer" ? "as_transfer" : "submitted"),
  },
  steps: {
    submitted: {
      title: { zh: "工会委员会审批", en: "Before the committee" },
      by: { power: "member.decide", level: "own" },
      within: joinWithin,
      whenLate: "escalate",
      may: {
        opinion: action({
          title: { zh: "登记小组意见", en: "Record the group’s opinion" },
          to: "stay",
          decides: false,
          asks: {
            note: longText({
              label: { zh: "工会小组意见", en: "Opinion of the union group" },
              maxLength: 300,
            }),
          },
        }),
        approve: action({
          title: { zh: "批准入会", en: "Approve" },
          to: "joined",
          kind: "primary",
          // 逐个或批量审批 (membership.md §9.1): each application is decided by itself all the same.
          together: true,
          asks: {
            note: longText({
              label: { zh: "委员会意见", en: "Opinion of the committee" },
              required: false,
              maxLength: 300,
            }),
          },
        }),
        return: action({
          title: { zh: "退回补正", en: "Return for completion" },
          to: "returned",
          asks: { note: reason },
        }),
        reject: action({
          title: { zh: "不予批准", en: "Reject" },
          to: "rejected",
          kind: "danger",
          asks: { note: reason },
          confirm: {
            zh: "申请人会收到理由，并可以向上级工会反映。",
            en: "The applicant is told the reason and may turn to the union above.",
          },
        }),
        withdraw: action({
          title: { zh: "撤回申请", en: "Withdraw" },
          to: "withdrawn",
          by: "applicant",
          kind: "danger",
        }),
      },
    },
    returned: {
      title: { zh: "补正", en: "Completing" },
      by: "applicant",
      within: joinCorrectWithin,
      whenLate: { lapse: "withdrawn" },
      aside: true,
      may: {
        resubmit: action({
          title: { zh: "补正后重新提交", en: "Submit again" },
          to: "submitted",
          kind: "primary",
          amends: true,
          asks: {
            employerName: joinAsks.employerName,
            idKind: joinAsks.idKind,
            idNumber: joinAsks.idNumber,
            birthDate: joinAsks.birthDate,
            sex: joinAsks.sex,
            phone: joinAsks.phone,
            migrant: joinAsks.migrant,
          },
          check: (view) => fits(view as View),
        }),
        withdraw: action({ title: { zh: "撤回申请", en: "Withdraw" }, to: "withdrawn", kind: "danger" }),
      },
    },
  },
  ends: {
    joined: { title: { zh: "已入会", en: "Joined" }, good: true },
    as_transfer: {
      title: { zh: "已转为会籍接转申请", en: "Turned into a transfer request" },
      good: true,
      rated: false,
    },
    rejected: { title: { zh: "未批准", en: "Not approved" }, good: false },
    withdrawn: { title: { zh: "已撤回", en: "Withdrawn" }, good: false, rated: false },
  },
  onReach: {
    submitted: (view) => [
      { do: "membership.apply", route: view.facts.route as "join" | "reactivate" | "service" },
    ],
    as_transfer: () => [{ do: "membership.transfer" }],
    joined: () => [{ do: "membership.activate" }],
    returned: () => [{ do: "membership.status", to: "RETURNED" }],
    rejected: () => [{ do: "membership.status", to: "REJECTED" }],
    withdrawn: () => [{ do: "membership.status", to: "CANCELLED" }],
  },
  measures: ["members-by-kind", "coverage"],
});
