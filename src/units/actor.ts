import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { District } from "../kernel/region.ts";
import type { Actor, HeldPost } from "./scope.ts";

declare module "../kernel/route.ts" {
  interface Session {
    /** Who is signed in, with the posts they hold. */
    readonly actor: Actor;
  }
}

interface PostRow extends HeldPost {
  readonly personId: Id<"person">;
  readonly personName: string;
  readonly personDistrict: District;
}

/** Posts with their units and holders, for a condition to follow. */
export const heldPosts = sql`select p.id, p.person_id as "personId", p.person_name as "personName", p.person_district as "personDistrict",
    p.unit_id as "unitId", u.name as "unitName", u.path as "unitPath", u.level as "unitLevel", p.role,
    p.from_day as "from", p.until_day as "until"
  from post p join unit u on u.id = p.unit_id`;

/** A person with the posts they hold on a day. Somebody without a post is an actor with none. */
export async function loadActor(tx: Tx, person: Id<"person">, on: Day): Promise<Actor> {
  const { rows } = await sql<PostRow>`${heldPosts}
    where p.person_id = ${person} and p.from_day <= ${on} and (p.until_day is null or p.until_day > ${on})
      and u.status not in ('DISSOLVED','MERGED') order by u.path, p.role`.execute(tx);
  return {
    person,
    name: rows[0]?.personName ?? "",
    district: rows[0]?.personDistrict ?? null,
    posts: rows.map(({ personId: _, personName: __, personDistrict: ___, ...post }) => post),
  };
}
