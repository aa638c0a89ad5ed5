import { sql } from "kysely";
import { once, type Tx } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import type { UnitPath } from "../../kernel/path.ts";
import type { ShelfName } from "./shelf.ts";

/** A paper's row: what it is, whose, and where it hangs. Its name and content are sealed. */
export interface Paper {
  readonly district: string;
  readonly id: Id<"paper">;
  readonly path: string;
  /** The person it is about. */
  readonly owner: Id<"person"> | null;
  /** Null until an application or action names it. */
  readonly caseId: Id<"case"> | null;
  readonly kind: string;
  readonly fileNameSealed: Buffer;
  readonly mediaType: string;
  readonly bytes: number;
  readonly contentHash: Buffer;
  readonly chunks: number;
  /** Where its pieces lie. */
  readonly shelf: ShelfName;
  readonly sensitivity: string;
  readonly byPerson: Id<"person"> | null;
  readonly at: Date;
}

const columns = [
  "district",
  "id",
  "path",
  "owner_id as owner",
  "case_id as caseId",
  "kind",
  "file_name_sealed as fileNameSealed",
  "media_type as mediaType",
  "bytes",
  "content_hash as contentHash",
  "chunks",
  "shelf",
  "sensitivity",
  "by_person as byPerson",
  "at",
] as const;

/** A new paper and where it is found; its pieces begin in the database. */
export async function insertPaper(tx: Tx, paper: Omit<Paper, "shelf">): Promise<void> {
  await tx
    .insertInto("paper")
    .values({
      district: paper.district,
      id: paper.id,
      path: paper.path,
      owner_id: paper.owner,
      case_id: paper.caseId,
      kind: paper.kind,
      file_name_sealed: paper.fileNameSealed,
      media_type: paper.mediaType,
      bytes: paper.bytes,
      content_hash: paper.contentHash,
      chunks: paper.chunks,
      sensitivity: paper.sensitivity,
      by_person: paper.byPerson,
      at: paper.at,
    })
    .execute();
  await tx.insertInto("paper_lookup").values({ paper_id: paper.id, district: paper.district }).execute();
}

/** One sealed piece of a paper, counted from 0. */
export async function insertChunk(
  tx: Tx,
  district: string,
  paper: Id<"paper">,
  number: number,
  sealed: Uint8Array,
): Promise<void> {
  await tx
    .insertInto("paper_chunk")
    .values({ district, paper_id: paper, number, sealed: Buffer.from(sealed) })
    .execute();
}

/** A paper by its id alone. */
export async function findPaper(tx: Tx, id: Id<"paper">): Promise<Paper | undefined> {
  const place = await tx
    .selectFrom("paper_lookup")
    .select("district")
    .where("paper_id", "=", id)
    .executeTakeFirst();
  if (!place) return undefined;
  const row = await tx
    .selectFrom("paper")
    .select(columns)
    .where("district", "=", place.district)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row as Paper | undefined;
}

/** One sealed piece. */
export async function findChunk(
  tx: Tx,
  paper: Pick<Paper, "district" | "id">,
  number: number,
): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom("paper_chunk")
    .select("sealed")
    .where("district", "=", paper.district)
    .where("paper_id", "=", paper.id)
    .where("number", "=", number)
    .executeTakeFirst();
  return row?.sealed;
}

/** Forget a paper's pieces here. */
export async function deleteChunks(tx: Tx, paper: Pick<Paper, "district" | "id">): Promise<void> {
  await tx
    .deleteFrom("paper_chunk")
    .where("district", "=", paper.district)
    .where("paper_id", "=", paper.id)
    .execute();
}

/** Note that a paper's pieces lie on the other shelf now. False when it is gone, or was noted already. */
export async function setShelf(
  tx: Tx,
  paper: Pick<Paper, "district" | "id">,
  shelf: ShelfName,
): Promise<boolean> {
  const row = await tx
    .updateTable("paper")
    .set({ shelf })
    .where("district", "=", paper.district)
    .where("id", "=", paper.id)
    .where("shelf", "<>", shelf)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Where a paper's pieces lie now; undefined when it is gone. */
export async function shelfOf(tx: Tx, paper: Pick<Paper, "district" | "id">): Promise<ShelfName | undefined> {
  const row = await tx
    .selectFrom("paper")
    .select("shelf")
    .where("district", "=", paper.district)
    .where("id", "=", paper.id)
    .executeTakeFirst();
  return row?.shelf as ShelfName | undefined;
}

const holdOf = ({ id }: Pick<Paper, "id">) => sql`hashtextextended(${`paper/${id}`}, 0)`;

/** Waits until nobody else moves a paper, and keeps that to this transaction. Its row may be changed meanwhile. */
export async function holdPaper(tx: Tx, paper: Pick<Paper, "id">): Promise<void> {
  await sql`select pg_advisory_xact_lock(${holdOf(paper)})`.execute(tx);
}

/** The same without waiting. False when another moves it. */
export async function tryHoldPaper(tx: Tx, paper: Pick<Paper, "id">): Promise<boolean> {
  const { rows } = await sql<{
    got: boolean;
  }>`select pg_try_advisory_xact_lock(${holdOf(paper)}) as got`.execute(tx);
  return rows[0]?.got === true;
}

const kept = ["paper.district", "paper.id", "paper.chunks", "paper.shelf"] as const;

/** Papers on cases whose pieces are still in the database, some at a time: what `paper_chunk` holds is what waits. */
export async function listUnshelved(
  tx: Tx,
  limit: number,
): Promise<readonly Pick<Paper, "district" | "id" | "chunks" | "shelf">[]> {
  const rows = await tx
    .selectFrom("paper_chunk")
    .innerJoin("paper", (join) =>
      join
        .onRef("paper.district", "=", "paper_chunk.district")
        .onRef("paper.id", "=", "paper_chunk.paper_id"),
    )
    .select(kept)
    .where("paper_chunk.number", "=", 0)
    .where("paper.case_id", "is not", null)
    .limit(limit)
    .execute();
  return rows as Pick<Paper, "district" | "id" | "chunks" | "shelf">[];
}

/** Papers in order of district and id after one of them, some at a time; of one shelf alone, if it is named. */
export async function listKept(
  tx: Tx,
  after: Pick<Paper, "district" | "id"> | null,
  limit: number,
  shelf?: ShelfName,
): Promise<readonly Pick<Paper, "district" | "id" | "chunks" | "shelf" | "caseId" | "contentHash">[]> {
  let rows = tx
    .selectFrom("paper")
    .select([...kept, "paper.case_id as caseId", "paper.content_hash as contentHash"])
    .where("deleted_at", "is", null)
    .orderBy("district")
    .orderBy("id")
    .limit(limit);
  if (shelf !== undefined) rows = rows.where("shelf", "=", shelf);
  if (after !== null) rows = rows.where(sql<boolean>`(district, id) > (${after.district}, ${after.id})`);
  return (await rows.execute()) as never;
}

/** How many papers and bytes lie on each shelf. */
export async function countByShelf(
  tx: Tx,
): Promise<readonly { readonly shelf: ShelfName; readonly papers: number; readonly bytes: number }[]> {
  const rows = await tx
    .selectFrom("paper")
    .select([
      "shelf",
      sql<number>`count(*)::float8`.as("papers"),
      sql<number>`coalesce(sum(bytes), 0)::float8`.as("bytes"),
    ])
    .where("deleted_at", "is", null)
    .groupBy("shelf")
    .execute();
  return rows as { shelf: ShelfName; papers: number; bytes: number }[];
}

/** The papers that hang on a case, in the order they came. */
export async function listPapersOf(tx: Tx, district: string, caseId: Id<"case">): Promise<readonly Paper[]> {
  const rows = await papersOfCase(tx, district, caseId);
  return rows.map((row) => row as Paper);
}

const papersOfCase = once((tx, district: string, caseId: Id<"case">) =>
  tx
    .selectFrom("paper")
    .select(columns)
    .where("district", "=", district)
    .where("case_id", "=", caseId)
    .where("deleted_at", "is", null)
    .orderBy("at")
    .orderBy("id"),
);

/** How much somebody has uploaded that hangs on nothing yet. */
export async function loosePapers(
  tx: Tx,
  district: string,
  byPerson: Id<"person">,
): Promise<{ count: number; bytes: number }> {
  return tx
    .selectFrom("paper")
    .select([
      sql<number>`count(*)::int`.as("count"),
      sql<number>`coalesce(sum(bytes), 0)::float8`.as("bytes"),
    ])
    .where("district", "=", district)
    .where("by_person", "=", byPerson)
    .where("case_id", "is", null)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
}

/** Hang a loose paper on a case. False when it hangs somewhere already. */
export async function hangPaper(
  tx: Tx,
  paper: Pick<Paper, "district" | "id">,
  on: {
    readonly caseId: Id<"case">;
    readonly path: string;
    readonly owner: Id<"person">;
    readonly sensitivity: string;
  },
): Promise<boolean> {
  const row = await tx
    .updateTable("paper")
    .set({ case_id: on.caseId, path: on.path, owner_id: on.owner, sensitivity: on.sensitivity })
    .where("district", "=", paper.district)
    .where("id", "=", paper.id)
    .where("case_id", "is", null)
    .where("deleted_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** A case's papers go where the case goes. */
export async function rehangPapers(
  tx: Tx,
  district: string,
  caseId: Id<"case">,
  path: UnitPath,
): Promise<void> {
  await tx
    .updateTable("paper")
    .set({ path })
    .where("district", "=", district)
    .where("case_id", "=", caseId)
    .execute();
}

/** Forget a paper altogether: it never hung anywhere. */
export async function deletePaper(tx: Tx, paper: Pick<Paper, "district" | "id">): Promise<void> {
  await deleteChunks(tx, paper);
  await tx
    .deleteFrom("paper")
    .where("district", "=", paper.district)
    .where("id", "=", paper.id)
    .where("case_id", "is", null)
    .execute();
  await tx.deleteFrom("paper_lookup").where("paper_id", "=", paper.id).execute();
}

/** Loose papers from before an instant, some at a time. */
export async function listStale(
  tx: Tx,
  before: Date,
  limit: number,
): Promise<readonly Pick<Paper, "district" | "id">[]> {
  const rows = await tx
    .selectFrom("paper")
    .select(["district", "id"])
    .where("case_id", "is", null)
    .where("deleted_at", "is", null)
    .where("at", "<", before)
    .orderBy("at")
    .limit(limit)
    .execute();
  return rows as Pick<Paper, "district" | "id">[];
}
