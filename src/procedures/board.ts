import type { Db, Viewer } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { countingMembership, getPerson } from "../people/index.ts";

/** Somebody signed in, as far as their union's board is concerned. */
export interface Reader {
  readonly person: Id<"person">;
  readonly viewer: Viewer;
}

/**
 * The boards somebody reads as a member (aid.md §6): their own union's and those of the unions above it, each of which
 * they belong to through their own. Retained members are members; whose membership has ended reads none.
 */
export async function boardsOf(db: Db, reader: Reader): Promise<readonly UnitPath[]> {
  // Where the person is now: a session opened before a move to another district still names the old one.
  const membership = await db.read(reader.viewer, async (tx) =>
    countingMembership(tx, await getPerson(tx, reader.person)),
  );
  if (!membership) return [];
  const own = membership.path as UnitPath;
  return [...ancestorsOf(own), own];
}

/** The same person, reading those boards too: the database's wall lets their notices through while they hang. */
export function atBoards(viewer: Viewer, boards: readonly UnitPath[]): Viewer {
  return { ...viewer, boards, key: `${viewer.key}|boards ${boards.join(",")}` };
}
