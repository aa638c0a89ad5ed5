import type { Db } from "../db/index.ts";
import { type BereftJob, freeJobsOf, unshownWorkers } from "./store.ts";

/** Frees what dead workers had taken, and remembers from one sweep to the next who seemed dead. */
export type Sweeper = {
  /** One look. Says how many workers seem dead whom the next look may find so again. */
  sweep(db: Db): Promise<number>;
};

/**
 * A worker is dead when two looks in a row find that nothing shows its life. One look is not enough: a worker that has
 * only just begun, or whose database was started again, lives and shows it a moment later. A look that fails says
 * nothing of anybody, so that counting begins anew. The caller leaves between two looks what a worker needs to show itself.
 * `freed` is told of the jobs of each dead one.
 */
export function newSweeper(freed: (jobs: readonly BereftJob[]) => void = () => {}): Sweeper {
  let suspects: ReadonlySet<string> = new Set();
  return {
    async sweep(db) {
      const before = suspects;
      suspects = new Set();
      const { unshown, jobs } = await db.system(async (tx) => {
        const found = await unshownWorkers(tx);
        const dead = found.filter((worker) => before.has(worker));
        return { unshown: found, jobs: await freeJobsOf(tx, dead) };
      });
      freed(jobs);
      suspects = new Set(unshown.filter((worker) => !before.has(worker)));
      return suspects.size;
    },
  };
}
