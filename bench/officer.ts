import { sql } from "kysely";
import { composeContext } from "../src/compose.ts";
import { day } from "../src/kernel/day.ts";
import { derivedId } from "../src/kernel/ids.ts";
import { expect } from "../src/kernel/refusal.ts";
import type { AppContext } from "../src/kernel/route.ts";
import { createOfficer } from "../src/people/sign-in/index.ts";
import { trialTotp } from "../src/people/sign-in/sign-in.ts";
import { foundPost } from "../src/units/index.ts";
import { type Role, roleTitles } from "../src/units/powers.ts";
import type { Ground } from "./ground.ts";

export interface BenchOfficer {
  readonly login: string;
  readonly password: string;
  readonly unitId: string;
  readonly unitPath: string;
}

const levels = ["PROVINCIAL", "PREFECTURE", "COUNTY"] as const;
export type BenchLevel = (typeof levels)[number];

/** Gives somebody of the generated federation, for each role another, a post in a unit of a level, the first, and a login. */
export async function officerAt(
  ground: Ground,
  level: BenchLevel,
  role: Role,
  nth = 0,
): Promise<BenchOfficer> {
  const { ring, clock } = ground.installation;
  const login = `bench.${level.toLowerCase()}.${role}${nth === 0 ? "" : `.${nth}`}`;
  const password = "bench-password-2026";
  const found = await ground.owner.system(async (tx) => {
    const { rows } = await sql<{ id: string; path: string; person: string; district: string; name: string }>`
      select u.id, u.path, p.id as person, p.district, p.name from unit u
      cross join lateral (select * from person p where p.path >= u.path and p.path < u.path || '/' order by p.id
        offset ${levels.indexOf(level) + levels.length * Object.keys(roleTitles).indexOf(role)} limit 1) p
      where u.level = ${level} order by u.path limit 1 offset ${nth}`.execute(tx);
    const row = rows[0]!;
    expect(
      await foundPost(tx, {
        id: derivedId<"post">("bench", login),
        unitId: row.id as never,
        personId: row.person as never,
        personName: row.name,
        personDistrict: row.district as never,
        role,
        from: day("2024-01-01"),
      }),
    );
    expect(
      await createOfficer(tx, ring, {
        person: row.person as never,
        district: row.district as never,
        login,
        password,
        now: clock.now(),
      }),
    );
    return row;
  });
  return { login, password, unitId: found.id, unitPath: found.path };
}

/** Signs in and returns the cookie. */
export async function signIn(base: string, officer: BenchOfficer): Promise<string> {
  const answer = await fetch(`${base}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ login: officer.login, password: officer.password, code: trialTotp }),
  });
  if (!answer.ok) throw new Error(`sign-in failed: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

const contexts = new WeakMap<Ground, Promise<AppContext>>();

/** The program's context in this process, over the bench's installation: one for each. */
export function contextOf(ground: Ground): Promise<AppContext> {
  const known = contexts.get(ground);
  if (known) return known;
  const composed = composeContext(ground.installation, { origin: "http://127.0.0.1", webRoot: null });
  const context = composed.then((one) => one.context);
  contexts.set(ground, context);
  return context;
}
