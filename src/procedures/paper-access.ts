import type { MaySeePaper } from "../documents/papers/index.ts";
import { doerOf } from "./load.ts";
import { maySeeCase } from "./sight.ts";
import { findCase } from "./store.ts";

/**
 * Who may open a paper that hangs on a case: whoever may see the case, except that officers’ own papers stay with
 * officers and an officer needs the power to read cases. The applicant reads the purpose in the log.
 */
export const maySeePaper: MaySeePaper = async (tx, session, paper, today) => {
  if (paper.caseId === null) return { allowed: paper.owner === session.person };
  const row = await findCase(tx, paper.caseId);
  const doer = doerOf(session.actor, today);
  if (!row || !maySeeCase(doer, row)) return { allowed: false };
  if (doer.person === row.applicant_id) return { allowed: paper.sensitivity === "normal" };
  const reads = doer.posts.some((post) => post.powers.includes("case.read"));
  return reads ? { allowed: true, purpose: row.number } : { allowed: false };
};
