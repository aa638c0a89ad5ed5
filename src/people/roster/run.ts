import type { Tx } from "../../db/index.ts";
import { addDays } from "../../kernel/day.ts";
import type { Id } from "../../kernel/ids.ts";
import { expect, isRefusal, refuse } from "../../kernel/refusal.ts";
import { getUnit } from "../../units/index.ts";
import { getMembership, writeMembership } from "../membership-store.ts";
import { stillWanted } from "../person.ts";
import { type PersonSealed, phoneHash, sealFormerPhone, sealPerson, unsealPerson } from "../sealed.ts";
import { claimReason, requestTransfer, type Transfer } from "../transfer.ts";
import { tellTurn } from "../transfer-turn.ts";
import { decideKnown, type Known, keeps, type Loading, ownFacts, plainOf } from "./existing.ts";
import { addProblems, advanceImport, type ImportCounts, type ImportRow } from "./import-store.ts";
import type { RosterHost, RosterJob } from "./load.ts";
import type { PreparedRow, RosterProblem } from "./prepare.ts";
import type { PackedChunk, Preparer } from "./prepare-thread.ts";
import {
  claimIdentities,
  emptyStage,
  forgetPhones,
  insertMemberships,
  insertNewPeople,
  knownIdentities,
  knownPeople,
  openStage,
  stage,
  updatePeople,
} from "./stage.ts";
import { type StagedRow, stageLines, statusOf } from "./stage-lines.ts";

/** The answer to a `transfer` asked for by a roster is due after so many days (membership.md §4: 30). */
const transferDays = 30;

/** Another run has moved the import on: this one must stop, and has stored nothing of its last chunk. */
export class Overtaken extends Error {}

/** The counters of an import, without the rest of its row. */
export function countsOf({
  read,
  loaded,
  updated,
  unchanged,
  duplicates,
  rejected,
}: ImportCounts): ImportCounts {
  return { read, loaded, updated, unchanged, duplicates, rejected };
}

/** One run of one import: what it has counted, and how a chunk is stored. */
export class Run {
  readonly #host: RosterHost;
  readonly #job: RosterJob;
  readonly #import: ImportRow;
  readonly #preparer: Preparer;
  #position: number;
  #problems: number;
  #since = performance.now();
  counts: ImportCounts;

  constructor(host: RosterHost, job: RosterJob, row: ImportRow, preparer: Preparer) {
    this.#preparer = preparer;
    this.#host = host;
    this.#job = job;
    this.#import = row;
    this.#position = row.position;
    this.#problems = row.problems;
    this.counts = countsOf(row);
  }

  get #loading(): Loading {
    return { base: this.#job.unit.path, today: this.#host.clock.today() };
  }

  async note(problems: readonly RosterProblem[]): Promise<void> {
    if (problems.length === 0) return;
    this.#problems += await this.#host.db.system((tx) =>
      addProblems(tx, { ...this.#import, problems: this.#problems }, problems),
    );
  }

  async store(number: number, chunk: PackedChunk): Promise<void> {
    const seconds = (performance.now() - this.#since) / 1000;
    this.#since = performance.now();
    const dryRun = this.#job.dryRun ?? false;
    const { added, noted } = await this.#host.db.system(async (tx) => {
      const found = dryRun ? await this.#weigh(tx, number, chunk) : await this.#write(tx, number, chunk);
      const add: ImportCounts = {
        read: chunk.read,
        loaded: found.loaded,
        updated: found.updated,
        unchanged: found.unchanged,
        duplicates: chunk.duplicates + found.duplicates,
        rejected: chunk.rejected + found.rejected,
      };
      const place = { ...this.#import, problems: this.#problems };
      const count = await addProblems(tx, place, inOrder([...chunk.problems, ...found.problems]));
      const moved = await advanceImport(tx, this.#import, this.#position, chunk.position, add, seconds);
      if (!moved) throw new Overtaken();
      return { added: add, noted: count };
    });
    this.#position = chunk.position;
    this.#problems += noted;
    const sum = (key: keyof ImportCounts): number => this.counts[key] + added[key];
    this.counts = {
      read: sum("read"),
      loaded: sum("loaded"),
      updated: sum("updated"),
      unchanged: sum("unchanged"),
      duplicates: sum("duplicates"),
      rejected: sum("rejected"),
    };
  }

  /** What a chunk would do, with nothing done. */
  async #weigh(tx: Tx, number: number, chunk: PackedChunk): Promise<Found> {
    if (chunk.count === 0) return nothing;
    const hashes = Buffer.from(chunk.hashes.buffer, chunk.hashes.byteOffset, chunk.hashes.byteLength);
    const taken = await knownIdentities(
      tx,
      Array.from({ length: chunk.count }, (_, n) => hashes.subarray(n * 32, n * 32 + 32)),
    );
    const sorted = await this.#sort(tx, number, taken);
    return { ...sorted.found, loaded: chunk.count - taken.length + sorted.rejoin.length };
  }

  async #write(tx: Tx, number: number, chunk: PackedChunk): Promise<Found> {
    if (chunk.count === 0) return nothing;
    const { clock } = this.#host;
    const [at, day, by] = [clock.now(), clock.today(), this.#job.by];
    await openStage(tx);
    await stage(tx, [Buffer.from(chunk.lines.buffer, chunk.lines.byteOffset, chunk.lines.byteLength)]);
    const taken = await claimIdentities(tx, chunk.count);
    if (taken.length < chunk.count) await insertNewPeople(tx, this.#import.id, by, at, day);
    if (taken.length === 0) return { ...nothing, loaded: chunk.count };
    const sorted = await this.#sort(tx, number, taken);
    for (const [list, rejoined] of [
      [sorted.update, false],
      [sorted.rejoin, true],
    ] as const) {
      if (list.length === 0) continue;
      await emptyStage(tx);
      const merged = list.map(({ row, known }, n) => this.#merged(row, known, n, rejoined));
      await stage(tx, stageLines(merged));
      await this.#renumber(tx, list, at);
      await updatePeople(tx, rejoined);
      if (rejoined) await insertMemberships(tx, this.#import.id, by, at, day);
    }
    for (const known of sorted.activate) {
      const { id } = known.relation!;
      const entry = await getMembership(tx, known.person.district, id as Id<"membership">);
      expect(await writeMembership(tx, entry, { to: "ACTIVE", reason: "IMPORTED" }, { by, at, day }));
    }
    const transfers: Transfer[] = [];
    for (const { row, known, dispatched } of sorted.transfer) {
      const asked = await requestTransfer(tx, {
        person: known.person,
        membership: {
          id: known.relation!.id as Id<"membership">,
          unitId: known.relation!.unitId as Id<"unit">,
          path: known.relation!.path,
        },
        to: row.home,
        initiatedBy: "to",
        by,
        reason: dispatched ? claimReason : "IMPORTED",
        day,
        dueOn: addDays(day, transferDays),
        importId: this.#import.id,
      });
      if (dispatched && !isRefusal(asked))
        await this.#host.onClaimed?.(tx, {
          person: asked.personId,
          district: asked.district,
          unitName: (await getUnit(tx, row.home.id)).name,
          at,
        });
      else if (!isRefusal(asked)) transfers.push(asked);
    }
    // One message a union that has to let somebody go to another, not one a person.
    const between = Map.groupBy(transfers, (one) => `${one.fromUnitId} ${one.toUnitId}`);
    for (const some of between.values())
      await tellTurn(tx, this.#host.transferTelling, some, { at, day, by });
    return { ...sorted.found, loaded: chunk.count - taken.length + sorted.rejoin.length };
  }

  /** Forgets the telephone numbers that the rows replace, and tells their people so at the number they had. */
  async #renumber(tx: Tx, list: Sorted["update"], at: Date): Promise<void> {
    const { ring, memberTelling } = this.#host;
    const replaced = list.flatMap(({ row, known }) => {
      const { phone } = known.facts;
      return phone && row.draft.phone && phone !== row.draft.phone && !keeps(known, "phone", this.#loading)
        ? [{ person: known.person, phone }]
        : [];
    });
    if (replaced.length === 0) return;
    await forgetPhones(
      tx,
      replaced.map(({ person, phone }) => ({ hash: phoneHash(ring, phone), person: person.id })),
    );
    const people = replaced.map(({ person: { id, district }, phone }) => ({
      person: id,
      district,
      former: sealFormerPhone(ring, district, id, phone),
    }));
    await memberTelling?.renumbered(tx, { people, unitId: this.#job.unit.id, at });
  }

  async #sort(
    tx: Tx,
    number: number,
    taken: readonly { readonly n: number; readonly personId: Id<"person"> }[],
  ): Promise<Sorted> {
    const people = new Map(
      (
        await knownPeople(
          tx,
          taken.map((one) => one.personId),
        )
      ).map((one) => [one.id, one]),
    );
    const sorted: Sorted = {
      update: [],
      rejoin: [],
      activate: [],
      transfer: [],
      found: { ...nothing, problems: [] },
    };
    const counts = { updated: 0, unchanged: 0, duplicates: 0, rejected: 0 };
    const problems: RosterProblem[] = [];
    if (taken.length === 0) return sorted;
    const rows = await this.#preparer.rows(
      number,
      taken.map((one) => one.n),
    );
    for (const [i, { personId }] of taken.entries()) {
      const row = rows[i]!;
      const person = people.get(personId);
      if (!person) throw new Error("an identity number is registered to nobody");
      const { relations, transferOpen, signsIn, hasCases } = person;
      const relation = relations[0] ?? null;
      const facts = unsealPerson(this.#host.ring, person);
      const known: Known = { person, relation, relations, transferOpen, signsIn, hasCases, facts };
      const outcome = decideKnown(row, known, this.#loading);
      const tell = (level: "error" | "duplicate", refusal: RosterProblem["refusal"]): void => {
        problems.push({ sheet: row.sheet, row: row.row, field: "idNumber", column: null, level, refusal });
      };
      if (["unchanged", "update", "activate", "rejoin"].includes(outcome.kind))
        for (const field of ownFacts)
          if (
            row.draft[field] !== null &&
            row.draft[field] !== facts[field] &&
            keeps(known, field, this.#loading)
          )
            problems.push({
              sheet: row.sheet,
              row: row.row,
              field,
              column: null,
              level: "warning",
              refusal: refuse(field === "phone" ? "phone-kept" : "card-kept"),
            });
      switch (outcome.kind) {
        case "unchanged":
          counts.unchanged++;
          break;
        case "update":
          counts.updated++;
          sorted.update.push({ row, known });
          break;
        case "activate":
          counts.updated++;
          if (outcome.differs) sorted.update.push({ row, known });
          sorted.activate.push(known);
          break;
        case "rejoin":
          if (person.district === row.home.district) sorted.rejoin.push({ row, known });
          else {
            counts.duplicates++;
            tell("duplicate", refuse("person-elsewhere"));
          }
          break;
        case "transfer":
          counts.duplicates++;
          sorted.transfer.push({ row, known, dispatched: outcome.dispatched });
          tell("duplicate", outcome.refusal);
          break;
        case "duplicate":
          counts.duplicates++;
          tell("duplicate", outcome.refusal);
          break;
        case "refused":
          counts.rejected++;
          tell("error", outcome.refusal);
          break;
      }
    }
    return { ...sorted, found: { ...counts, loaded: 0, problems } };
  }

  /** What a known person's row will say: the roster's facts over what stood there. */
  #merged(row: PreparedRow, known: Known, n: number, rejoined: boolean): StagedRow {
    const { person } = known;
    const told = Object.fromEntries(Object.entries(plainOf(row)).filter(([, value]) => value !== null));
    const plain = { ...pickPlain(person), ...told };
    const own = ownFacts.filter((field) => keeps(known, field, this.#loading));
    const kept = Object.fromEntries(own.map((field) => [field, known.facts[field]]));
    const facts: PersonSealed = { ...known.facts, ...row.facts, ...kept };
    const wanted = stillWanted(plain, facts);
    if (person.toComplete.includes("joinedOn") && row.draft.joinedOn === null) wanted.push("joinedOn");
    const status = statusOf(row);
    const home = rejoined ? row.home : { id: person.unitId!, path: person.path };
    return {
      n,
      row: { ...row, idHash: person.idHash ?? row.idHash, ...(own.includes("phone") && { phoneHash: null }) },
      district: person.district,
      id: person.id,
      unitId: home.id,
      path: home.path,
      plain,
      sealed: sealPerson(this.#host.ring, person.district, person.id, facts),
      toComplete: wanted,
      memberNo: row.draft.memberNo,
      joinedOn: row.draft.joinedOn,
      status,
      from:
        status === "APPLIED_BY_UNION" && person.unitId !== null && person.unitId !== home.id
          ? { unitId: person.unitId, path: person.path }
          : null,
    };
  }
}

interface Found {
  readonly loaded: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly RosterProblem[];
}

interface Sorted {
  readonly update: { readonly row: PreparedRow; readonly known: Known }[];
  readonly rejoin: { readonly row: PreparedRow; readonly known: Known }[];
  readonly activate: Known[];
  readonly transfer: {
    readonly row: PreparedRow;
    readonly known: Known;
    readonly dispatched: boolean;
  }[];
  readonly found: Found;
}

const nothing: Found = { loaded: 0, updated: 0, unchanged: 0, duplicates: 0, rejected: 0, problems: [] };

function pickPlain(person: Known["person"]): StagedRow["plain"] {
  const { sex, birthDate, ethnicity, education, politicalStatus, skillLevel } = person;
  const { employmentType, employmentStatus, employerName, jobTitle, newEmploymentGroup, migrant } = person;
  return {
    sex,
    birthDate,
    ethnicity,
    education,
    politicalStatus,
    skillLevel,
    employmentType,
    employmentStatus,
    employerName,
    jobTitle,
    newEmploymentGroup,
    migrant,
  };
}

function inOrder(problems: RosterProblem[]): RosterProblem[] {
  const sheets = [...new Set(problems.map((one) => one.sheet))];
  const rank = new Map(sheets.map((sheet, i) => [sheet, i]));
  return problems.sort((a, b) => rank.get(a.sheet)! - rank.get(b.sheet)! || a.row - b.row);
}
