import type { Db, Tx } from "../db/index.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { claimantsOf, writeClaims } from "./claims-store.ts";
import type { Engine } from "./engine.ts";
import { allot, type Claimed, type Round } from "./rounds.ts";
import { findRound, lockShare, sharesFor } from "./rounds-store.ts";

/**
 * The desk where claims arrive. A claim is one short transaction that holds its share's row and nothing else; the case is
 * opened afterwards (`rounds-follow.ts`). While one transaction is on its way, claims that arrive for the same share wait
 * here in order and go together in the next, so that a rush costs a few transactions a second and not thousands.
 */

/** A request for a place; the id is the client's and becomes the case's. */
export interface ClaimRequest {
  readonly id: string;
  readonly roundId: string;
}

interface Waiting {
  readonly id: string;
  readonly personId: string;
  readonly personDistrict: string;
  readonly at: Date;
  readonly answer: (of: Or<Claimed>) => void;
  readonly failed: (error: unknown) => void;
}

/** As many as one transaction takes: it stays well below a tenth of a second. */
const atOnce = 500;

interface Queue {
  readonly roundId: string;
  readonly district: string;
  readonly waiting: Waiting[];
  running: boolean;
}

const desks = new WeakMap<Db, Desk>();

/** The desk of a database in this process. */
function deskOf(db: Db): Desk {
  const known = desks.get(db);
  if (known) return known;
  const made = new Desk(db);
  desks.set(db, made);
  return made;
}

/**
 * Claims a place: the number in the order of arrival and whether a place is held or waited for. Refuses `not-found`,
 * `round-not-open`, `round-over`, `round-full`, `round-claimed`, `round-members-only`, `round-not-for-you`,
 * `round-no-share`, `same-id-other-content`. The same id again is answered as the first time.
 */
export async function claim(
  engine: Engine,
  request: ClaimRequest,
  person: { readonly id: string; readonly district: string },
): Promise<Or<Claimed>> {
  return deskOf(engine.db).claim(request, person, engine.clock.now());
}

class Desk {
  readonly #db: Db;
  readonly #queues = new Map<string, Queue>();
  /** Where people of a district find their share of a round, which never changes. */
  readonly #shares = new Map<string, Promise<Or<string>>>();

  constructor(db: Db) {
    this.#db = db;
  }

  async claim(
    { id, roundId }: ClaimRequest,
    person: { readonly id: string; readonly district: string },
    at: Date,
  ): Promise<Or<Claimed>> {
    const district = await this.#shareOf(roundId, person.district);
    if (isRefusal(district)) return district;
    const key = `${roundId}/${district}`;
    const queue = this.#queues.get(key) ?? { roundId, district, waiting: [], running: false };
    this.#queues.set(key, queue);
    return new Promise((answer, failed) => {
      queue.waiting.push({ id, personId: person.id, personDistrict: person.district, at, answer, failed });
      if (!queue.running) void this.#run(key, queue);
    });
  }

  async #shareOf(roundId: string, home: string): Promise<Or<string>> {
    const key = `${roundId}/${home}`;
    const known = this.#shares.get(key);
    if (known) return known;
    const asked = this.#db.systemRead(async (tx) => {
      const round = await findRound(tx, roundId);
      if (!round) return refuse("not-found");
      const share = (await sharesFor(tx, [round], home)).get(roundId);
      return share?.district ?? refuse("round-no-share");
    });
    this.#shares.set(key, asked);
    // A round that is not there yet may come; one that could not be asked for is asked for again.
    const forget = () => this.#shares.delete(key);
    asked.then((found) => isRefusal(found) && found.code === "not-found" && forget(), forget);
    return asked;
  }

  async #run(key: string, queue: Queue): Promise<void> {
    queue.running = true;
    try {
      while (queue.waiting.length > 0) await this.#next(queue);
    } finally {
      queue.running = false;
      if (queue.waiting.length === 0) this.#queues.delete(key);
    }
  }

  async #next(queue: Queue): Promise<void> {
    const now = queue.waiting.splice(0, atOnce);
    try {
      const answers = await this.#db.system((tx) => claimTogether(tx, queue, now));
      for (const [index, one] of now.entries()) one.answer(answers[index]!);
    } catch (error) {
      for (const one of now) one.failed(error);
    }
  }
}

/** Claims of one share in one transaction, in the order given. */
async function claimTogether(
  tx: Tx,
  { roundId, district }: Pick<Queue, "roundId" | "district">,
  asking: readonly Waiting[],
): Promise<readonly Or<Claimed>[]> {
  // The share first: what is read after it has been waited for is what the transaction before left behind.
  const share = await lockShare(tx, district, roundId);
  const [round, claimants]: [Round | undefined, Awaited<ReturnType<typeof claimantsOf>>] = await Promise.all([
    findRound(tx, roundId),
    claimantsOf(tx, district, roundId, asking),
  ]);
  if (!share || !round) return asking.map(() => refuse("not-found"));
  const allotted = allot(round, share, claimants);
  if (allotted.taken.length > 0) await writeClaims(tx, roundId, allotted.share, allotted.taken);
  return allotted.answers;
}
