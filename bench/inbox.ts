import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/** The officer's inbox: what waits, by its clock; a county's beside a city's, the highest level at which a case waits. */
export const bench: Bench = (options, say) =>
  listing(
    {
      bench: "inbox",
      differs: true, // much waits at a county, little at a city
      as: [
        { who: "county", level: "COUNTY", role: "vice_chair" },
        { who: "city", level: "PREFECTURE", role: "vice_chair" },
      ],
      path: () => "/api/inbox",
    },
    options,
    say,
  );
