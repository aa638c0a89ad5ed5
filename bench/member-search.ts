import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/** A search of the roster by pinyin, as officers type it. */
export const bench: Bench = (options, say) =>
  listing(
    {
      bench: "member-search",
      as: [
        { who: "county", level: "COUNTY", role: "organiser" },
        { who: "province", level: "PROVINCIAL", role: "organiser" },
      ],
      path: () => "/api/members?q=wanglian",
    },
    options,
    say,
  );
