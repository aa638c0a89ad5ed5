import type { Db } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import { expect } from "../../kernel/refusal.ts";
import type { District } from "../../kernel/region.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { createOfficer, hashPassword } from "../../people/sign-in/index.ts";
import type { Role } from "../../units/powers.ts";
import { trialPassword } from "../federation.ts";
import { signInsOf } from "./officers.ts";
import { type GenerateRequest, unitsOf } from "./request.ts";

/** Somebody of a generated federation who can sign in, with the trial password. */
export interface SignIn {
  readonly login: string;
  readonly name: string;
  readonly unit: string;
  readonly role: Role;
}

/** Lets the officers of the first county, and of what stands above it, sign in. None where no union has enough members. */
export async function openSignIns(
  db: Db,
  ring: Keyring,
  request: GenerateRequest,
  now: Date,
): Promise<readonly SignIn[]> {
  const officers = signInsOf(request.seed, unitsOf(request));
  const passwordHash = await hashPassword(trialPassword);
  await db.system(async (tx) => {
    for (const { login, person, district } of officers)
      expect(
        await createOfficer(tx, ring, {
          person: person.id as Id<"person">,
          district: district as District,
          login,
          password: trialPassword,
          passwordHash,
          now,
        }),
      );
  });
  return officers.map(({ login, person, unit, role }) => ({
    login,
    name: person.name,
    unit: unit.name,
    role,
  }));
}
