import { sql } from "kysely";
import { binaryHead, binaryTail } from "../../db/copy-binary.ts";
import { type Copy, type Db, loadEmpty } from "../../db/index.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { rebuildUsed } from "../../services/index.ts";
import { rebuildFigures } from "../../statistics/families.ts";
import { copyCases } from "./cases/generate.ts";
import { learnPatterns } from "./cases/learn.ts";
import type { MemberBuffers, MemberPieces, MemberTask } from "./member-worker.ts";
import { type MemberRun, type MemberTable, memberTables } from "./members.ts";
import { postColumns, postLines } from "./officers.ts";
import { type GenerateRequest, unitsOf } from "./request.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { inThreads } from "./threads.ts";
import { type DrawnUnit, unitColumns, unitLine } from "./units.ts";

export interface Generated {
  readonly units: number;
  readonly members: number;
  /** All of it, indexes and statistics of the planner too. */
  readonly seconds: number;
  /** While members, or units where there are none, were being copied in. */
  readonly copySeconds: number;
  readonly cases: number;
  /** For the cases: all of it, and while they were being copied in. */
  readonly caseSeconds: number;
  readonly caseCopySeconds: number;
}

/** Members of a piece of work for a thread: some tens of megabytes of rows, of which three pieces are held at a time. */
const taskMembers = 24_000;

/**
 * Fills an empty database with a fictitious federation of region 99, straight into the tables by COPY, in one
 * transaction: for benches and trials of size. The same seed gives the same rows, of cases on the same day (sealed blobs
 * and hashes aside, which depend on the keyring). `db` is opened as the owner. Memory does not grow with the members, and
 * by four bytes a union.
 */
export async function generateFederation(
  db: Db,
  ring: Keyring,
  request: GenerateRequest,
): Promise<Generated> {
  const started = performance.now();
  const { cases = 0 } = request;
  // The patterns are played in the database while it is empty, and undone.
  const lessons = cases > 0 ? await learnPatterns(db, ring, new Date()) : null;
  const learnt = performance.now() - started;
  const shape = shapeOf(request.units, request.shape);
  const progress = request.progress ?? (() => {});
  const copySeconds = await db.system(async (tx) => {
    await sql`insert into installation (fictitious) values (true) on conflict (id) do update set fictitious = true`.execute(
      tx,
    );
    await sql`select setval('unit_segment', ${request.units + 1})`.execute(tx);
    const tables = request.members > 0 ? ["unit", "post", ...Object.keys(memberTables)] : ["unit"];
    return loadEmpty(
      tx,
      tables,
      async (copy) => {
        const began = performance.now();
        const held = request.members > 0 ? await copyMembers(copy, ring, request, shape) : null;
        const membersIn = performance.now();
        await copy("unit", unitColumns, "text", unitPieces(request, shape, held));
        if (request.members > 0)
          await copy("post", postColumns, "text", postLines(request.seed, unitsOf(request, shape)));
        return ((request.members > 0 ? membersIn : performance.now()) - began) / 1000;
      },
      { building: (done, all) => progress({ of: "indexes", done, all }) },
    );
  });
  const federation = performance.now();
  if (!lessons) await rebuildFigures(db);
  const caseCopySeconds = lessons ? await copyCases(db, ring, lessons, { ...request, cases }) : 0;
  if (lessons) {
    await rebuildFigures(db);
    await rebuildUsed(db);
  }
  const ended = performance.now();
  return {
    units: request.units,
    members: request.members,
    cases,
    seconds: (ended - started) / 1000,
    copySeconds,
    caseSeconds: lessons ? (ended - federation + learnt) / 1000 : 0,
    caseCopySeconds,
  };
}

/** Copies the members of all unions; gives how many of each count. */
async function copyMembers(
  copy: Copy,
  ring: Keyring,
  request: GenerateRequest,
  shape: Shape,
): Promise<Int32Array> {
  const held = new Int32Array(request.units);
  const places: number[][] = [];
  const spare: MemberBuffers[] = [];
  const tasks = tasksOf(unitsOf(request, shape), places, spare);
  const script = new URL("./member-worker.ts", import.meta.url);
  let done = 0;
  for await (const answer of inThreads<MemberTask, MemberPieces>(
    script,
    { ring, seed: request.seed },
    tasks,
    ({ buffers }) => Object.values(buffers),
  )) {
    const { pieces } = answer;
    for (const [table, columns] of Object.entries(memberTables)) {
      const piece = pieces[table as MemberTable];
      await copy(table, columns, "binary", [
        binaryHead,
        Buffer.from(piece.buffer, piece.byteOffset, piece.length),
        binaryTail,
      ]);
    }
    spare.push(buffersFor((table) => pieces[table].buffer)); // the server has said that it has them
    for (const [index, place] of places.shift()!.entries()) held[place]! += answer.held[index]!;
    done += taskMembers;
    request.progress?.({ of: "members", done: Math.min(done, request.members), all: request.members });
  }
  return held;
}

function buffersFor(bufferOf: (table: MemberTable) => ArrayBuffer): MemberBuffers {
  const tables = Object.keys(memberTables) as MemberTable[];
  return Object.fromEntries(tables.map((table) => [table, bufferOf(table)])) as MemberBuffers;
}

/**
 * Runs of members in pieces of one size; `places` takes the numbers of their unions, and buffers that are `spare` are used
 * before new ones.
 */
function* tasksOf(
  units: Iterable<DrawnUnit>,
  places: number[][],
  spare: MemberBuffers[],
): Generator<MemberTask> {
  const buffers = (): MemberBuffers => spare.pop() ?? buffersFor(() => new ArrayBuffer(pieceBytes));
  let runs: MemberRun[] = [];
  let [room, place] = [taskMembers, -1];
  let here: number[] = [];
  for (const unit of units) {
    place++;
    for (let from = 0; from < unit.members; ) {
      const count = Math.min(room, unit.members - from);
      runs.push({ unit, from: unit.firstMember + from, count });
      here.push(place);
      from += count;
      room -= count;
      if (room > 0) continue;
      places.push(here);
      yield { runs, buffers: buffers() };
      [runs, here, room] = [[], [], taskMembers];
    }
  }
  if (runs.length === 0) return;
  places.push(here);
  yield { runs, buffers: buffers() };
}

const pieceBytes = 1 << 18;

function* unitPieces(request: GenerateRequest, shape: Shape, held: Int32Array | null): Generator<string> {
  let piece = "";
  let place = 0;
  for (const unit of unitsOf(request, shape)) {
    piece += unitLine(unit, held?.[place] ?? 0);
    place++;
    if (piece.length < pieceBytes) continue;
    yield piece;
    request.progress?.({ of: "units", done: place, all: request.units });
    piece = "";
  }
  yield piece;
}
