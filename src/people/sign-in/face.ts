import type { Tx } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import type { Id } from "../../kernel/ids.ts";
import type { UnitPath } from "../../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../../kernel/refusal.ts";
import type { District } from "../../kernel/region.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { parseName } from "../../kernel/text.ts";
import { unsealPerson } from "../sealed.ts";
import { createPerson } from "../store.ts";
import type { Newcomer } from "./sign-in.ts";

/** What a face shows of the person signed in. */
export interface Face {
  readonly unit: { readonly id: Id<"unit">; readonly name: string; readonly path: string } | null;
  readonly memberStatus: string | null;
  readonly memberNo: string | null;
}

/** The person's union and membership: of the relation that counts, else of the one last asked for. */
export async function findFace(
  tx: Tx,
  whose: { readonly person: Id<"person">; readonly district: District },
): Promise<Face> {
  const row = await tx
    .selectFrom("person")
    .leftJoin("membership", (join) =>
      join
        .onRef("membership.district", "=", "person.district")
        .onRef("membership.person_id", "=", "person.id")
        .on("membership.kind", "=", "member")
        .on("membership.status", "in", ["ACTIVE", "TRANSFER_OUT", "RETAINED"]),
    )
    .leftJoin("unit", (join) =>
      join.on((on) => on("unit.id", "=", on.fn.coalesce("membership.unit_id", "person.unit_id"))),
    )
    .select([
      "unit.id as unitId",
      "unit.name as unitName",
      "unit.path as unitPath",
      "membership.member_no as memberNo",
      "person.member_status as memberStatus",
    ])
    .where("person.district", "=", whose.district)
    .where("person.id", "=", whose.person)
    .executeTakeFirst();
  const unit =
    row?.unitId && row.unitName !== null && row.unitPath !== null
      ? { id: row.unitId as Id<"unit">, name: row.unitName, path: row.unitPath }
      : null;
  return { unit, memberStatus: row?.memberStatus ?? null, memberNo: row?.memberNo ?? null };
}

/**
 * Make a person of a newcomer, held by the union they name until it has taken them in. Refuses a union
 * that does not exist or takes no members, and what is no name.
 */
export async function welcome(
  tx: Tx,
  ring: Keyring,
  newcomer: Newcomer,
  phone: string,
  today: Day,
): Promise<Or<{ person: Id<"person">; district: District }>> {
  const name = parseName(newcomer.name, "/name");
  if (isRefusal(name)) return name;
  const unit = await tx
    .selectFrom("unit")
    .select(["id", "path", "district"])
    .where("id", "=", newcomer.unit)
    .where("status", "not in", ["DISSOLVED", "MERGED"])
    .executeTakeFirst();
  if (!unit) return refuse("phone-unknown", {}, { at: "/unit" });
  const place = {
    id: unit.id as Id<"unit">,
    path: unit.path as UnitPath,
    district: unit.district as District,
  };
  const made = await createPerson(tx, ring, { unit: place, name, identity: null, sealed: { phone } }, today);
  return isRefusal(made) ? made : { person: made.id, district: place.district };
}

/** The phone a person is told things by, or null. */
export async function findPhone(
  tx: Tx,
  ring: Keyring,
  person: Id<"person">,
  district: string,
): Promise<string | null> {
  const row = await tx
    .selectFrom("person")
    .select(["district", "id", "sealed"])
    .where("district", "=", district)
    .where("id", "=", person)
    .executeTakeFirst();
  return row?.sealed
    ? (unsealPerson(ring, { district, id: person, sealed: row.sealed }).phone ?? null)
    : null;
}
