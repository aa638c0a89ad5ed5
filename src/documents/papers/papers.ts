import { createHash } from "node:crypto";
import type { Db, Tx } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import { type Id, newId } from "../../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../../kernel/refusal.ts";
import type { Session } from "../../kernel/route.ts";
import { type Keyring, seal, unseal } from "../../kernel/seal.ts";
import { type Kept, keepPiece, keepPieces, piecesOf, readPiece, readPieceAlone } from "./pieces.ts";
import type { Shelf } from "./shelf.ts";
import { type PaperType, paperTypes, sniff } from "./sniff.ts";
import {
  deletePaper,
  findPaper,
  hangPaper,
  insertPaper,
  listPapersOf,
  loosePapers,
  type Paper,
} from "./store.ts";
import { stripped } from "./strip.ts";

/** Largest paper. */
const paperBytesMax = 20 * 1024 * 1024;
/** What one person may have uploaded that hangs on nothing yet. */
const looseCountMax = 100;
const looseBytesMax = 300 * 1024 * 1024;

/** A paper as faces show it. */
export interface PaperLine {
  readonly id: Id<"paper">;
  readonly kind: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/**
 * Whether somebody may open a paper that hangs on a case, and for what; the procedures answer. `purpose`
 * is what the person whose paper it is will read in the log.
 */
export type MaySeePaper = (
  tx: Tx,
  session: Session,
  paper: Paper,
  today: Day,
) => Promise<{ readonly allowed: boolean; readonly purpose?: string | undefined }>;

/** What is kept of a file. */
export interface PaperDraft {
  readonly id?: Id<"paper"> | undefined;
  readonly district: string;
  readonly path: string;
  readonly owner: Id<"person"> | null;
  readonly caseId?: Id<"case"> | undefined;
  readonly kind: string;
  readonly fileName: string;
  readonly content: Buffer;
  readonly sensitivity?: "normal" | "officers" | undefined;
  readonly byPerson: Id<"person"> | null;
  readonly now: Date;
}

/**
 * Keep a file: its type told by its bytes, pictures freed of what the camera wrote, sealed piece by
 * piece under its district. The same id with the same content again is harmless. Refuses what `sniff`
 * refuses, `paper-damaged`, `too-large`, `same-id-other-content`.
 */
export async function storePaper(tx: Tx, ring: Keyring, draft: PaperDraft): Promise<Or<PaperLine>> {
  if (draft.content.length > paperBytesMax) return refuse("too-large", { max: "20 MB" }, { at: "/file" });
  const type = sniff(draft.content, "/file");
  if (isRefusal(type)) return type;
  const content = stripped(draft.content, type);
  if (content === null) return refuse("paper-damaged", {}, { at: "/file" });
  const id = draft.id ?? newId<"paper">();
  const contentHash = createHash("sha256").update(content).digest();
  const fileName = fileNameOf(draft.fileName, type);
  const line = {
    id,
    kind: draft.kind,
    fileName,
    bytes: content.length,
    mediaType: paperTypes[type].mediaType,
  };
  if (draft.id !== undefined) {
    const known = await findPaper(tx, draft.id);
    if (known) {
      const same =
        known.contentHash.equals(contentHash) &&
        known.kind === draft.kind &&
        known.byPerson === draft.byPerson;
      return same ? line : refuse("same-id-other-content");
    }
  }
  await insertPaper(tx, {
    district: draft.district,
    id,
    path: draft.path,
    owner: draft.owner,
    caseId: draft.caseId ?? null,
    kind: draft.kind,
    fileNameSealed: Buffer.from(
      seal(ring, { compartment: draft.district, about: `paper/${id}/name` }, fileName),
    ),
    mediaType: line.mediaType,
    bytes: content.length,
    contentHash,
    chunks: piecesOf(content.length),
    sensitivity: draft.sensitivity ?? "normal",
    byPerson: draft.byPerson,
    at: draft.now,
  });
  await keepPieces(tx, ring, { district: draft.district, id }, content);
  return line;
}

/** Keep what somebody uploads, until it is used. Refuses `paper-too-many` beside what `storePaper` does. */
export async function uploadPaper(
  tx: Tx,
  ring: Keyring,
  draft: PaperDraft & { readonly byPerson: Id<"person"> },
): Promise<Or<PaperLine>> {
  const loose = await loosePapers(tx, draft.district, draft.byPerson);
  if (loose.count >= looseCountMax || loose.bytes + draft.content.length > looseBytesMax) {
    return refuse("paper-too-many", { max: looseCountMax });
  }
  return storePaper(tx, ring, draft);
}

/**
 * Hang papers on a case, in the case's own transaction. Refuses `paper-unknown` for one that its caller
 * did not upload, or that hangs on another case; one that hangs on this case already passes. A paper
 * uploaded in another district is moved to the case's.
 */
export async function attachPapers(
  tx: Tx,
  ring: Keyring,
  ids: readonly Id<"paper">[],
  to: {
    readonly district: string;
    readonly caseId: Id<"case">;
    readonly path: string;
    readonly owner: Id<"person">;
    readonly byPerson: Id<"person">;
    /** Papers of officers (visit records) that the applicant does not open. normal. */
    readonly sensitivity?: "normal" | "officers" | undefined;
    /** Where in the request they are named, for the refusal. */
    readonly at?: string | undefined;
  },
): Promise<Or<readonly PaperLine[]>> {
  const lines: PaperLine[] = [];
  for (const [place, id] of ids.entries()) {
    const unknown = refuse(
      "paper-unknown",
      {},
      { at: to.at === undefined ? undefined : `${to.at}/${place}` },
    );
    const paper = await findPaper(tx, id);
    if (!paper) return unknown;
    if (paper.caseId !== null) {
      if (paper.caseId !== to.caseId) return unknown;
    } else {
      if (paper.byPerson !== to.byPerson) return unknown;
      const home = paper.district === to.district ? paper : await rehome(tx, ring, paper, to.district);
      if (!(await hangPaper(tx, home, { ...to, sensitivity: to.sensitivity ?? "normal" }))) return unknown;
    }
    lines.push({ ...lineOf(ring, paper) });
  }
  return lines;
}

/** The papers on a case, as faces show them. Officers' own are left out for the applicant. */
export async function papersOf(
  tx: Tx,
  ring: Keyring,
  district: string,
  caseId: Id<"case">,
  forApplicant: boolean,
): Promise<readonly (PaperLine & { readonly byPerson: Id<"person"> | null; readonly at: Date })[]> {
  const papers = await listPapersOf(tx, district, caseId);
  return papers
    .filter((paper) => !forApplicant || paper.sensitivity === "normal")
    .map((paper) => ({ ...lineOf(ring, paper), byPerson: paper.byPerson, at: paper.at }));
}

/** A paper's row as a line. */
export function lineOf(ring: Keyring, paper: Paper): PaperLine {
  const target = { compartment: paper.district, about: `paper/${paper.id}/name` };
  const fileName = Buffer.from(unseal(ring, target, paper.fileNameSealed)).toString();
  return { id: paper.id, kind: paper.kind, fileName, bytes: paper.bytes, mediaType: paper.mediaType };
}

/**
 * A paper's content, piece by piece, checked as it is unsealed. The first piece is read before this answers, so that a
 * storage that does not is known before a header is sent: throws `ShelfAway`.
 */
export async function contentOf(
  { db, ring, shelf }: { readonly db: Db; readonly ring: Keyring; readonly shelf: Shelf | null },
  paper: Kept,
): Promise<AsyncGenerator<Uint8Array>> {
  const first = await readPieceAlone(db, ring, shelf, paper, 0);
  return (async function* () {
    yield first;
    for (let number = 1; number < paper.chunks; number++)
      yield await readPieceAlone(db, ring, shelf, paper, number);
  })();
}

/** The same paper under another district's key; its old pieces go. */
async function rehome(
  tx: Tx,
  ring: Keyring,
  paper: Paper,
  district: string,
): Promise<Pick<Paper, "district" | "id">> {
  const { fileName } = lineOf(ring, paper);
  // Loose papers are not moved to other storage: their pieces are here.
  const pieces: Uint8Array[] = [];
  for (let number = 0; number < paper.chunks; number++)
    pieces.push(await readPiece(tx, ring, null, paper, number));
  await deletePaper(tx, paper);
  const fileNameSealed = Buffer.from(
    seal(ring, { compartment: district, about: `paper/${paper.id}/name` }, fileName),
  );
  await insertPaper(tx, { ...paper, district, fileNameSealed });
  for (const [number, piece] of pieces.entries())
    await keepPiece(tx, ring, { district, id: paper.id }, number, piece);
  return { district, id: paper.id };
}

/**
 * Copies of papers under another district's key, loose and uploaded by their owner, for a case that takes up a former one
 * there; the originals stay where they hang. Throws `ShelfAway` when theirs is a storage that does not answer. Gives the new ids in the order of the old; one that is gone is left out.
 */
export async function copyPapers(
  tx: Tx,
  { ring, shelf }: { readonly ring: Keyring; readonly shelf: Shelf | null },
  ids: readonly Id<"paper">[],
  to: { readonly district: string; readonly path: string; readonly owner: Id<"person">; readonly now: Date },
): Promise<readonly Id<"paper">[]> {
  const copies: Id<"paper">[] = [];
  for (const old of ids) {
    const paper = await findPaper(tx, old);
    if (!paper) continue;
    const id = newId<"paper">();
    const { fileName } = lineOf(ring, paper);
    const fileNameSealed = Buffer.from(
      seal(ring, { compartment: to.district, about: `paper/${id}/name` }, fileName),
    );
    const { district, path, owner, now: at } = to;
    const place = { district, path, owner, byPerson: owner, caseId: null, at };
    await insertPaper(tx, { ...paper, ...place, id, fileNameSealed });
    for (let number = 0; number < paper.chunks; number++)
      await keepPiece(tx, ring, { district, id }, number, await readPiece(tx, ring, shelf, paper, number));
    copies.push(id);
  }
  return copies;
}

/** A file's name as it is kept: no path, no control or direction characters, the ending its content has. */
function fileNameOf(given: string, type: PaperType): string {
  const { extension } = paperTypes[type];
  const base = given.normalize("NFC").split(/[\\/]/).at(-1) ?? "";
  const clean = base
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:"|?*]/g, "")
    .replace(/\.(?:pdf|jpe?g|png|webp|xlsx|docx)$/i, "")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  const kept = [...clean].slice(0, 80).join("").toWellFormed();
  return `${kept === "" ? "file" : kept}.${extension}`;
}
