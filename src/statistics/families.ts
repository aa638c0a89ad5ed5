import type { Db } from "../db/index.ts";
import "../ledger/tallies.ts";
import "../people/tallies.ts";
import "../procedures/tallies.ts";
import { ensureRollups, rebuildRollups, verifyRollups } from "../rollups/index.ts";
import "../services/care/hardship/tallies.ts";
import "../units/tallies.ts";

/* Every table whose records count in a figure declares it where it belongs; whoever rebuilds or verifies all figures comes by
   here, so that none is missing. */

/**
 * Builds every figure's roll-ups from the records, while the program may be at work. Whoever writes records in bulk and
 * without their deltas (by COPY, as the generator does) calls it when all are written; events of relations
 * say their `change` themselves.
 */
export const rebuildFigures = (db: Db): Promise<void> => rebuildRollups(db);

/** Builds them if this database has none yet. */
export const ensureFigures = (db: Db, say?: () => void): Promise<void> => ensureRollups(db, say);

/** Counts every roll-up again from the records; names what differs. */
export const verifyFigures = verifyRollups;
