import { sql } from "kysely";
import type { Tx } from "../db/index.ts";

/** What a face that is open may be told. It carries ids only: the face asks for what it may see. */
export interface LiveEvent {
  readonly event: "message" | "case" | "import" | "batch" | "day";
  readonly to: Audience;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** Some people, everybody with a post over a place, or all. */
export type Audience = { readonly people: readonly string[] } | { readonly path: string } | "all";

/** The channel on which processes tell each other. */
export const eventChannel = "zhijia_event";

/** A notification holds at most 8,000 bytes; ids are 36. */
const peoplePerNotice = 150;

/** Tell whoever has a face open, in every process, when this transaction commits. */
export async function publish(tx: Tx, event: LiveEvent): Promise<void> {
  const { to } = event;
  if (to === "all" || "path" in to) {
    await sql`select pg_notify(${eventChannel}, ${JSON.stringify(event)})`.execute(tx);
    return;
  }
  for (let from = 0; from < to.people.length; from += peoplePerNotice) {
    const some: LiveEvent = { ...event, to: { people: to.people.slice(from, from + peoplePerNotice) } };
    await sql`select pg_notify(${eventChannel}, ${JSON.stringify(some)})`.execute(tx);
  }
}
