import { words } from "../../shared/lang.tsx";

/** Words that the list of transfers, the page of one and the inbox share. */

export const kinds = words({
  transfer: { zh: "会籍接转", en: "Transfer" },
  claim: { zh: "派遣工认领", en: "Claim" },
});

/** Who asked for it. */
export const askers = words({
  member: { zh: "本人", en: "the member" },
  from: { zh: "原工会", en: "the old union" },
  to: { zh: "新工会", en: "the new union" },
  upper: { zh: "上级工会", en: "a union above" },
});

const marks: Readonly<Record<string, string>> = {
  requested: "warn",
  released: "warn",
  escalated: "bad",
  accepted: "good",
};

/** How a state is marked beside its words. */
export function transferMark(status: string): string {
  return marks[status] ?? "idle";
}
