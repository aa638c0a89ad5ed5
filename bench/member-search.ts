import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/** A search of the roster by initials, as officers type it. */
export const bench: Bench = (options, say) =>
  listing("member-search", "organiser", () => "/api/members?q=wanglian", options, say);
