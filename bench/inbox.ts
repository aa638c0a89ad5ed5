import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/** The officer's inbox: what waits, by its clock. */
export const bench: Bench = (options, say) => listing("inbox", "aid", () => "/api/inbox", options, say);
