import type { Db, Viewer } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { countingMembership } from "../people/index.ts";

/** Somebody signed in, as far as their union's board is concerned. */
export interface Reader {
  readonly person: Id<"person">;
  readonly district: string;
  readonly viewer: Viewer;
}

/**
 * The boards somebody reads as a member (aid.md §6): their own union's and those of the unions above it, each of which
 * they belong to through their own. Retained members are members; whose membership has ended reads none.
 */
export async function boardsOf(db: Db, reader: Reader): Promise<readonly UnitPath[]> {
  const { district, person } = reader;
  const membership = await db.read(reader.viewer, (tx) => countingMembership(tx, { district, id: person }));
  if (!membership) return [];
  const own = membership.path as UnitPath;
  return [...ancestorsOf(own), own];
}

/** The same person, reading those boards too: the database's wall lets their notices through while they hang. */
export function atBoards(viewer: Viewer, boards: readonly UnitPath[]): Viewer {
  return { ...viewer, boards, key: `${viewer.key}|boards ${boards.join(",")}` };
}
