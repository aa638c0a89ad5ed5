import type { Db, Tx } from "../../db/index.ts";
import { type Keyring, seal, unseal } from "../../kernel/seal.ts";
import { type Piece, type Shelf, ShelfAway, type ShelfName } from "./shelf.ts";
import {
  deleteChunks,
  findChunk,
  holdPaper,
  insertChunk,
  type Paper,
  setShelf,
  shelfOf,
  tryHoldPaper,
} from "./store.ts";

/** Size of a sealed piece before sealing. */
const pieceBytes = 1024 * 1024;

/** Where a paper's pieces are found. */
export type Kept = Pick<Paper, "district" | "id" | "chunks" | "shelf">;

/** How many pieces a content of so many bytes is kept in. */
export const piecesOf = (bytes: number): number => Math.ceil(bytes / pieceBytes);

/** Seals a content piece by piece under its district, into the transaction. */
export async function keepPieces(
  tx: Tx,
  ring: Keyring,
  paper: Pick<Paper, "district" | "id">,
  content: Buffer,
): Promise<void> {
  for (let number = 0; number < piecesOf(content.length); number++)
    await keepPiece(
      tx,
      ring,
      paper,
      number,
      content.subarray(number * pieceBytes, (number + 1) * pieceBytes),
    );
}

/** One piece, sealed under its district, into the transaction. */
export async function keepPiece(
  tx: Tx,
  ring: Keyring,
  paper: Pick<Paper, "district" | "id">,
  number: number,
  plain: Uint8Array,
): Promise<void> {
  await insertChunk(tx, paper.district, paper.id, number, seal(ring, targetOf(paper, number), plain));
}

/**
 * One piece, unsealed and checked. Throws `ShelfAway` when it lies in a storage that does not answer, and a plain error when
 * it is nowhere.
 */
export async function readPiece(
  tx: Tx,
  ring: Keyring,
  shelf: Shelf | null,
  paper: Kept,
  number: number,
): Promise<Uint8Array> {
  const sealed =
    paper.shelf === "database" ? await findChunk(tx, paper, number) : await fetchPiece(shelf, paper, number);
  return opened(ring, paper, number, sealed);
}

/** The same without a transaction of the caller's: none is held while a storage is asked. */
export async function readPieceAlone(
  db: Db,
  ring: Keyring,
  shelf: Shelf | null,
  paper: Kept,
  number: number,
): Promise<Uint8Array> {
  const here = () => db.systemRead((tx) => findChunk(tx, paper, number));
  const there = async () => (shelf === null ? undefined : fetchPiece(shelf, paper, number));
  if (paper.shelf === "s3" && shelf === null) throw new ShelfAway("is not set");
  // Since the paper was found its pieces may have been moved.
  const sealed =
    paper.shelf === "database" ? ((await here()) ?? (await there())) : ((await there()) ?? (await here()));
  return opened(ring, paper, number, sealed);
}

/**
 * Moves a paper's pieces as they are, sealed, to the other shelf. Bears repetition: objects are the same whoever writes them,
 * and the row changes once. False when the paper was not there any more, or another has moved it or is moving it.
 *
 * Objects are put and dropped by whoever holds the paper, so that what was just put is never dropped by a move the other way.
 */
export async function movePieces(db: Db, shelf: Shelf, paper: Kept, to: ShelfName): Promise<boolean> {
  if (to === "s3") return db.system((tx) => putPieces(tx, shelf, paper));
  const moved = await db.system((tx) => takePieces(tx, shelf, paper));
  if (moved) await db.system((tx) => dropPieces(tx, shelf, paper));
  return moved;
}

async function putPieces(tx: Tx, shelf: Shelf, paper: Kept): Promise<boolean> {
  if (!(await tryHoldPaper(tx, paper))) return false;
  for (let number = 0; number < paper.chunks; number++) {
    const sealed = await findChunk(tx, paper, number);
    if (sealed === undefined) return false;
    await shelf.put(pieceOf(paper, number), sealed);
  }
  if (!(await setShelf(tx, paper, "s3"))) return false;
  await deleteChunks(tx, paper);
  return true;
}

async function takePieces(tx: Tx, shelf: Shelf, paper: Kept): Promise<boolean> {
  if (!(await tryHoldPaper(tx, paper))) return false;
  if (!(await setShelf(tx, paper, "database"))) return false;
  for (let number = 0; number < paper.chunks; number++) {
    const sealed = await fetchPiece(shelf, paper, number);
    if (sealed === undefined) throw new Error(`paper ${paper.id} lacks piece ${number}`);
    await insertChunk(tx, paper.district, paper.id, number, sealed);
  }
  return true;
}

/** Drops the objects of a paper that lies in the database; none of one that was moved again meanwhile. */
async function dropPieces(tx: Tx, shelf: Shelf, paper: Kept): Promise<void> {
  await holdPaper(tx, paper);
  for (let number = 0; number < paper.chunks; number++) {
    // Asked before each: a connection that was lost holds the paper no more.
    if ((await shelfOf(tx, paper)) !== "database") return;
    await shelf.drop(pieceOf(paper, number));
  }
}

const pieceOf = (paper: Pick<Paper, "district" | "id">, number: number): Piece => ({
  district: paper.district,
  paper: paper.id,
  number,
});

function fetchPiece(
  shelf: Shelf | null,
  paper: Pick<Paper, "district" | "id">,
  number: number,
): Promise<Buffer | undefined> {
  if (shelf === null) throw new ShelfAway("is not set");
  return shelf.get(pieceOf(paper, number));
}

function opened(
  ring: Keyring,
  paper: Pick<Paper, "district" | "id">,
  number: number,
  sealed: Buffer | undefined,
): Uint8Array {
  if (sealed === undefined) throw new Error(`paper ${paper.id} lacks piece ${number}`);
  return unseal(ring, targetOf(paper, number), sealed);
}

function targetOf({ district, id }: Pick<Paper, "district" | "id">, number: number) {
  return { compartment: district, about: `paper/${id}/${number}` };
}
