import { notify, type Tx } from "../db/index.ts";

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

/** Tell whoever has a face open, in every process, once this transaction has committed. */
export function publish(tx: Tx, event: LiveEvent): void {
  const { to } = event;
  if (to === "all" || "path" in to) {
    notify(tx, eventChannel, JSON.stringify(event));
    return;
  }
  for (let from = 0; from < to.people.length; from += peoplePerNotice) {
    const some: LiveEvent = { ...event, to: { people: to.people.slice(from, from + peoplePerNotice) } };
    notify(tx, eventChannel, JSON.stringify(some));
  }
}
