import { canonical, hash } from "../kernel/hash.ts";
import { derivedId, newId } from "../kernel/ids.ts";
import { parsePhone } from "../kernel/phone.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { type Keyring, lookupKey, sealJson, unsealJson } from "../kernel/seal.ts";
import { parseText } from "../kernel/text.ts";
import type { Actor } from "../units/scope.ts";
import { advance, tickIn } from "./act.ts";
import { decideUpheld } from "./decide.ts";
import type { Service } from "./define.ts";
import type { Engine } from "./engine.ts";
import { contextOf, doerOf, loadCase, siteOf } from "./load.ts";
import {
  findNotice,
  findObjection,
  findObjectionByReceipt,
  findOn,
  insertObjection,
  type ObjectionRow,
  objectionsOf,
  setNoticeState,
} from "./notices-store.ts";
import type { Done } from "./record.ts";
import { maySeeCase } from "./sight.ts";
import { lockCase } from "./store.ts";
import type { CaseState } from "./words.ts";

/** What an objector writes. Name and phone are theirs to give. The id is told to nobody and kept nowhere. */
export interface ObjectionDraft {
  readonly id?: string | undefined;
  readonly text: string;
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
}

/** Where an objector stands: a member of the union's board, or anybody. */
export type From = "board" | "public";

/** What is sealed of an objection. */
export interface ObjectionSealed {
  readonly text: string;
  readonly name?: string;
  readonly phone?: string;
}

/**
 * An objection to a notice in force: by anybody to one the public reads, by a member to one on their board (the caller
 * has made sure of that). Who raised it is sealed under its own key and shown to no
 * officer; the objector reads the finding with the receipt. While it has no finding the case waits.
 * The same id named with the same words answers with the same receipt and changes nothing. Refuses `not-found`,
 * `notice-over`, `same-id-other-content`, and what is wrong with the text.
 */
export async function raiseObjection(
  engine: Engine,
  noticeId: string,
  draft: ObjectionDraft,
  from: From,
): Promise<Or<{ readonly receipt: string }>> {
  const text = parseText(draft.text, { min: 5, max: 2_000, lines: true, at: "/text" });
  if (isRefusal(text)) return text;
  const name = draft.name ? parseText(draft.name, { max: 50, at: "/name" }) : undefined;
  if (isRefusal(name)) return name;
  const phone = draft.phone ? parsePhone(draft.phone, "/phone") : undefined;
  if (isRefusal(phone)) return phone;
  const sealed: ObjectionSealed = { text, ...(name && { name }), ...(phone && { phone: phone.number }) };
  const id = draft.id === undefined ? newId<"objection">() : objectionId(engine.ring, draft.id);
  const receipt = receiptOf(engine, [noticeId, id, sealed]);
  const receipt_hash = receiptHash(engine, receipt);
  return engine.db.system(async (tx) => {
    const notice = await findNotice(tx, noticeId);
    if (!notice || (from === "public" && notice.scope !== "public")) return refuse("not-found");
    const repeated = async (): Promise<Or<{ readonly receipt: string }> | null> => {
      const before = await findObjection(tx, notice.district, id);
      if (!before) return null;
      return before.receipt_hash.equals(receipt_hash) ? { receipt } : refuse("same-id-other-content");
    };
    const done = await repeated();
    if (done) return done;
    const today = engine.clock.today();
    const over =
      !["up", "blocked"].includes(notice.state) || (notice.ends_on !== null && notice.ends_on < today);
    if (over) return refuse("notice-over");
    const raised = await insertObjection(tx, {
      district: notice.district,
      id,
      notice_id: notice.id,
      path: notice.path,
      sealed: Buffer.from(sealJson(engine.ring, sealOf(notice.district, id), sealed)),
      receipt_hash,
      raised_at: engine.clock.now(),
      raised_on: today,
    });
    if (!raised) return (await repeated()) ?? refuse("same-id-other-content");
    await setNoticeState(tx, notice.district, notice.id, "blocked");
    return { receipt };
  });
}

/** What the union found on an objection, told to who holds its receipt. */
export async function answerOf(engine: Engine, receipt: string) {
  const found = await engine.db.systemRead((tx) => findObjectionByReceipt(tx, receiptHash(engine, receipt)));
  if (!found) return refuse("not-found");
  return {
    state: found.finding === null ? ("open" as const) : ("found" as const),
    finding: found.finding,
    note: found.finding_note,
    raisedOn: found.raised_on,
    foundOn: found.found_on,
  };
}

/** What an officer may read of an objection: its text, never who wrote it. */
export function objectionText(engine: Engine, row: ObjectionRow): string {
  return unsealJson<ObjectionSealed>(engine.ring, sealOf(row.district, row.id), row.sealed).text;
}

/** A finding on an objection. */
export interface FindingRequest {
  readonly noticeId: string;
  readonly objectionId: string;
  readonly id: string;
  readonly finding: "upheld" | "dismissed";
  readonly note: string;
}

/**
 * The finding on an objection. Upheld, it takes the notice down and sends the case where its service says;
 * dismissed, the case goes on once no other objection is open. Refuses `not-found`, `not-yours`,
 * `objection-found`, `own-case`, `relatives-case`.
 */
export async function decideObjection(
  engine: Engine,
  request: FindingRequest,
  actor: Actor,
): Promise<Or<{ readonly case: CaseState | null }>> {
  const note = parseText(request.note, { min: 2, max: 1_000, lines: true, at: "/note" });
  if (isRefusal(note)) return note;
  const today = engine.clock.today();
  const doer = doerOf(actor, today);
  return engine.db.system(async (tx) => {
    const notice = await findNotice(tx, request.noticeId);
    if (!notice) return refuse("not-found");
    const inside = (root: string) => notice.path === root || notice.path.startsWith(`${root}.`);
    if (!doer.posts.some((post) => inside(post.unitPath))) return refuse("not-found");
    if (!doer.posts.some((post) => inside(post.unitPath) && post.powers.includes("notice.decide")))
      return refuse("not-yours");
    const row = notice.case_id ? await lockCase(tx, notice.case_id) : undefined;
    const objections = await objectionsOf(tx, notice.district, [notice.id]);
    const objection = objections.find((one) => one.id === request.objectionId);
    if (!objection) return refuse("not-found");
    if (objection.finding !== null) {
      const same = objection.finding === request.finding && objection.finding_note === note;
      if (!same || objection.found_by !== doer.person) return refuse("objection-found");
      return { case: row ? (await loadCase(engine, tx, row)).state : null };
    }
    if (!row || !maySeeCase(doer, row)) return refuse("not-found");
    const loaded = await loadCase(engine, tx, row);
    const service = engine.catalogue.services.get(row.service) as Service;
    if (doer.person === row.applicant_id) return refuse("own-case");
    const at = { district: notice.district, id: objection.id };
    await findOn(tx, at, request.finding, note, doer.person, today);
    const context = await contextOf(engine, tx, siteOf(engine, service, loaded, {}, doer, today));
    if (doer.person !== null && context.kin.includes(doer.person)) return refuse("relatives-case");
    if (request.finding === "upheld") {
      const decided = decideUpheld(service, loaded.state, doer, context);
      if (!decided) return { case: loaded.state };
      const content = Buffer.from(hash(canonical([doer.person, request])), "hex");
      const done = await advance(
        tx,
        engine,
        loaded,
        { ...decided, note },
        {
          actionId: request.id,
          content,
          doer,
          context,
        },
      );
      return isRefusal(done) ? done : { case: done.case };
    }
    const open = objections.filter((one) => one.id !== objection.id && one.finding === null).length;
    if (open > 0) return { case: loaded.state };
    await setNoticeState(tx, notice.district, notice.id, "up");
    const ticked: Done | null = await tickIn(tx, engine, loaded, today);
    return { case: ticked?.case ?? loaded.state };
  });
}

/**
 * Sixteen letters and digits in fours, without those that are mistaken for one another: made from what was said with a
 * secret key, so that a request whose answer was lost gets the same receipt when it is repeated.
 */
function receiptOf(engine: Engine, said: readonly unknown[]): string {
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  const bytes = Buffer.from(lookupKey(engine.ring, "objection-receipt-of", canonical(said)), "hex");
  const signs = [...bytes.subarray(0, 16)].map((byte) => letters[byte % letters.length]);
  return [0, 4, 8, 12].map((at) => signs.slice(at, at + 4).join("")).join("-");
}

function receiptHash(engine: Engine, receipt: string): Buffer {
  const plain = receipt.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return Buffer.from(lookupKey(engine.ring, "objection-receipt", plain), "hex");
}

/**
 * The id an objection is known by inside, made with a secret key from the one its writer named. Were they the same, an
 * officer who reads the id and the text could send both again with a name guessed, and be told whether it was right.
 */
export function objectionId(ring: Keyring, named: string): string {
  return derivedId<"objection">("objection", lookupKey(ring, "objection-id", named));
}

/** Objectors have a compartment of their own: an officer's key to a case does not open it. */
function sealOf(district: string, id: string) {
  return { compartment: `${district}/objections`, about: `objection/${id}` };
}
