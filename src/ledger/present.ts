import type { Day } from "../kernel/day.ts";
import { maskCard } from "../kernel/mask.ts";
import { fenToJson } from "../kernel/money.ts";
import { reasonOf } from "../kernel/reason.ts";
import type { Keyring } from "../kernel/seal.ts";
import type { Lang, Text } from "../kernel/words.ts";
import { type Actor, isRole, roleTitles } from "../units/index.ts";
import {
  type BatchActionName,
  batchActions,
  batchStates,
  itemStates,
  mayAct,
  offered,
  type SignedAct,
  signedActs,
  sum,
  unpaidFen,
} from "./batch.ts";
import type { BatchRow } from "./batch-store.ts";
import { aidKinds, balanceOf, type Fund, fundSources } from "./funds.ts";
import { unsealPayee } from "./grant-store.ts";
import type { ItemRow } from "./item-store.ts";
import { correctionPapers } from "./pay.ts";
import { actorAt, type Loaded } from "./paying.ts";
import type { BatchTurn } from "./turn.ts";

/** What leaves the server of funds and batches, field by field. Cards are masked here, always. */

/**
 * A fund with its amounts in fen; the balance is what is free to be reserved. The union's name is empty where
 * it was not read.
 */
export function presentFund(fund: Fund & { readonly unitName?: string }) {
  return {
    id: fund.id,
    unitId: fund.unitId,
    unitName: fund.unitName ?? "",
    source: fund.source,
    sourceTitle: fundSources[fund.source].title,
    name: fund.name,
    year: fund.year,
    purposes: fund.purposes,
    purposeTitles: fund.purposes.map((one) => aidKinds[one].title),
    state: fund.state,
    inFen: fenToJson(fund.inFen),
    committedFen: fenToJson(fund.committedFen),
    spentFen: fenToJson(fund.spentFen),
    balanceFen: fenToJson(balanceOf(fund)),
  };
}

/** A batch in a list. It is overdue from the day after `dueOn`, and never without one. */
export function presentLine(row: BatchRow, today: Day) {
  return {
    kind: "batch" as const,
    id: row.id,
    number: row.number,
    title: row.title,
    purpose: row.purpose,
    purposeTitle: aidKinds[row.purpose].title,
    state: row.state,
    stateTitle: batchStates[row.state],
    unitId: row.unitId,
    unitName: row.unitName,
    fundId: row.fundId,
    totalFen: fenToJson(row.totalFen),
    paidFen: fenToJson(row.paidFen),
    items: row.items,
    failed: row.failed,
    madeOn: row.madeOn,
    dueOn: row.dueOn,
    overdue: row.dueOn !== null && row.dueOn < today,
    escalated: row.escalatedOn !== null,
  };
}

/** The batch's page: facts, payments with masked cards, history, and what this officer may do with the reason why not. */
export function presentBatch(
  loaded: Loaded,
  turn: BatchTurn,
  ring: Keyring,
  actor: Actor,
  today: Day,
  lang: Lang,
) {
  const { row, items, history, fund, batch } = loaded;
  const doer = actorAt(actor, row.path, today);
  const counted = batch.items.filter((item) => item.state !== "removed");
  return {
    batch: {
      ...presentLine(row, today),
      district: row.district,
      fundName: fund.name,
      fundSource: fund.source,
      fundSourceTitle: fundSources[fund.source].title,
      fundBalanceFen: fenToJson(balanceOf(fund)),
      decision: row.decision,
      bankFileNo: row.bankFileNo,
    },
    turn,
    items: items.map((item) => presentItem(item, ring)),
    timeline: history.map((line) => ({
      seq: line.seq,
      name: line.name,
      title: titleOf(line.name),
      byName: line.byName,
      byRole: line.byRole,
      byRoleTitle: line.byRole !== null && isRole(line.byRole) ? roleTitles[line.byRole] : null,
      at: line.at.toISOString(),
      onDay: line.onDay,
      fromState: line.fromState,
      toState: line.toState,
      answers: line.answers,
    })),
    may: offered(row.state)
      .filter((name) => name !== "result")
      .map((name) => {
        const refusal = mayAct(batch, name, doer);
        return {
          name,
          title: batchActions[name].title,
          kind: batchActions[name].kind,
          fields: fieldsOf(name, loaded),
          allowed: refusal === undefined,
          ...(refusal && { refusal: reasonOf(refusal, lang) }),
        };
      }),
    mayLoadResult: offered(row.state).includes("result") && mayAct(batch, "result", doer) === undefined,
    mayGetBankFile: row.bankFileNo > 0 && doer.powers.has("batch.bank"),
    totals: {
      items: counted.length,
      totalFen: fenToJson(sum(counted)),
      paidFen: fenToJson(sum(counted.filter((item) => item.state === "paid"))),
      unpaidFen: fenToJson(unpaidFen(counted)),
      refundedFen: fenToJson(sum(counted.filter((item) => item.state === "refunded"))),
      recoveredFen: fenToJson(sum(counted.filter((item) => item.state === "recovered"))),
    },
    signed: (Object.keys(batch.signed) as SignedAct[]).map((act) => ({ act, title: signedActs[act] })),
  };
}

function presentItem(item: ItemRow, ring: Keyring) {
  const payee = unsealPayee(ring, item.grantDistrict, item.grantId, item.payeeSealed);
  return {
    id: item.id,
    position: item.position,
    payeeName: item.payeeName,
    beneficiaryName: item.beneficiaryName,
    cardMasked: maskCard(payee.card),
    bankName: payee.bankName,
    amountFen: fenToJson(item.amountFen),
    state: item.state,
    stateTitle: itemStates[item.state],
    reason: item.reason,
    bankReference: item.bankReference,
    caseId: item.caseId,
    caseNumber: item.caseNumber,
    householdId: item.householdId,
    paidOn: item.paidOn,
    voucherId: item.voucherId,
  };
}

function titleOf(name: string): Text {
  if (name in batchActions) return batchActions[name as BatchActionName].title;
  if (name === "make") return { zh: "编制批次", en: "Make the batch" };
  return { zh: "取得银行文件（含完整卡号）", en: "Take the bank file (full card numbers)" };
}

/** What an action asks, drawn like any question of a service. */
export type AskedField = {
  readonly key: string;
  readonly kind: "text" | "longText" | "day" | "oneOf" | "bankCard" | "papers";
  readonly label: Text;
  readonly help?: Text;
  readonly required: boolean;
  readonly options?: readonly { readonly value: string; readonly label: Text }[];
  readonly accept?: readonly string[];
  readonly max?: number;
  readonly maxLength?: number;
  readonly digits?: false;
  readonly sensitive: boolean;
};

function ask(
  key: string,
  kind: AskedField["kind"],
  zh: string,
  en: string,
  more: Partial<AskedField> = {},
): AskedField {
  return { key, kind, label: { zh, en }, required: true, sensitive: false, ...more };
}

const reason = ask("reason", "longText", "原因", "Reason", { maxLength: 500 });

function fieldsOf(name: BatchActionName, { batch, items, rules }: Loaded): readonly AskedField[] {
  const choose = (...states: readonly string[]) =>
    ask("item", "oneOf", "哪一笔", "Which payment", {
      options: items
        .filter((item) => states.includes(item.state))
        .map((item) => {
          const label = `${item.position} ${item.beneficiaryName}`;
          return { value: item.id, label: { zh: label, en: label } };
        }),
    });
  switch (name) {
    case "return":
    case "cancel":
      return [reason];
    case "removeItem":
      return [batch.state === "draft" ? choose("pending") : choose("failed", "corrected"), reason];
    case "reverseItem":
      return [choose("paid"), reason];
    case "approve": {
      const required = sum(batch.items.filter((item) => item.state !== "removed")) > rules.collectiveAboveFen;
      return [
        ask("minutesNumber", "text", "会议纪要编号", "Number of the minutes", { required, maxLength: 80 }),
        ask("minutesOn", "day", "会议日期", "Day of the meeting", { required }),
      ];
    }
    case "correctItem":
      return [
        choose("failed", "corrected"),
        ask("holder", "text", "户名", "Holder", { maxLength: 60, digits: false }),
        ask("card", "bankCard", "银行卡号", "Card number", { sensitive: true }),
        ask("bankName", "text", "开户银行", "Bank", { maxLength: 60 }),
        ask("branch", "text", "开户网点", "Branch", { required: false, maxLength: 80 }),
        ask("proof", "papers", "新卡的凭证", "Proof of the new card", {
          accept: [correctionPapers.proof],
          max: 5,
        }),
        ask(
          "consent",
          "papers",
          "不是本人的卡：由家庭成员代收的书面同意书",
          "Another’s card: the written consent that a member of the household receives the money",
          { required: false, accept: [correctionPapers.consent], max: 3 },
        ),
      ];
    default:
      return [];
  }
}
