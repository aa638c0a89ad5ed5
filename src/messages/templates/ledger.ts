import type { TemplateTable } from "./table.ts";

/** What finance officers are told about batches. */
export const ledgerTemplates = {
  "batch.turn": {
    title: { zh: "有一批款等您办", en: "A payment batch waits for you" },
    body: {
      zh: "{title}（{number}）共 {items} 笔、{totalFen}，到了「{step}」，请在{dueOn}前办理。",
      en: "{title} ({number}), {items} payments, {totalFen}, has reached “{step}”. Please act by {dueOn}.",
    },
    also: ["mail"],
  },
  "batch.overdue": {
    title: { zh: "有一批款已逾期", en: "A payment batch is overdue" },
    body: {
      zh: "{title}（{number}）「{step}」应于{dueOn}前办理，已逾期，已报{above}。",
      en: "{title} ({number}), “{step}”, was due by {dueOn}. It is late, and {above} has been told.",
    },
    also: ["mail"],
  },
  "batch.escalated": {
    title: { zh: "下级工会有一批款逾期", en: "A payment batch below is overdue" },
    body: {
      zh: "{unit}的{title}（{number}）共 {items} 笔、{totalFen}，停在「{step}」，应于{dueOn}前办理，请督办。",
      en: "{title} ({number}) at {unit}, {items} payments, {totalFen}, stands at “{step}” and was due by {dueOn}. Please see to it.",
    },
    also: ["mail"],
  },
  "grant.recover": {
    title: { zh: "有一笔帮扶资金要追回", en: "Aid that was paid is to be recovered" },
    body: {
      zh: "{number}的申请材料查实虚假，已发放的 {amountFen}（批次 {batch}）须追回；款项追回后请在批次中登记。",
      en: "The papers behind {number} were found false: {amountFen}, paid in batch {batch}, is to be recovered. Record it in the batch once the money is back.",
    },
    also: ["mail"],
  },
  "batch.returned": {
    title: { zh: "有一批款被退回", en: "A payment batch was returned" },
    body: { zh: "{title}（{number}）被退回：{reason}。", en: "{title} ({number}) was returned: {reason}." },
    also: ["mail"],
  },
  "batch.result": {
    title: { zh: "银行结果已导入", en: "The bank’s result is in" },
    body: {
      zh: "{title}（{number}）：成功 {paid} 笔，失败 {failed} 笔。",
      en: "{title} ({number}): {paid} paid, {failed} failed.",
    },
  },
} as const satisfies TemplateTable;
