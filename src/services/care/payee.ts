import { type Refusal, refuse } from "../../kernel/refusal.ts";
import type { PaperRule, View } from "../../procedures/define.ts";
import { accountHolder, bankCard, oneOf, papers, text } from "../../procedures/fields.ts";

/** Whose card aid goes to: real-name, the applicant's own or a household member's with written consent (aid.md §8). */

/** The file knows the applicant's card alone. */
const own = { key: "payee", in: ["self"] } as const;

/** Who the money goes to; asked again when an application comes back. */
export const payeeAsks = {
  payee: oneOf({
    label: { zh: "打到谁的卡上", en: "Whose card" },
    options: [
      { value: "self", label: { zh: "本人", en: "The applicant’s own" } },
      {
        value: "member",
        label: {
          zh: "登记的家庭成员（须书面同意）",
          en: "A registered member of the household (with written consent)",
        },
      },
    ],
  }),
  bankHolder: accountHolder({
    label: { zh: "户名", en: "Card holder" },
    known: "name",
    knownWhen: own,
    knownFrom: { zh: "会员档案", en: "the membership record" },
  }),
  bankName: text({
    label: { zh: "开户银行", en: "Bank" },
    maxLength: 60,
    sensitive: true,
    known: "bankName",
    knownWhen: own,
    knownFrom: { zh: "上次登记的银行卡", en: "the card registered before" },
  }),
  bankBranch: text({
    label: { zh: "开户支行", en: "Branch" },
    maxLength: 80,
    required: false,
    sensitive: true,
    known: "bankBranch",
    knownWhen: own,
    knownFrom: { zh: "上次登记的银行卡", en: "the card registered before" },
  }),
  bankCard: bankCard({
    label: { zh: "银行卡号", en: "Card number" },
    known: "bankCard",
    knownWhen: own,
    knownFrom: { zh: "上次登记的银行卡", en: "the card registered before" },
  }),
  papers: papers({
    label: { zh: "书面同意书", en: "Written consent" },
    max: 5,
    showWhen: { key: "payee", in: ["member"] },
  }),
};

/** The paper without which money goes to nobody but the applicant. */
const consentKind = "payee-consent";

export const consentRule: PaperRule = {
  kind: consentKind,
  label: {
    zh: "由家庭成员代收的书面同意书（双方签字）",
    en: "Written consent that a member of the household receives the money, signed by both",
  },
  when: (answers) => answers.payee === "member",
  whenText: { zh: "打到家庭成员卡上的", en: "when the money goes to a member of the household" },
  source: {
    document: { zh: "帮扶资金实名制发放流程", en: "Procedure of real-name aid payments" },
  },
};

/** Who is paid, as the case's answers name them; the consent is the paper of that kind. */
export function payeeOf({ answers, known }: Pick<View, "answers" | "known">) {
  const said = answers as Readonly<Record<string, string | undefined>>;
  const handed = (answers.papers ?? []) as readonly string[];
  const consent =
    said.payee === "member" ? handed.find((one) => known.papers?.[one] === consentKind) : undefined;
  return {
    holder: said.bankHolder ?? "",
    card: said.bankCard ?? "",
    bankName: said.bankName ?? "",
    branch: said.bankBranch ?? "",
    ...(consent && { consent }),
  };
}

/** The card holder is the beneficiary, or a registered member of the household who consents (aid.md §8). */
export function payeeOfHousehold(view: View): Refusal | undefined {
  const { payee, bankHolder = "" } = view.answers as {
    readonly payee?: string;
    readonly bankHolder?: string;
  };
  const lawful =
    payee === "self"
      ? bankHolder === view.applicant.name
      : view.known.activeFile?.members.includes(bankHolder);
  return lawful ? undefined : refuse("payee-not-household", {}, { at: "/answers/bankHolder" });
}
