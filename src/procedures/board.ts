import type { Db, Viewer } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { countingMembership, getPerson } from "../people/index.ts";

/** Somebody signed in, as far as their union's board is concerned. */
export interface Reader {
  readonly person: Id<"person">;
  /** Where they lived when last heard of. */
  readonly district: string;
  readonly viewer: Viewer;
}

/** Unions on whose boards somebody reads, and the districts those unions lie in. */
export interface Boards {
  readonly paths: readonly UnitPath[];
  readonly districts: readonly string[];
}

/**
 * The boards somebody reads as a member (aid.md §6): their own union's and those of the unions above it, each of which
 * they belong to through their own. Retained members are members; whose membership has ended reads none.
 */
export async function boardsOf(db: Db, reader: Reader): Promise<Boards> {
  return db.read(reader.viewer, async (tx) => {
    const membership = await countingMembership(tx, await getPerson(tx, reader.person, reader.district));
    if (!membership) return { paths: [], districts: [] };
    const own = membership.path as UnitPath;
    const paths = [...ancestorsOf(own), own];
    const units = await tx
      .selectFrom("unit")
      .where("path", "in", paths)
      .select("district")
      .distinct()
      .execute();
    return { paths, districts: units.map((one) => one.district) };
  });
}

/** The same person, reading those boards too: the database's wall lets their notices through while they hang. */
export function atBoards(viewer: Viewer, { paths }: Boards): Viewer {
  return { ...viewer, boards: paths, key: `${viewer.key}|boards ${paths.join(",")}` };
}
