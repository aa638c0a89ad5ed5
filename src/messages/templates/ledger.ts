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
  "batch.returned": {
    title: { zh: "有一批款被退回", en: "A payment batch was returned" },
    body: { zh: "{title}（{number}）被退回：{reason}。", en: "{title} ({number}) was returned: {reason}." },
    also: ["mail"],
  },
  "batch.result": {
    title: { zh: "银行结果已导入", en: "The bank's result is in" },
    body: {
      zh: "{title}（{number}）：成功 {paid} 笔，失败 {failed} 笔。",
      en: "{title} ({number}): {paid} paid, {failed} failed.",
    },
  },
} as const satisfies TemplateTable;
