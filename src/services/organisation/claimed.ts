import type { Tx } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import type { District } from "../../kernel/region.ts";
import { tell } from "../../messages/index.ts";

/** A dispatched worker whom a second union names a member. */
interface Claimed {
  readonly person: Id<"person">;
  readonly district: District;
  /** The claiming union's name. */
  readonly unitName: string;
  readonly at: Date;
}

/** Asks the worker to choose, in the transaction that made the claim: by an application or by a roster. */
export async function tellClaimed(tx: Tx, { person, district, unitName, at }: Claimed): Promise<void> {
  await tell(tx, {
    to: [{ person, district }],
    template: "member.claimed",
    params: { unit: unitName },
    now: at,
    link: "/w",
  });
}
