import type { RefusalTable } from "./table.ts";

/** What src/messages may refuse. */
export const messagesRefusals = {
  "bad-mail": { status: 422, zh: "邮箱地址格式不对。", en: "This is not a mail address." },
} satisfies RefusalTable;
