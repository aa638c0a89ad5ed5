import { sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { districtsLived } from "../people/store.ts";
import { insideScope, type Scope } from "../units/scope.ts";

/** Somebody to be told: messages lie in their person's district. */
export interface Recipient {
  readonly person: Id<"person">;
  readonly district: string;
  /** The telephone number they had until now, sealed: what is told goes there in full, whatever they wish to be told by. */
  readonly former?: string | undefined;
}

/** What a person wants to be told by, and when not. */
export interface Preference {
  readonly person: Id<"person">;
  readonly channels: readonly string[];
  readonly mailSealed: Buffer | null;
  readonly quietFrom: string;
  readonly quietUntil: string;
}

/** Until somebody says otherwise. */
export const quietDefault = { from: "22:00", until: "07:00" } as const;

/** New messages. */
export async function insertMessages(
  tx: Tx,
  rows: readonly {
    readonly district: string;
    readonly id: Id<"message">;
    readonly person: Id<"person">;
    readonly template: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly link: string | null;
    readonly caseId: Id<"case"> | null;
    readonly at: Date;
  }[],
): Promise<void> {
  await tx
    .insertInto("message")
    .values(
      rows.map((row) => ({
        district: row.district,
        id: row.id,
        person_id: row.person,
        template: row.template,
        params: json(row.params),
        link: row.link,
        case_id: row.caseId,
        at: row.at,
      })),
    )
    .execute();
}

/** Whose messages: those that came before a move stay in the district where they were told. */
export interface Reading {
  readonly person: Id<"person">;
  readonly districts: readonly string[];
}

/** Where to read the messages of a person who lives in a district now. */
export async function readingOf(tx: Tx, whose: Recipient): Promise<Reading> {
  return { person: whose.person, districts: await districtsLived(tx, whose) };
}

/** A person's messages, newest first, after a place in the list. */
export async function listMessages(
  tx: Tx,
  whose: Reading,
  page: {
    readonly limit: number;
    readonly after: { readonly at: Date; readonly id: string } | null;
    readonly unread: boolean;
  },
) {
  return tx
    .selectFrom("message")
    .select([
      "id",
      "at",
      "template",
      "params",
      "link",
      "case_id as caseId",
      "read_at as readAt",
      sql<
        readonly { channel: string; state: string }[] | null
      >`(select json_agg(json_build_object('channel', d.channel, 'state', d.state) order by d.channel)
        from delivery d where d.district = message.district and d.message_id = message.id)`.as("deliveries"),
    ])
    .where("district", "in", [...whose.districts])
    .where("person_id", "=", whose.person)
    .$if(page.unread, (query) => query.where("read_at", "is", null))
    .$if(page.after !== null, (query) =>
      query.where(sql<boolean>`(at, id) < (${page.after?.at}::timestamptz, ${page.after?.id}::uuid)`),
    )
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** How many of a person's messages are unread. */
export async function countUnread(tx: Tx, whose: Reading): Promise<number> {
  const row = await tx
    .selectFrom("message")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("district", "in", [...whose.districts])
    .where("person_id", "=", whose.person)
    .where("read_at", "is", null)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Mark a message of this person as read. False when there is no such message. */
export async function markRead(tx: Tx, whose: Reading, id: Id<"message">, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable("message")
    .set({ read_at: sql<Date>`coalesce(read_at, ${at})` })
    .where("district", "in", [...whose.districts])
    .where("person_id", "=", whose.person)
    .where("id", "=", id)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Mark all of a person's messages as read. */
export async function markAllRead(tx: Tx, whose: Reading, at: Date): Promise<void> {
  await tx
    .updateTable("message")
    .set({ read_at: at })
    .where("district", "in", [...whose.districts])
    .where("person_id", "=", whose.person)
    .where("read_at", "is", null)
    .execute();
}

/** The preferences of those who set any. */
export async function listPreferences(tx: Tx, people: readonly Recipient[]): Promise<readonly Preference[]> {
  const [district, ...others] = new Set(people.map((one) => one.district));
  if (district === undefined) return [];
  const place =
    others.length === 0
      ? sql<boolean>`district = ${district}`
      : sql<boolean>`district = any(${[district, ...others]}::text[])`;
  const rows = await tx
    .selectFrom("message_preference")
    .select([
      "person_id as person",
      "channels",
      "mail_sealed as mailSealed",
      sql<string>`to_char(quiet_from, 'HH24:MI')`.as("quietFrom"),
      sql<string>`to_char(quiet_until, 'HH24:MI')`.as("quietUntil"),
    ])
    .where(place)
    .where(
      "person_id",
      "in",
      people.map((one) => one.person),
    )
    .execute();
  return rows.map((row) => ({ ...row, person: row.person as Id<"person"> }));
}

/** A person's preference, or what holds until they set one. */
export async function preferenceOf(tx: Tx, whose: Recipient): Promise<Preference> {
  const [found] = await listPreferences(tx, [whose]);
  const unset = {
    channels: ["app"],
    mailSealed: null,
    quietFrom: quietDefault.from,
    quietUntil: quietDefault.until,
  };
  return found ?? { person: whose.person, ...unset };
}

/** What a person's mail address is sealed for. */
export function mailTarget(person: Id<"person">) {
  return { compartment: "messages", about: `mail/${person}` };
}

/** Set what is given of a person's preference. */
export async function putPreference(
  tx: Tx,
  whose: Recipient,
  set: {
    readonly channels?: readonly string[] | undefined;
    readonly mailSealed?: Buffer | null | undefined;
    readonly quietFrom?: string | undefined;
    readonly quietUntil?: string | undefined;
  },
): Promise<void> {
  const changes = {
    ...(set.channels !== undefined && { channels: [...set.channels] }),
    ...(set.mailSealed !== undefined && { mail_sealed: set.mailSealed }),
    ...(set.quietFrom !== undefined && { quiet_from: set.quietFrom }),
    ...(set.quietUntil !== undefined && { quiet_until: set.quietUntil }),
  };
  if (Object.keys(changes).length === 0) return;
  await tx
    .insertInto("message_preference")
    .values({ person_id: whose.person, district: whose.district, ...changes })
    .onConflict((found) => found.columns(["district", "person_id"]).doUpdateSet(changes))
    .execute();
}

/** A message on its way by mail or text message. */
export interface Delivery {
  readonly district: string;
  readonly id: Id<"delivery">;
  readonly message: Id<"message">;
  readonly person: Id<"person">;
  readonly channel: "mail" | "sms";
  readonly state: "queued" | "held";
  readonly heldUntil: Date | null;
  readonly at: Date;
}

/** New deliveries. */
export async function insertDeliveries(tx: Tx, rows: readonly Delivery[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto("delivery")
    .values(
      rows.map((row) => ({
        district: row.district,
        id: row.id,
        message_id: row.message,
        person_id: row.person,
        channel: row.channel,
        state: row.state,
        held_until: row.heldUntil,
        at: row.at,
      })),
    )
    .execute();
}

/** Deliveries that should have been sent before an instant and neither were nor failed, some at a time after one of them. */
export async function listUnsent(
  tx: Tx,
  before: Date,
  after: Pick<Delivery, "district" | "id"> | null,
  limit: number,
): Promise<readonly Pick<Delivery, "district" | "id">[]> {
  const rows = await tx
    .selectFrom("delivery")
    .select(["district", "id"])
    .where("state", "in", ["queued", "held"])
    .where(sql<boolean>`coalesce(held_until, at) < ${before}`)
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(district, id) > (${after?.district}, ${after?.id}::uuid)`),
    )
    .orderBy("district")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows as Pick<Delivery, "district" | "id">[];
}

/** A delivery with its message, for the job that sends it. */
export async function findDelivery(tx: Tx, district: string, id: Id<"delivery">) {
  return tx
    .selectFrom("delivery")
    .innerJoin("message", (join) =>
      join
        .onRef("message.district", "=", "delivery.district")
        .onRef("message.id", "=", "delivery.message_id"),
    )
    .leftJoin("account", "account.person_id", "delivery.person_id")
    .select([
      "delivery.channel as channel",
      "delivery.state as state",
      "delivery.tries as tries",
      "delivery.person_id as person",
      "message.template as template",
      "message.params as params",
      "message.link as link",
      "account.lang as lang",
    ])
    .where("delivery.district", "=", district)
    .where("delivery.id", "=", id)
    .executeTakeFirst();
}

/** What came of one try to deliver. */
export async function markDelivery(
  tx: Tx,
  district: string,
  id: Id<"delivery">,
  state: "queued" | "sent" | "failed",
  error: string | null,
): Promise<void> {
  await tx
    .updateTable("delivery")
    .set({ state, error, tries: sql<number>`tries + 1`, held_until: null })
    .where("district", "=", district)
    .where("id", "=", id)
    .execute();
}

/** The deliveries to people in scope that failed for good, newest first. No addresses, no words, no names. */
export async function listFailedDeliveries(tx: Tx, scope: Scope, limit: number) {
  const { rows } = await sql<{
    id: string;
    channel: string;
    tries: number;
    error: string | null;
    at: Date;
    template: string;
  }>`
    select d.id, d.channel, d.tries, d.error, d.at, m.template
    from delivery d
    join person p on p.district = d.district and p.id = d.person_id
    join message m on m.district = d.district and m.id = d.message_id
    where d.state = 'failed' and ${insideScope(scope, "p.path")}
    order by d.at desc limit ${limit}`.execute(tx);
  return rows;
}
