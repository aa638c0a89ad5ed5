import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/**
 * The officer's inbox: what waits, by its clock; of a county's vice chair, of its aid officer, who also sees the aid that
 * waits for a batch, and of a city's vice chair, the highest level at which a case waits.
 */
export const bench: Bench = (options, say) =>
  listing(
    {
      bench: "inbox",
      differs: true, // much waits at a county, little at a city
      as: [
        { who: "county", level: "COUNTY", role: "vice_chair" },
        { who: "county aid officer", level: "COUNTY", role: "aid" },
        { who: "city", level: "PREFECTURE", role: "vice_chair" },
      ],
      path: () => "/api/inbox",
    },
    options,
    say,
  );
