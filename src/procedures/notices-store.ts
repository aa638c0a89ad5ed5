import { sql } from "kysely";
import { json, once, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import type { Boards } from "./board.ts";
import type { Place } from "./cursor.ts";

/** One row of a notice as it is shown. */
export interface ShownField {
  readonly label: Text;
  /** A name as it is; a known word in both languages, in rows of earlier days in Chinese alone. */
  readonly value: string | Text;
}

/** A notice as its row has it. */
export type NoticeRow = NonNullable<Awaited<ReturnType<typeof findNotice>>>;
export type BoardRow = Awaited<ReturnType<typeof boardNotices>>[number];
export type ObjectionRow = Awaited<ReturnType<typeof objectionsOf>>[number];

/** Hangs a notice up, found by its id alone; `ends_on` is null until its year's holidays are known. */
export async function insertNotice(
  tx: Tx,
  notice: {
    readonly district: string;
    readonly id: string;
    readonly case_id: string;
    readonly unit_id: string;
    readonly path: string;
    readonly kind: string;
    readonly kind_title: Text;
    readonly scope: "unit" | "public";
    readonly title: Text;
    readonly shown: readonly ShownField[];
    readonly shown_public: readonly ShownField[];
    readonly starts_on: Day;
    readonly ends_on: Day | null;
    readonly days: number;
    readonly day_type: string;
  },
): Promise<void> {
  const { kind_title, title, shown, shown_public, ...plain } = notice;
  await tx.insertInto("notice_lookup").values({ notice_id: notice.id, district: notice.district }).execute();
  await tx
    .insertInto("notice")
    .values({
      ...plain,
      kind_title: json(kind_title),
      title: json(title),
      shown: json(shown),
      shown_public: json(shown_public),
      state: "up",
    })
    .execute();
}

/** Takes the notice of a case down: it has run its days, or what it said no longer stands. */
export async function closeNotices(
  tx: Tx,
  at: { readonly district: string; readonly caseId: string },
  state: "over" | "withdrawn",
  when: Date,
): Promise<void> {
  await tx
    .updateTable("notice")
    .set({ state, taken_down_at: when })
    .where("district", "=", at.district)
    .where("case_id", "=", at.caseId)
    .where("state", "in", ["up", "blocked"])
    .execute();
}

/** Names the last day of notices whose year's holidays became known. */
export async function nameNoticeEnd(
  tx: Tx,
  at: { readonly district: string; readonly caseId: string },
  endsOn: Day,
): Promise<void> {
  await tx
    .updateTable("notice")
    .set({ ends_on: endsOn })
    .where("district", "=", at.district)
    .where("case_id", "=", at.caseId)
    .where("state", "in", ["up", "blocked"])
    .where("ends_on", "is", null)
    .execute();
}

/** Stops a notice for an open objection, or lets it run on. One that has come down stays down. */
export async function setNoticeState(tx: Tx, district: string, id: string, state: "up" | "blocked") {
  await tx
    .updateTable("notice")
    .set({ state })
    .where("district", "=", district)
    .where("id", "=", id)
    .where("state", "in", ["up", "blocked"])
    .execute();
}

/** A notice by its id alone. */
export async function findNotice(tx: Tx, id: string) {
  const place = await tx
    .selectFrom("notice_lookup")
    .where("notice_id", "=", id)
    .select("district")
    .executeTakeFirst();
  if (!place) return undefined;
  return tx
    .selectFrom("notice")
    .innerJoin("unit", "unit.id", "notice.unit_id")
    .where("notice.district", "=", place.district)
    .where("notice.id", "=", id)
    .selectAll("notice")
    .select("unit.name as unit_name")
    .executeTakeFirst();
}

/** Notices in force on a day; their ids grow with time, so the cursor is an id. */
export async function publicNotices(
  tx: Tx,
  filter: {
    readonly day: Day;
    readonly under: string | null;
    readonly kind: string | null;
    readonly after: Place | null;
    readonly limit: number;
  },
) {
  return tx
    .selectFrom("notice")
    .innerJoin("unit", "unit.id", "notice.unit_id")
    .where("notice.state", "in", ["up", "blocked"])
    .where("notice.scope", "=", "public")
    .where((or) => or.or([or("notice.ends_on", "is", null), or("notice.ends_on", ">=", filter.day)]))
    .$if(filter.under !== null, (query) =>
      query.where(sql<boolean>`(notice.path || '.') ^@ (${filter.under}::text || '.')`),
    )
    .$if(filter.kind !== null, (query) => query.where("notice.kind", "=", filter.kind as string))
    .$if(filter.after !== null, (query) =>
      query.where(
        sql<boolean>`(notice.starts_on, notice.id) < (${filter.after?.key}::date, ${filter.after?.id}::uuid)`,
      ),
    )
    .orderBy("notice.starts_on", "desc")
    .orderBy("notice.id", "desc")
    .limit(filter.limit)
    .selectAll("notice")
    .select("unit.name as unit_name")
    .execute();
}

/** Notices that hang on a day on some unions' boards, whichever scope they have; `own` marks the reader's. */
function hanging(tx: Tx, at: { readonly boards: Boards; readonly day: Day; readonly person: string }) {
  return tx
    .selectFrom("notice")
    .innerJoin("unit", "unit.id", "notice.unit_id")
    .leftJoin("case_file", (on) =>
      on
        .onRef("case_file.district", "=", "notice.district")
        .onRef("case_file.id", "=", "notice.case_id")
        .on("case_file.applicant_id", "=", at.person),
    )
    .where("notice.district", "in", at.boards.districts.length > 0 ? [...at.boards.districts] : [""])
    .where("notice.path", "in", at.boards.paths.length > 0 ? [...at.boards.paths] : [""])
    .where("notice.state", "in", ["up", "blocked"])
    .where((or) => or.or([or("notice.ends_on", "is", null), or("notice.ends_on", ">=", at.day)]))
    .selectAll("notice")
    .select(["unit.name as unit_name", "case_file.id as own_case_id"]);
}

/** What a member reads on the boards of their unions, the latest first. */
export async function boardNotices(
  tx: Tx,
  at: { readonly boards: Boards; readonly day: Day; readonly person: string },
  page: { readonly after: Place | null; readonly limit: number },
) {
  return hanging(tx, at)
    .$if(page.after !== null, (query) =>
      query.where(
        sql<boolean>`(notice.starts_on, notice.id) < (${page.after?.key}::date, ${page.after?.id}::uuid)`,
      ),
    )
    .orderBy("notice.starts_on", "desc")
    .orderBy("notice.id", "desc")
    .limit(page.limit)
    .execute();
}

/** One of them, by its id. */
export async function boardNotice(
  tx: Tx,
  at: { readonly boards: Boards; readonly day: Day; readonly person: string },
  id: string,
) {
  return hanging(tx, at).where("notice.id", "=", id).executeTakeFirst();
}

/** What `officerNotices` is asked for. */
export interface NoticeFilter {
  readonly state: string | null;
  /** Part of the name shown, of the union's name, or the beginning of the case's number. */
  readonly q: string | null;
  /** The latest to hang first, or the first to come down. */
  readonly sort: "starts" | "ends";
  readonly after: Place | null;
  readonly limit: number;
}

/** Notices an officer may read; those without a last day yet come down last. */
export async function officerNotices(tx: Tx, scope: Scope, filter: NoticeFilter) {
  const { q, sort, after } = filter;
  const part = `%${(q ?? "").replace(/[\\%_]/g, "\\$&")}%`;
  const ends = sql<Day>`coalesce(notice.ends_on, date '9999-12-31')`;
  return tx
    .selectFrom("notice")
    .innerJoin("unit", "unit.id", "notice.unit_id")
    .leftJoin("case_file", (on) =>
      on.onRef("case_file.district", "=", "notice.district").onRef("case_file.id", "=", "notice.case_id"),
    )
    .where(insideScope(scope, "notice.path"))
    .$if(filter.state !== null, (query) => query.where("notice.state", "=", filter.state as string))
    .$if(q !== null, (query) =>
      query.where(({ eb, or }) =>
        or([
          sql<boolean>`notice.shown->0->>'value' ilike ${part}`,
          eb("unit.name", "like", part),
          eb("case_file.number", "like", part.slice(1)),
        ]),
      ),
    )
    .$if(after !== null, (query) =>
      query.where(
        sort === "ends"
          ? sql<boolean>`(${ends}, notice.id) > (${after?.key}::date, ${after?.id}::uuid)`
          : sql<boolean>`(notice.starts_on, notice.id) < (${after?.key}::date, ${after?.id}::uuid)`,
      ),
    )
    .$if(sort === "ends", (query) => query.orderBy(ends).orderBy("notice.id"))
    .$if(sort === "starts", (query) => query.orderBy("notice.starts_on", "desc").orderBy("notice.id", "desc"))
    .limit(filter.limit)
    .selectAll("notice")
    .select(["unit.name as unit_name", "case_file.number as case_number", ends.as("comes_down")])
    .execute();
}

/** Writes an objection, its text and sender sealed. False when its id is taken: it was sent before. */
export async function insertObjection(
  tx: Tx,
  objection: {
    readonly district: string;
    readonly id: string;
    readonly notice_id: string;
    readonly path: string;
    readonly sealed: Buffer;
    readonly receipt_hash: Buffer;
    readonly raised_at: Date;
    readonly raised_on: Day;
  },
): Promise<boolean> {
  const row = await tx
    .insertInto("objection")
    .values(objection)
    .onConflict((on) => on.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** An objection by its id. */
export async function findObjection(tx: Tx, district: string, id: string) {
  return tx
    .selectFrom("objection")
    .where("district", "=", district)
    .where("id", "=", id)
    .select("receipt_hash")
    .executeTakeFirst();
}

/** The objections to some notices of a district, the first raised first; what they say is still sealed. */
export async function objectionsOf(tx: Tx, district: string, noticeIds: readonly string[]) {
  if (noticeIds.length === 0) return [];
  return objectionsTo(tx, district, noticeIds);
}

const objectionsTo = once((tx, district: string, noticeIds: readonly string[]) =>
  tx
    .selectFrom("objection")
    .where("district", "=", district)
    .where("notice_id", "=", sql<string>`any(${noticeIds})`)
    .orderBy("raised_at")
    .selectAll(),
);

/** The objection whose receipt has this keyed hash, in whatever district; undefined when there is none. */
export async function findObjectionByReceipt(tx: Tx, receiptHash: Buffer) {
  return tx.selectFrom("objection").where("receipt_hash", "=", receiptHash).selectAll().executeTakeFirst();
}

/** Writes the finding on an objection that has none. */
export async function findOn(
  tx: Tx,
  at: { readonly district: string; readonly id: string },
  finding: "upheld" | "dismissed",
  note: string,
  by: string | null,
  on: Day,
): Promise<boolean> {
  const done = await tx
    .updateTable("objection")
    .set({ finding, finding_note: note, found_by: by, found_on: on })
    .where("district", "=", at.district)
    .where("id", "=", at.id)
    .where("finding", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Objections without a finding to the notice a case runs under. */
export async function openObjections(tx: Tx, district: string, caseId: string): Promise<number> {
  const row = await tx
    .selectFrom("notice")
    .innerJoin("objection", (on) =>
      on.onRef("objection.district", "=", "notice.district").onRef("objection.notice_id", "=", "notice.id"),
    )
    .where("notice.district", "=", district)
    .where("notice.case_id", "=", caseId)
    .where("notice.state", "in", ["up", "blocked"])
    .where("objection.finding", "is", null)
    .select(sql<number>`count(*)::int`.as("open"))
    .executeTakeFirstOrThrow();
  return row.open;
}

/** The notices of a case, the latest first. */
export const noticesOfCase = once((tx, district: string, caseId: string) =>
  tx
    .selectFrom("notice")
    .innerJoin("unit", "unit.id", "notice.unit_id")
    .where("notice.district", "=", district)
    .where("notice.case_id", "=", caseId)
    .orderBy("notice.starts_on", "desc")
    .orderBy("notice.id", "desc")
    .selectAll("notice")
    .select("unit.name as unit_name"),
);

/** Notices that have run their days and belong to no open case, so that no clock will take them down. */
export async function takeDownEnded(tx: Tx, day: Day, when: Date): Promise<number> {
  const done = await tx
    .updateTable("notice")
    .set({ state: "over", taken_down_at: when })
    .where("state", "=", "up")
    .where("ends_on", "<", day)
    .where((not) =>
      not.not(
        not.exists(
          not
            .selectFrom("case_file")
            .whereRef("case_file.district", "=", "notice.district")
            .whereRef("case_file.id", "=", "notice.case_id")
            .where("case_file.state", "=", "open")
            .select("case_file.id"),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}
