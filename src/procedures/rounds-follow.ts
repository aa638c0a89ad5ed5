import type { FrequentHandler } from "../jobs/index.ts";
import { derivedId } from "../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import type { Actor } from "../units/scope.ts";
import { act, actAsSystem, openIn } from "./act.ts";
import {
  caseOfAction,
  caughtUp,
  claimPlaces,
  claimsInRound,
  lapseWaiting,
  overdueShares,
  pendingClaims,
  pendingShares,
  promoteWaiting,
  returnClaim,
  settleReturned,
} from "./claims-store.ts";
import { type RoundFact, roundOf, type Service } from "./define.ts";
import type { EffectHandlers, Engine } from "./engine.ts";
import type { Done } from "./record.ts";
import { phaseOf, type Round, type Share } from "./rounds.ts";
import { findRound, lockShare, saveShare, sharesOf } from "./rounds-store.ts";
import { findApplicant, findCase } from "./store.ts";

/** What follows a claim: its case is opened, places given back go to those who wait, their cases are told. */

const sharesAtOnce = 100;
const claimsAtOnce = 200;

/** Looks every second; several processes at once do no harm, as each step is done under a lock and once. */
export const frequent: readonly FrequentHandler[] = [
  { name: "rounds.follow", everyMs: 1000, run: ({ engine }) => followAll(engine) },
];

/** Follows everything there is to follow. */
export async function followAll(engine: Engine): Promise<void> {
  const now = engine.clock.now();
  const shares = await engine.db.systemRead(async (tx) => [
    ...(await overdueShares(tx, now, sharesAtOnce)),
    ...(await pendingShares(tx, sharesAtOnce)),
  ]);
  for (const { district, roundId } of shares) await followShare(engine, district, roundId);
}

async function followShare(engine: Engine, district: string, roundId: string): Promise<void> {
  await settle(engine, district, roundId);
  const round = await engine.db.systemRead((tx) => findRound(tx, roundId));
  const service = engine.catalogue.services.get(round?.service ?? "");
  if (!round || !service) return;
  // Claims left for the next time stand at the front again.
  let first: string | undefined;
  for (;;) {
    const claims = await engine.db.systemRead((tx) => pendingClaims(tx, district, roundId, claimsAtOnce));
    for (const claim of claims) await followClaim(engine, service, round, district, claim);
    if (claims.length < claimsAtOnce || claims.some(({ id }) => id === first)) break;
    first = claims[0]?.id;
    await settle(engine, district, roundId);
  }
  await settle(engine, district, roundId);
}

/** Takes what was given back off the share and gives it to those who wait; ends their waiting with the round. */
async function settle(engine: Engine, district: string, roundId: string): Promise<void> {
  const now = engine.clock.now();
  await engine.db.system(async (tx) => {
    const before = await lockShare(tx, district, roundId);
    const round = await findRound(tx, roundId);
    if (!before || !round) return;
    const given = await settleReturned(tx, district, roundId);
    let share: Share = {
      ...before,
      held: before.held - given.places,
      waiting: before.waiting - given.waiting,
    };
    if (share.waiting > 0 && phaseOf(round, now) === "over") {
      share = { ...share, waiting: share.waiting - (await lapseWaiting(tx, share, roundId, now)) };
    } else if (share.waiting > 0 && share.held < share.quota) {
      const moved = await promoteWaiting(tx, share, roundId, share.quota - share.held, now);
      share = { ...share, held: share.held + moved, waiting: share.waiting - moved };
    }
    if (share.held !== before.held || share.waiting !== before.waiting) await saveShare(tx, roundId, share);
  });
}

type Pending = Awaited<ReturnType<typeof pendingClaims>>[number];

/**
 * A claim's case, opened and brought to where its claim stands, in one transaction. A claim whose case cannot be opened
 * (the person was merged or has left meanwhile, or it was named by the id of some other case) is given back.
 */
async function followClaim(
  engine: Engine,
  service: Service,
  round: Round,
  district: string,
  claim: Pending,
): Promise<Or<Done | undefined>> {
  const done = await engine.db.system(async (tx): Promise<Or<Done | undefined>> => {
    const opened = await openIn(
      tx,
      engine,
      { id: claim.id, service: service.id, answers: {} },
      { person: claim.personId, name: claim.name, posts: [] },
      { facts: { round: factOf(round, district, claim) } },
    );
    if (isRefusal(opened)) return opened;
    const { promote, lapse } = service.round ?? {};
    const name = claim.state === "held" ? promote : claim.state === "lapsed" ? lapse : undefined;
    let last = opened;
    if (name !== undefined && opened.case.state === "open" && offers(service, opened.case.step, name)) {
      const moved = await actAsSystem(tx, engine, {
        caseId: claim.id,
        id: derivedId<"action">("round", claim.id, name),
        name,
      });
      if (isRefusal(moved)) return moved;
      last = moved;
    }
    await caughtUp(tx, district, claim.id, claim.state, last.case.district);
    return last;
  });
  // Another process may be opening this very case: then it stands, and what is left is done next time.
  if (!isRefusal(done)) return done;
  if (isPassing(done) && !(await isAnothers(engine, claim.id, round.id))) return done;
  await engine.db.system((tx) =>
    claim.state === "returned"
      ? caughtUp(tx, district, claim.id, claim.state, null)
      : returnClaim(tx, [district], claim.id, engine.clock.now()),
  );
  return done;
}

/** Whether a refusal says no more than that another process is doing the same. */
function isPassing({ code }: Refusal): boolean {
  return code === "same-id-other-content" || code === "changed-meanwhile";
}

/** Whether a case by the claim's id stands that is not this round's: no process will ever open the claim's. */
async function isAnothers(engine: Engine, id: string, roundId: string): Promise<boolean> {
  const row = await engine.db.systemRead((tx) => findCase(tx, id));
  const facts = row?.facts as { readonly round?: Pick<RoundFact, "id"> } | undefined;
  return facts !== undefined && facts.round?.id !== roundId;
}

function offers(service: Service, step: string, name: string): boolean {
  return service.steps[step]?.may[name] !== undefined;
}

/** What a case is told of the claim it began with. One that waited and was served before its case was opened never waited. */
function factOf(round: Round, district: string, claim: Pending): RoundFact {
  return {
    id: round.id,
    district,
    title: round.title,
    number: claim.number,
    state: claim.state === "held" || claim.counts === "place" ? "held" : "waiting",
    eachFen: Number(round.eachFen),
  };
}

/**
 * Gives a claim back: its case is opened if it was not yet, and the applicant's action done. The place goes to the next
 * at once. Refuses `round-not-claimed`, and what the case's action refuses.
 */
export async function giveBack(
  engine: Engine,
  request: { readonly roundId: string; readonly id: string },
  actor: Actor,
): Promise<Or<Done>> {
  const { round, mine } = await engine.db.systemRead(async (tx) => {
    const round = await findRound(tx, request.roundId);
    const me = round && (await findApplicant(tx, actor.person, actor.district));
    if (!round || !me) return {};
    const claims = await claimsInRound(tx, round.id, me.id, claimPlaces([round], me));
    // Asked again, it is the claim that was given back then and no later one.
    const districts = new Set(claims.flatMap((one) => one.caseDistrict ?? []));
    const done = await Promise.all([...districts].map((one) => caseOfAction(tx, one, request.id)));
    const again = claims.find((one) => done.includes(one.id));
    return { round, mine: again ?? claims[0] };
  });
  const service = engine.catalogue.services.get(round?.service ?? "");
  if (!round || !service?.round || !mine) return refuse("round-not-claimed");
  const active = mine.state === "held" || mine.state === "waiting";
  // What was given back before it had a case has none to act on.
  if (!active && mine.caseDistrict === null) return refuse("round-not-claimed");
  const opened = active ? await followClaim(engine, service, round, mine.district, mine) : undefined;
  if (isRefusal(opened) && !isPassing(opened)) return opened;
  const done = await act(engine, { caseId: mine.id, id: request.id, name: service.round.giveBack }, actor);
  if (!isRefusal(done)) await settle(engine, mine.district, round.id);
  return done;
}

/** The effect by which a case gives its claim back. */
export const roundEffects: Pick<EffectHandlers, "round.release"> = {
  "round.release": async (tx, _effect, site) => {
    const round = roundOf(site.case);
    if (round === undefined) return;
    const districts = round.district
      ? [round.district]
      : (await sharesOf(tx, round.id)).map((one) => one.district);
    await returnClaim(tx, districts, site.case.id, site.at);
  },
};
