import type { Tx } from "../db/index.ts";
import { derivedId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { linkCaps } from "../ledger/index.ts";
import { getPerson } from "../people/index.ts";
import type { Rehomed } from "../people/transfer-routes.ts";
import { actAsSystem } from "../procedures/act.ts";
import type { Engine } from "../procedures/engine.ts";
import { openCasesIn } from "../procedures/store.ts";

/** The action by which the program ends a case whose applicant now belongs to another district. */
const moveAway = "moveAway";

/**
 * A person whose record went to another district takes along what was used of their yearly caps and every open case that
 * declares how (`moveAway`); a case that does not, such as money on its way to the bank, is finished where it is.
 */
export function rehomeHook(engine: () => Engine): (tx: Tx, moved: Rehomed) => Promise<void> {
  return async (tx, { person, from }) => {
    const { catalogue } = engine();
    const { district } = await getPerson(tx, person);
    await linkCaps(tx, { district: from, beneficiary: person }, { district, beneficiary: person });
    const cases = await openCasesIn(tx, from, person);
    // The file first: aid that is asked for rests on it.
    const follows = (service: string) => (catalogue.services.get(service)?.steps.active ? 0 : 1);
    for (const one of cases.toSorted((a, b) => follows(a.service) - follows(b.service))) {
      if (!catalogue.services.get(one.service)?.steps[one.step]?.may[moveAway]) continue;
      const id = derivedId<"action">(moveAway, one.id, String(one.seq));
      const done = await actAsSystem(tx, engine(), { caseId: one.id, id, name: moveAway });
      if (isRefusal(done)) throw new Error(`case ${one.id} refused to move: ${done.code}`);
    }
  };
}
