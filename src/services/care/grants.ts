import type { Tx } from "../../db/index.ts";
import { yearOf } from "../../kernel/day.ts";
import { derivedId, type Id } from "../../kernel/ids.ts";
import { isRefusal } from "../../kernel/refusal.ts";
import { cancelGrant, capUsed, decideGrant, type GrantHook, grantsOfHousehold } from "../../ledger/index.ts";
import { tell } from "../../messages/index.ts";
import { actAsSystem } from "../../procedures/act.ts";
import { viewOf } from "../../procedures/decide.ts";
import type { EffectHandlers, EffectSite, Engine, KnownLoaders } from "../../procedures/engine.ts";
import { contextOf } from "../../procedures/load.ts";
import { findCase } from "../../procedures/store.ts";
import { holdersOf } from "../../units/index.ts";
import { fileOfCase, openFileOfHead } from "./hardship/store.ts";
import { householdCap } from "./hardship/used.ts";
import { capOf, factsOf } from "./living-aid.ts";
import { payeeOf } from "./payee.ts";

declare module "../../procedures/define.ts" {
  interface EffectKinds {
    /** Decide aid: take the caps, record the grant as ready to pay. */
    readonly "grant.decide": Readonly<Record<never, never>>;
    /** Papers were false: stop what is not paid, and have what was paid recovered (aid.md §5). */
    readonly "grant.stop": Readonly<Record<never, never>>;
  }
  interface KnownFacts {
    /** Living aid the household already has this year, decided or paid, in fen. */
    readonly livingUsedFen: number;
  }
}

/** The effect by which decided aid becomes a grant the ledger can pay. */
export const grantEffects: Pick<EffectHandlers, "grant.decide" | "grant.stop"> = {
  "grant.decide": async (tx, _effect, site) => {
    const state = site.case;
    const facts = factsOf(state);
    const context = await contextOf(site.engine, tx, {
      engine: site.engine,
      district: state.district,
      caseId: state.id,
      unitId: state.unit.id,
      service: site.service,
      step: state.step,
      applicant: { id: state.applicant.id, district: site.applicantDistrict },
      answers: state.answers,
      asked: {},
      facts: state.facts,
      actor: site.actor,
      today: site.day,
    });
    const view = viewOf(site.service, state, site.actor, context);
    const cap = capOf(view);
    const id = derivedId<"grant">("grant", state.id);
    const made = await decideGrant(tx, site.engine.ring, {
      id,
      district: state.district,
      caseId: state.id,
      caseNumber: state.number,
      householdId: facts.householdId ?? null,
      beneficiaryId: state.applicant.id,
      beneficiaryDistrict: site.applicantDistrict,
      beneficiaryName: state.applicant.name,
      unitId: state.unit.id,
      path: state.unit.path,
      kind: "living",
      cause: facts.cause ?? null,
      fileTier: (facts.tier as "national" | "province" | "city" | undefined) ?? null,
      amountFen: BigInt(facts.amountFen ?? 0),
      year: yearOf(site.day),
      // Several living grants a year are lawful within the cap, but not two for one month.
      period: site.day.slice(0, 7),
      on: site.day,
      caps: cap ? [cap] : [],
      payee: payeeOf(view),
    });
    return isRefusal(made) ? made : { facts: { grantId: id, decidedOn: site.day } };
  },
  "grant.stop": async (tx, _effect, site) => {
    const file = await fileOfCase(tx, site.case.district, site.case.id);
    if (!file) return undefined;
    let stoppedFen = 0;
    let recoverFen = 0;
    for (const grant of await grantsOfHousehold(
      tx,
      { district: file.district, id: file.household_id },
      file.filed_on,
    )) {
      if (grant.state === "decided") {
        const stopped = await cancelGrant(tx, grant);
        if (isRefusal(stopped)) return stopped;
        await grantHook(() => site.engine)(tx, {
          district: grant.district,
          grantId: grant.id,
          caseId: grant.case_id,
          state: "cancelled",
          onDay: site.day,
          reason: site.case.number,
        });
        stoppedFen += Number(grant.amount_fen);
        continue;
      }
      recoverFen += Number(grant.amount_fen);
      await tellRecovery(tx, site, grant);
    }
    return { facts: { stoppedFen, recoverFen } };
  },
};

export const grantKnown: Pick<KnownLoaders, "livingUsedFen"> = {
  livingUsedFen: async (tx, site) => {
    const file = await openFileOfHead(tx, site.district, site.applicant.id);
    if (!file) return 0;
    const used = await capUsed(tx, site.district, {
      rule: householdCap,
      beneficiary: file.household_id,
      year: yearOf(site.today),
    });
    return Number(used);
  },
};

/** Whoever keeps the money of the union that paid is told that it is to come back. */
async function tellRecovery(
  tx: Tx,
  site: EffectSite,
  grant: Awaited<ReturnType<typeof grantsOfHousehold>>[number],
): Promise<void> {
  if (!grant.batchUnitId) return;
  const holders = await holdersOf(tx, grant.batchUnitId as Id<"unit">, "batch.fund", site.day);
  await tell(tx, {
    to: holders.map((one) => ({ person: one.personId, district: one.personDistrict })),
    template: "grant.recover",
    params: {
      number: grant.case_number ?? "",
      amountFen: grant.amount_fen,
      batch: grant.batch_number ?? "",
    },
    now: site.at,
    link: `/o/batches/${grant.batch_id}`,
  });
}

/** What each change of a grant does to the case behind it, by the step the case is in. */
const actionFor: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  decided: { batched: "batch", cancelled: "cancel", recovered: "cancel" },
  paying: { paid: "pay", failed: "fail", decided: "unbatch", cancelled: "cancel", recovered: "cancel" },
  payment_failed: {
    batched: "retry",
    paid: "pay",
    decided: "unbatch",
    cancelled: "cancel",
    recovered: "cancel",
  },
};

/**
 * Payments write back to their case: the ledger calls this in the transaction that moves the grant. A case
 * whose step has nothing to say to the change (it ended) is left alone.
 */
export function grantHook(engine: () => Engine): GrantHook {
  return async (tx: Tx, change) => {
    const row = await findCase(tx, change.caseId);
    const name = row && row.state === "open" ? actionFor[row.step]?.[change.state] : undefined;
    if (!row || !name) return;
    const parts = [change.grantId, change.state, change.batchId ?? "", String(row.seq)];
    const note = change.reason ?? change.batchNumber;
    const done = await actAsSystem(tx, engine(), {
      caseId: change.caseId,
      id: derivedId<"action">("grant", ...parts),
      name,
      answers: note === undefined ? {} : { note },
    });
    if (isRefusal(done)) throw new Error(`the case of grant ${change.grantId} refused ${name}: ${done.code}`);
  };
}
