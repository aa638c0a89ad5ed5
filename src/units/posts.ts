import { sql } from "kysely";
import { type Tx, violatedConstraint } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse, type Source } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import { parseText } from "../kernel/text.ts";
import { heldPosts } from "./actor.ts";
import { isRole, type Power, type Role, rolesWith, roleTitles } from "./powers.ts";
import { covers, type HeldPost, insideScope, type Scope } from "./scope.ts";
import { isClosed } from "./status.ts";
import { findUnit, unitById } from "./store.ts";
import type { By } from "./unit.ts";

/** A post of somebody in a unit. `until` is the first day no longer held. */
export interface Post {
  readonly id: Id<"post">;
  readonly personId: Id<"person">;
  readonly personDistrict: District;
  readonly personName: string;
  readonly unitId: Id<"unit">;
  readonly role: Role;
  readonly from: Day;
  readonly until: Day | null;
  readonly endedReason: string | null;
}

/** A post to be given. */
export interface PostDraft {
  readonly id: Id<"post">;
  readonly unitId: Id<"unit">;
  readonly personId: Id<"person">;
  readonly role: string;
  readonly from: Day;
  readonly until?: Day | null | undefined;
}

/** Roles of which a union has one holder at a time. */
const single: ReadonlySet<Role> = new Set(["chair"]);

/**
 * Roles one person may not hold in one union at one time: those who audit do not decide on money or handle it
 * (Law Article 45; rules on grassroots elections, Article 35), and who keeps the books does not keep the cash.
 */
const incompatible: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  audit: ["chair", "vice_chair", "finance", "cashier"],
  chair: ["audit"],
  vice_chair: ["audit"],
  finance: ["audit", "cashier"],
  cashier: ["audit", "finance"],
};

const auditSource: Source = {
  document: { zh: "《工会基层组织选举工作条例》", en: "Rules on grassroots union elections" },
  article: "第三十五条",
};
const electionSource: Source = {
  document: { zh: "《中华人民共和国工会法》", en: "Trade Union Law" },
  article: "第十条、第十二条",
};

/** What one person holding several posts in one unit must not be; refuses `post-incompatible`. Pure. */
function checkCompatible(
  role: Role,
  held: readonly { readonly role: Role }[],
  name: string,
): Refusal | undefined {
  const other = held.find((one) => incompatible[role]?.includes(one.role));
  if (!other) return undefined;
  return refuse(
    "post-incompatible",
    { name, held: roleTitles[other.role], role: roleTitles[role] },
    { at: "/role", source: auditSource },
  );
}

/**
 * Gives a post in a unit of the scope to a person the transaction may see. Nobody gives one to themselves; a chair is
 * entered by the superior, where there is one. Refuses `not-found`, `post-*`, `person-unknown`, `unit-closed`.
 */
export async function createPost(tx: Tx, scope: Scope, draft: PostDraft, by: By): Promise<Or<Post>> {
  const unit = await findUnit(tx, scope, draft.unitId);
  if (isRefusal(unit)) return refuse("not-found", {}, { at: "/unitId" });
  if (isClosed(unit.status)) return refuse("unit-closed", {}, { at: "/unitId" });
  if (by.person === draft.personId) return refuse("post-own", {}, { at: "/personId" });
  if (
    draft.role === "chair" &&
    unit.parentId !== null &&
    scope.roots.includes(unit.path) &&
    scope.power !== "system"
  )
    return refuse("post-chair", {}, { at: "/role", source: electionSource });
  const person = await personOf(tx, scope, draft.personId, unit.district);
  if (!person) return refuse("person-unknown", {}, { at: "/personId" });
  return foundPost(tx, { ...draft, personName: person.name, personDistrict: person.district });
}

/**
 * Gives a post without an officer's scope: setup and founding. All rules on spans, single holders and roles that do
 * not go together hold here too. The same id with the same content again changes nothing.
 */
export async function foundPost(
  tx: Tx,
  draft: PostDraft & { readonly personName: string; readonly personDistrict: District },
): Promise<Or<Post>> {
  const { role } = draft;
  if (!isRole(role)) return refuse("post-role", { role: String(role).slice(0, 40) }, { at: "/role" });
  const until = draft.until ?? null;
  if (until !== null && until <= draft.from) return refuse("post-span", {}, { at: "/until" });
  const again = await postById(tx, draft.id);
  if (again)
    return again.personId === draft.personId && again.unitId === draft.unitId && again.role === role
      ? again
      : refuse("same-id-other-content");
  await sql`select 1 from unit where id = ${draft.unitId} for no key update`.execute(tx); // one at a time per unit
  const meanwhile = await postsDuring(tx, draft.unitId, draft.from, until);
  const theirs = meanwhile.filter((post) => post.personId === draft.personId);
  const clash = checkCompatible(role, theirs, draft.personName);
  if (clash) return clash;
  const holder =
    single.has(role) && meanwhile.find((post) => post.role === role && post.personId !== draft.personId);
  if (holder)
    return refuse("post-single", { role: roleTitles[role], name: holder.personName }, { at: "/role" });
  try {
    await sql`insert into post (id, person_id, person_district, person_name, unit_id, role, from_day, until_day)
      values (${draft.id}, ${draft.personId}, ${draft.personDistrict}, ${draft.personName}, ${draft.unitId}, ${role},
        ${draft.from}, ${until})`.execute(tx);
  } catch (error) {
    if (violatedConstraint(error) === "post_person_id_unit_id_role_daterange_excl")
      return refuse("post-taken", { name: draft.personName }, { at: "/from" });
    throw error;
  }
  return (await postById(tx, draft.id))!;
}

/**
 * Ends a post on a day: the first day no longer held, never later than the day it ends by itself, or whoever ends posts
 * could lengthen them. Refuses `not-found`, `post-ended`, `post-span`, `post-until`.
 */
export async function endPost(
  tx: Tx,
  scope: Scope,
  id: Id<"post">,
  end: { readonly on: Day; readonly reason: string },
  by: By,
): Promise<Or<Post>> {
  const reason = parseText(end.reason, { min: 2, max: 500, at: "/reason" });
  const post = await postById(tx, id);
  const unit = post && (await unitById(tx, post.unitId));
  if (!post || !unit || !covers(scope, unit.path)) return refuse("not-found");
  if (isRefusal(reason)) return reason;
  if (post.until !== null && post.until <= by.day) return refuse("post-ended", { on: post.until });
  if (end.on <= post.from) return refuse("post-span", {}, { at: "/on" });
  if (post.until !== null && end.on > post.until)
    return refuse("post-until", { until: post.until }, { at: "/on" });
  if (
    post.role === "chair" &&
    unit.parentId !== null &&
    scope.roots.includes(unit.path) &&
    scope.power !== "system"
  )
    return refuse("post-chair", {}, { source: electionSource });
  await sql`update post set until_day = ${end.on}, ended_reason = ${reason} where id = ${id}`.execute(tx);
  return (await postById(tx, id))!;
}

const postColumns = sql`p.id, p.person_id as "personId", p.person_district as "personDistrict", p.person_name as "personName",
  p.unit_id as "unitId", p.role, p.from_day as "from", p.until_day as "until", p.ended_reason as "endedReason"`;

/** The posts of a unit: those held on a day or later, and with `past` the earlier ones too. */
export async function postsOfUnit(
  tx: Tx,
  unit: Id<"unit">,
  on: Day,
  options: { readonly past?: boolean } = {},
): Promise<readonly Post[]> {
  const { rows } = await sql<Post>`select ${postColumns} from post p where p.unit_id = ${unit}
    and ${options.past ? sql`true` : sql`(p.until_day is null or p.until_day > ${on})`}
    order by p.from_day, p.role`.execute(tx);
  return rows;
}

async function postsDuring(tx: Tx, unit: Id<"unit">, from: Day, until: Day | null): Promise<readonly Post[]> {
  const { rows } = await sql<Post>`select ${postColumns} from post p where p.unit_id = ${unit}
    and daterange(p.from_day, p.until_day) && daterange(${from}::date, ${until}::date)`.execute(tx);
  return rows;
}

async function postById(tx: Tx, id: Id<"post">): Promise<Post | undefined> {
  const { rows } = await sql<Post>`select ${postColumns} from post p where p.id = ${id}`.execute(tx);
  return rows[0];
}

/** A person's name and district, if the transaction may see them or they hold a post in the scope already. */
async function personOf(
  tx: Tx,
  scope: Scope,
  id: Id<"person">,
  district: District,
): Promise<{ readonly name: string; readonly district: District } | undefined> {
  const { rows: here } = await sql<{ name: string; district: District }>`
    select name, district from person where district = ${district} and id = ${id} and merged_into is null`.execute(
    tx,
  );
  if (here[0]) return here[0];
  const { rows } = await sql<{ name: string; district: District }>`
    select name, district from person where id = ${id} and merged_into is null
    union all select p.person_name, p.person_district from post p join unit u on u.id = p.unit_id
      where p.person_id = ${id} and ${insideScope(scope, "u.path")} limit 1`.execute(tx);
  return rows[0];
}

/** Who holds a power, where, as what. */
export interface Holder extends HeldPost {
  readonly personId: Id<"person">;
  readonly personName: string;
  readonly personDistrict: District;
}

/**
 * Who may use a power for a unit on a day. `at` "unit": holders of posts in this very unit, whose turn a step is;
 * "line": also those above, who may act in its stead, the nearest first.
 */
export async function holdersOf(
  tx: Tx,
  unit: Id<"unit">,
  power: Power,
  on: Day,
  at: "unit" | "line" = "unit",
): Promise<readonly Holder[]> {
  const where =
    at === "unit"
      ? sql`p.unit_id = ${unit}`
      : sql`u.path = any(select place_at(h.path, d) from unit h, generate_series(1, 16) d where h.id = ${unit})`;
  const { rows } = await sql<Holder>`${heldPosts}
    where ${where} and p.role = any(${rolesWith(power)})
      and p.from_day <= ${on} and (p.until_day is null or p.until_day > ${on})
    order by length(u.path) desc, p.from_day`.execute(tx);
  return rows;
}

/** Officers in post on a day whose name holds a text, within the scope; each person once, under their highest unit. */
export async function findOfficers(
  tx: Tx,
  scope: Scope,
  q: string,
  on: Day,
  limit: number,
): Promise<readonly Holder[]> {
  const pattern = `%${q.trim().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const { rows } = await sql<Holder>`select * from (
      select distinct on (h."personId") h.* from (${heldPosts}
        where ${insideScope(scope, "u.path")} and p.person_name like ${pattern}
          and p.from_day <= ${on} and (p.until_day is null or p.until_day > ${on})) h
      order by h."personId", length(h."unitPath")) one
    order by length(one."unitPath"), one."personName" limit ${limit}`.execute(tx);
  return rows;
}

/** Which of some people hold a post anywhere on a day. */
export async function inPost(
  tx: Tx,
  people: readonly Id<"person">[],
  on: Day,
): Promise<ReadonlySet<Id<"person">>> {
  const { rows } = await sql<{ id: Id<"person"> }>`
    select distinct person_id as id from post
    where person_id = any(${people}::uuid[]) and from_day <= ${on} and (until_day is null or until_day > ${on})`.execute(
    tx,
  );
  return new Set(rows.map(({ id }) => id));
}
