import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/** The list of open cases by their clock, the first page with its total. */
export const bench: Bench = (options, say) =>
  listing(
    {
      bench: "case-list",
      as: [
        { who: "county", level: "COUNTY", role: "aid" },
        { who: "province", level: "PROVINCIAL", role: "aid" },
      ],
      path: () => "/api/cases?state=open",
    },
    options,
    say,
  );
